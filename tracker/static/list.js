// Keys for the list of asks: j, k and the arrows move from row to row, x ticks, Enter opens (it is
// the row's own link that has the focus), / goes to the search, ? tells all this. Whoever has no
// script, or turns the keys off, goes by Tab. The bar above says how many are ticked.
(() => {
  "use strict";
  const table = document.querySelector("table[data-keys]");
  const help = document.getElementById("keys");
  if (!table || !help) return;
  document.documentElement.classList.add("scripted");
  const OFF = "tracker.keys.off";
  const rows = [...table.tBodies[0].rows];
  const linkOf = (row) => row.querySelector("th a");
  const current = () => rows.findIndex((row) => row.contains(document.activeElement));
  let last = -1; // where the focus was, for whoever comes back to the list

  const isOff = () => {
    try {
      return localStorage.getItem(OFF) !== null;
    } catch {
      return false;
    }
  };

  const mark = () => {
    const place = current();
    rows.forEach((row, n) => row.toggleAttribute("data-current", n === place));
    if (place >= 0) last = place;
  };

  const go = (step) => {
    const from = current() >= 0 ? current() : last;
    const to = Math.min(Math.max(from + step, 0), rows.length - 1);
    const link = linkOf(rows[to]);
    if (!link) return;
    link.focus();
    rows[to].scrollIntoView({ block: "nearest" });
  };

  const tick = () => {
    const box = rows[current()]?.querySelector("input[type=checkbox]");
    if (box) box.click();
  };

  const search = () => {
    const field = document.getElementById("f-q");
    field.focus();
    field.select();
  };

  const isTyping = (target) =>
    target.matches("textarea, select, [contenteditable]") ||
    (target.matches("input") && !target.matches("[type=checkbox], [type=radio]"));

  const KEYS = { j: () => go(1), k: () => go(-1), x: tick, "/": search, "?": () => help.showModal() };
  const IN_ROWS = { ArrowDown: () => go(1), ArrowUp: () => go(-1) };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (isOff() || help.open || isTyping(event.target)) return;
    const act = KEYS[event.key] || (current() >= 0 && IN_ROWS[event.key]);
    if (!act) return;
    event.preventDefault();
    act();
  });

  table.addEventListener("focusin", mark);
  table.addEventListener("focusout", () => setTimeout(mark));
  const said = document.querySelector("[data-ticked]");
  if (said) {
    const untick = document.querySelector("[data-untick]");
    const nothing = said.textContent;
    const boxes = () => [...table.querySelectorAll("tbody input[type=checkbox]")];
    const count = () => {
      const ticked = boxes().filter((box) => box.checked).length;
      said.textContent = ticked ? `${ticked} ticked` : nothing;
      untick.hidden = !ticked;
    };
    untick.addEventListener("click", () => {
      boxes().forEach((box) => (box.checked = false));
      count();
      boxes()[0].focus();
    });
    table.addEventListener("change", count);
    window.addEventListener("pageshow", count); // Back brings the ticks along
  }

  document.querySelectorAll("[data-keys-help]").forEach((button) =>
    button.addEventListener("click", () => help.showModal())
  );

  const box = document.getElementById("keys-on");
  box.checked = !isOff();
  box.addEventListener("change", () => {
    try {
      if (box.checked) localStorage.removeItem(OFF);
      else localStorage.setItem(OFF, "1");
    } catch {
      // a browser that keeps nothing: the keys stay on
    }
  });
})();
