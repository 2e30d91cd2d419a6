// Answers in place the buttons that add, remove, find and pick rows of a long form (data-draft): the
// way back and the place on the page stay. Without this file each of them loads the page anew.
"use strict";

(() => {
  const form = document.querySelector("form[data-draft]");
  const main = form.closest("main");
  const TYPED = "textarea, input:not([type=hidden], [type=checkbox], [type=radio])";
  let isNative = false;

  // a row is gone on with at its first field
  const goOn = (at) => {
    const isBlock = at?.matches("div, fieldset") && !at.matches("[role=alert]");
    const field = isBlock && at.querySelector("input:not([type=hidden], [tabindex]), select, textarea");
    (field || at)?.focus();
  };

  // a part of the page that can be folded, told from others by the row that it stands in
  const nameOf = (part) => `${part.closest(".row-block")?.id ?? ""} ${part.querySelector("summary")?.textContent}`;

  // all of the page but the form itself, to which scripts listen
  const show = (text) => {
    const fresh = new DOMParser().parseFromString(text, "text/html").querySelector("main");
    const freshForm = fresh?.querySelector("form[data-draft]");
    if (!freshForm) return false;
    const rows = main.querySelectorAll(".row-block").length;
    const opened = new Set([...main.querySelectorAll("details[open]")].map(nameOf));
    form.replaceChildren(...freshForm.childNodes);
    freshForm.replaceWith(form);
    main.replaceChildren(...fresh.childNodes);
    // rows behind one that is gone have other numbers now
    const isFewer = main.querySelectorAll(".row-block").length < rows;
    for (const part of main.querySelectorAll("details")) {
      if (!isFewer || !part.closest(".row-block")) part.open ||= opened.has(nameOf(part));
    }
    main.inert = false;
    goOn(main.querySelector("[autofocus]"));
    document.dispatchEvent(new Event("rows:shown"));
    return true;
  };

  // fields go to the server, which answers with the page; what else it answers, the browser shows
  const renew = async (fields, instead, then = () => {}) => {
    const pressed = document.activeElement;
    main.inert = true;
    try {
      const answer = await fetch(location.href, {
        method: "POST",
        body: new URLSearchParams(fields),
        redirect: "manual",
      });
      if (!answer.ok || !show(await answer.text())) instead();
      else then();
    } catch {
      main.inert = false;
      pressed.focus(); // what is inert loses the focus
      document.dispatchEvent(new Event("rows:lost"));
    } finally {
      main.inert = false;
    }
  };

  document.addEventListener(
    "submit",
    (event) => {
      const { target, submitter } = event;
      if (isNative || target !== form || submitter?.name !== "op") return;
      event.preventDefault();
      const press = () => {
        isNative = true;
        main.inert = false;
        submitter.click();
        isNative = false;
      };
      const former = [...new FormData(form)].filter(([name]) => name !== "csrf_token");
      const [verb, row] = submitter.value.split(/:(.*)/);
      const isTyped = verb === "remove" && [...(document.getElementById(row)?.querySelectorAll(TYPED) ?? [])].some((f) => f.value);
      renew([...new FormData(form), ["op", submitter.value]], press, () => isTyped && offerBack(former, row));
    },
    true,
  );

  // the rows of fields that the page does not have are made by the server
  const restore = (fields, then) => {
    const token = form.elements.namedItem("csrf_token").value;
    renew([...fields, ["csrf_token", token], ["op", "restore"]], () => location.reload(), then);
  };

  // what was typed into a row is not lost with one press of a button
  const offerBack = (former, row) => {
    const box = document.createElement("div");
    box.className = "alert alert-warning removed";
    box.setAttribute("role", "status");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-sm";
    button.textContent = "Put it back";
    button.addEventListener("click", () => restore(former, () => goOn(document.getElementById(row))));
    box.append("Removed, with what was typed into it. ", button);
    (main.querySelector("[autofocus]") || form.firstElementChild).after(box);
    button.focus();
  };

  // nothing is saved half typed: Enter chooses a suggestion, or does nothing
  form.addEventListener("keydown", (event) => {
    const isLine = event.target.matches("input:not([type=checkbox], [type=radio])");
    if (event.key === "Enter" && isLine && form.querySelector("[data-stays]")) event.preventDefault();
  });

  // a draft has other rows than the page
  form.addEventListener("rows:wanted", (event) => {
    event.preventDefault();
    restore(event.detail.fields, event.detail.then);
  });
})();
