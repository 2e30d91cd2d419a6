// Keeps what is typed into a long form (data-draft) in this tab, until it is saved: it survives a
// reload, a lost connection and the end of a log-in. Nothing leaves the tab, and logging out
// forgets it.
"use strict";

(() => {
  const PREFIX = "draft:";
  const WAIT = 400;
  const NEVER_KEPT = new Set(["csrf_token", "op", "take"]);
  // how a draft was sent: to be saved, or for the form to come back with more rows or fewer
  const SAVE = "save";
  const ROWS = "rows";
  const who = document.body.dataset.who || "";
  const form = document.querySelector("form[data-draft]");
  // one form may be about different asks, which its address names
  const keyOf = ({ pathname, search }) => PREFIX + [pathname, ...new URLSearchParams(search).getAll("ask")].join(" ");
  const key = keyOf(location);

  const read = (name) => {
    try {
      return JSON.parse(sessionStorage.getItem(name));
    } catch {
      return null;
    }
  };
  const write = (name, draft) => {
    try {
      sessionStorage.setItem(name, JSON.stringify(draft));
    } catch {
      // no room, or not allowed here: the form works as it does without this file
    }
  };
  const drafts = () => Object.keys(sessionStorage).filter((name) => name.startsWith(PREFIX));
  const fieldsOf = (from) =>
    [...new FormData(from)].filter(([name, value]) => !NEVER_KEPT.has(name) && typeof value === "string");
  const same = (one, other) => JSON.stringify(one.map(plain)) === JSON.stringify(other.map(plain));
  const plain = ([name, value]) => [name, value.replace(/\r\n/g, "\n")];

  // what was sent to be saved has been when it led to this page, which is neither the form nor an
  // error page; after a lost answer some other way leads to the next page
  const from = document.referrer && keyOf(new URL(document.referrer));
  for (const name of drafts()) {
    const draft = read(name);
    const isHere = form && name === key;
    if (draft?.sent === SAVE && name === from && !isHere && !document.querySelector("[data-error]")) {
      sessionStorage.removeItem(name);
    }
  }

  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-forgets-drafts]")) drafts().forEach((name) => sessionStorage.removeItem(name));
  });

  // a form that is on its way is not sent a second time, however often its button is pressed; one that
  // was stopped is, after a while, and so is one that is answered by a file, for its page stays
  const ON_ITS_WAY = 5000;
  document.addEventListener("submit", (event) => {
    const { target, submitter } = event;
    if (event.defaultPrevented || target.method !== "post" || submitter?.name === "op") return;
    if (target.matches("[data-answers-file]")) return;
    const isOnItsWay = Date.now() - (target.dataset.sent ?? 0) < ON_ITS_WAY;
    if (isOnItsWay) event.preventDefault();
    else target.dataset.sent = Date.now();
    // the page that answers begins at its top, not at a problem that was put right meanwhile
    if (location.hash) history.replaceState(history.state, "", location.pathname + location.search);
  });
  window.addEventListener("pageshow", () => {
    for (const each of document.forms) delete each.dataset.sent;
  });

  if (!form || !who) return;

  const isHeld = form.dataset.draft === "held"; // the page itself shows what was typed
  const asOpened = fieldsOf(form);
  let timer = 0;
  const keep = (sent = "") => {
    clearTimeout(timer);
    const fields = fieldsOf(form);
    if (sent || isHeld || !same(fields, asOpened)) write(key, { who, at: Date.now(), fields, sent });
  };
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(() => keep(), WAIT);
  };

  const notice = (text, actions = []) => {
    // one box that changes its words: a new one is not told by every screen reader
    const box = document.getElementById("draft-notice") ?? document.createElement("div");
    const hadFocus = box.contains(document.activeElement);
    box.id = "draft-notice";
    box.className = "alert alert-warning mb-3 draft-notice";
    box.setAttribute("role", "status");
    box.tabIndex = -1;
    const words = document.createElement("p");
    words.textContent = text;
    const buttons = document.createElement("div");
    buttons.className = "cluster mt-2";
    for (const [label, act] of actions) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn-sm";
      button.textContent = label;
      button.addEventListener("click", act);
      buttons.append(button);
    }
    box.replaceChildren(words);
    if (actions.length) box.append(buttons);
    if (!box.isConnected) form.before(box);
    if (hadFocus) box.focus();
    return box;
  };

  const sayLost = () => {
    keep();
    notice("There is no connection. What you typed is kept in this tab; try again when you are back.").scrollIntoView();
  };

  const fits = (draft) => {
    const names = new Set([...form.elements].map((element) => element.name));
    return draft.fields.every(([name]) => names.has(name));
  };
  const fill = (draft) => {
    const values = new Map();
    for (const [name, value] of draft.fields) values.set(name, [...(values.get(name) || []), value]);
    for (const element of form.elements) {
      if (!element.name || NEVER_KEPT.has(element.name) || element.type === "submit") continue;
      const own = values.get(element.name) || [];
      if (element.type === "checkbox" || element.type === "radio") element.checked = own.includes(element.value);
      else if (own.length) element.value = own[0];
    }
  };
  // the button that was pressed is gone: its words tell what was done, and the form is gone on with
  const goOn = (said) => {
    notice(said);
    form.querySelector("input:not([type=hidden], [tabindex]), select, textarea")?.focus();
  };
  const bringBack = (draft) => {
    const then = () => goOn("What you typed is brought back. It is not saved yet.");
    const wanted = new CustomEvent("rows:wanted", { detail: { fields: draft.fields, then }, cancelable: true });
    // a page whose rows do not change takes what it has fields for
    if (fits(draft) || form.dispatchEvent(wanted)) {
      fill(draft);
      then();
    }
  };
  const discard = () => {
    sessionStorage.removeItem(key);
    goOn("What you typed is discarded.");
  };

  const found = read(key);
  if (found) write(key, { ...found, sent: "" });
  const isAnswer = isHeld && (!found || found.sent); // it shows what was sent; a reload shows it again
  if (isAnswer) keep();
  else if (found && found.who === who && !same(found.fields, asOpened)) {
    const at = new Date(found.at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false });
    notice(`What you typed here until ${at} was not saved. It is still in this tab.`, [
      ["Bring it back", () => bringBack(found)],
      ["Discard it", discard],
    ]);
  }

  window.addEventListener("pageshow", (event) => event.persisted && keep());
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  window.addEventListener("pagehide", () => keep(read(key)?.sent));
  form.addEventListener("submit", (event) => {
    if (event.submitter?.name === "op") return keep(event.defaultPrevented ? "" : ROWS);
    keep(SAVE);
    if (navigator.onLine) return;
    event.preventDefault();
    sayLost();
  });
  document.addEventListener("rows:shown", () => keep());
  document.addEventListener("rows:lost", sayLost);
})();
