// Search-as-you-type for fields that carry data-suggest. Without this file each such field has a
// button "Find" beside it that does the same by sending the form.
"use strict";

(() => {
  document.documentElement.classList.add("scripted");
  const WAIT = 120;
  const filledIn = new Set(); // what suggestions have put beside a body, in whichever row

  class Combobox {
    constructor(input) {
      this.input = input;
      this.options = [];
      this.active = -1;
      this.timer = 0;
      this.asked = 0;
      this.list = document.createElement("ul");
      this.list.className = "combo-list";
      this.list.id = `${input.id}-list`;
      this.list.hidden = true;
      this.list.setAttribute("role", "listbox");
      this.list.setAttribute("aria-label", "Suggestions");
      input.parentElement.append(this.list);
      for (const [name, value] of Object.entries({
        role: "combobox",
        autocomplete: "off",
        "aria-autocomplete": "list",
        "aria-expanded": "false",
        "aria-controls": this.list.id,
      })) input.setAttribute(name, value);
      input.addEventListener("input", () => this.later());
      input.addEventListener("keydown", (event) => this.key(event));
      input.addEventListener("blur", () => setTimeout(() => this.close(), 150));
    }

    later() {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.ask(), WAIT);
    }

    async ask() {
      const text = this.input.value.trim();
      if (!text) return this.close();
      const address = new URL(this.input.dataset.suggest, location.href);
      address.searchParams.set("q", text.slice(0, 200));
      const day = document.getElementById("written_on");
      if (day && day.value) address.searchParams.set("on", day.value);
      const number = ++this.asked;
      try {
        const answer = await fetch(address, { headers: { Accept: "application/json" } });
        if (number !== this.asked) return;
        if (!answer.ok) return this.close();
        this.show(await answer.json());
      } catch {
        this.close(); // no connection: the field stays a plain one
      }
    }

    show(found) {
      this.options = found;
      this.active = -1;
      this.list.replaceChildren(
        ...found.map((option, place) => {
          const item = document.createElement("li");
          item.id = `${this.list.id}-${place}`;
          item.setAttribute("role", "option");
          item.setAttribute("aria-selected", "false");
          const detail = document.createElement("span");
          detail.className = "meta";
          detail.textContent = option.detail;
          item.append(option.label, detail);
          item.addEventListener("mousedown", (event) => {
            event.preventDefault();
            this.choose(place);
          });
          return item;
        }),
      );
      tell(found.length);
      const open = found.length > 0;
      this.list.hidden = !open;
      this.input.setAttribute("aria-expanded", String(open));
    }

    key(event) {
      if (this.list.hidden) return;
      const last = this.options.length - 1;
      if (event.key === "ArrowDown") this.mark(this.active >= last ? 0 : this.active + 1);
      else if (event.key === "ArrowUp") this.mark(this.active <= 0 ? last : this.active - 1);
      else if (event.key === "Enter" && this.active >= 0) this.choose(this.active);
      // with suggestions in sight Enter is about them: it saves no form with half a name in it
      else if (event.key === "Escape" || (event.key === "Enter" && this.input.form.method === "post")) this.close();
      else return;
      event.preventDefault();
    }

    mark(place) {
      this.forget(); // what comes later must not take the mark away
      this.active = place;
      [...this.list.children].forEach((item, i) =>
        item.setAttribute("aria-selected", String(i === place)),
      );
      this.input.setAttribute("aria-activedescendant", `${this.list.id}-${place}`);
      this.list.children[place].scrollIntoView({ block: "nearest" });
    }

    choose(place) {
      const option = this.options[place];
      const { pick, fill, visit } = this.input.dataset;
      this.close();
      if (visit) {
        location.assign(option.url); // it is on record: go there instead of recording it twice
        return;
      }
      if (pick !== undefined) {
        // a target on record: let the server show it, as the button "Find" would
        const button = document.createElement("button");
        button.name = "op";
        button.value = `pick:${pick}:${option.value}`;
        button.formNoValidate = true;
        button.hidden = true;
        this.input.form.append(button);
        button.click();
        return;
      }
      this.input.value = option.value;
      if (fill) this.fillBeside(fill, option);
    }

    // a person and an office go with their body; what somebody typed stays where the new body has none
    fillBeside(row, option) {
      const said = [];
      for (const name of ["official", "office_title"]) {
        const other = document.getElementById(`${row}-${name}`);
        if (!other || other.value === option[name]) continue;
        if (!option[name] && !filledIn.has(other.value)) continue;
        other.value = option[name];
        if (option[name]) filledIn.add(option[name]);
        const label = other.labels[0].firstChild.textContent.trim();
        said.push(option[name] ? `${label}: ${option[name]}` : `${label} emptied`);
      }
      told.textContent = said.join("; ");
    }

    // what the last key asked for is not wanted any more
    forget() {
      clearTimeout(this.timer);
      this.asked += 1;
    }

    close() {
      this.forget();
      this.list.hidden = true;
      this.input.setAttribute("aria-expanded", "false");
      this.input.removeAttribute("aria-activedescendant");
    }
  }

  // what is offered is told to whoever does not see it
  const told = document.createElement("p");
  told.className = "visually-hidden";
  told.setAttribute("role", "status");
  document.body.append(told);
  const tell = (count) => {
    told.textContent = count ? `${count} ${count === 1 ? "suggestion" : "suggestions"}` : "None on record";
  };

  const start = () => {
    document.querySelectorAll("[data-suggest]:not([role])").forEach((input) => new Combobox(input));

    // an export-control ask needs its controlled items: show them as soon as it is chosen
    document.querySelectorAll("select[data-opens]").forEach((select) => {
      const details = document.getElementById(select.dataset.opens);
      const follow = () => {
        if (select.value === "export_control") details.open = true;
      };
      select.addEventListener("change", follow);
      follow();
    });
  };
  start();
  document.addEventListener("rows:shown", start);
})();
