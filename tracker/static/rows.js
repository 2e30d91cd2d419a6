// Answers in place the buttons that add, remove, find and pick rows of a long form (data-draft): the
// way back and the place on the page stay. Without this file each of them loads the page anew.
"use strict";

(() => {
  const form = document.querySelector("form[data-draft]");
  const main = form.closest("main");
  let isNative = false;

  // all of the page but the form itself, to which scripts listen
  const show = (text) => {
    const fresh = new DOMParser().parseFromString(text, "text/html").querySelector("main");
    const freshForm = fresh?.querySelector("form[data-draft]");
    if (!freshForm) return false;
    form.replaceChildren(...freshForm.childNodes);
    freshForm.replaceWith(form);
    main.replaceChildren(...fresh.childNodes);
    main.inert = false;
    main.querySelector("[autofocus]")?.focus();
    document.dispatchEvent(new Event("rows:shown"));
    return true;
  };

  // fields go to the server, which answers with the page; what else it answers, the browser shows
  const renew = async (fields, instead) => {
    main.inert = true;
    try {
      const answer = await fetch(location.href, {
        method: "POST",
        body: new URLSearchParams(fields),
        redirect: "manual",
      });
      if (!answer.ok || !show(await answer.text())) instead();
    } catch {
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
      renew([...new FormData(form), ["op", submitter.value]], press);
    },
    true,
  );

  // a draft has other rows than the page: the server makes them
  form.addEventListener("rows:wanted", (event) => {
    event.preventDefault();
    const token = form.elements.namedItem("csrf_token").value;
    renew([...event.detail, ["csrf_token", token], ["op", "restore"]], () => location.reload());
  });
})();
