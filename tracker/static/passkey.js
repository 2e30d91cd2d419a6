// Passkeys: the form's options go to the browser, and what it answers goes with the form. Without
// script, or where the browser knows no passkeys, the other ways remain.
(() => {
  "use strict";
  const form = document.querySelector("form[data-passkey]");
  if (!form) return;
  const button = form.querySelector("button[type=submit]");
  const says = form.querySelector("[data-passkey-says]");
  if (!window.PublicKeyCredential) {
    says.textContent = "This browser knows no passkeys. Take another way.";
    return;
  }
  says.textContent = "";
  button.disabled = false;

  const bytes = (text) => {
    const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
  };
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
      .replaceAll("+", "-")
      .replaceAll("/", "_")
      .replaceAll("=", "");
  const named = (list) => (list || []).map((each) => ({ ...each, id: bytes(each.id) }));

  const asked = () => {
    const options = JSON.parse(form.dataset.options);
    options.challenge = bytes(options.challenge);
    options.excludeCredentials = named(options.excludeCredentials);
    options.allowCredentials = named(options.allowCredentials);
    if (options.user) options.user.id = bytes(options.user.id);
    return options;
  };

  const told = (credential) => {
    const response = {};
    for (const part of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"])
      if (credential.response[part]) response[part] = text(credential.response[part]);
    return JSON.stringify({ id: credential.id, rawId: text(credential.rawId), type: credential.type, response });
  };

  form.addEventListener("submit", async (event) => {
    if (form.elements.passkey.value) return;
    event.preventDefault();
    button.disabled = true;
    says.textContent = "Your browser is asking you…";
    try {
      const publicKey = asked();
      const credential =
        form.dataset.passkey === "create"
          ? await navigator.credentials.create({ publicKey })
          : await navigator.credentials.get({ publicKey });
      form.elements.passkey.value = told(credential);
      form.requestSubmit();
      form.elements.passkey.value = "";
    } catch (problem) {
      says.textContent =
        problem.name === "InvalidStateError"
          ? "This device holds a passkey for your account already."
          : "That did not work, or it was cancelled. Try again, or take another way.";
      button.disabled = false;
      button.focus(); // it lost the focus while it was disabled
    }
    button.disabled = false;
  });
})();
