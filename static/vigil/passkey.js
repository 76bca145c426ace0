// Passkeys: the browser asks for finger, face, PIN or key; the answer is posted with the form. Nothing else is done here.
(() => {
  "use strict";
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const listed = (credentials) => (credentials || []).map((one) => ({ ...one, id: bytes(one.id) }));

  async function create(asked, withoutPassword) {
    const key = { ...asked, challenge: bytes(asked.challenge), user: { ...asked.user, id: bytes(asked.user.id) }, excludeCredentials: listed(asked.excludeCredentials) };
    key.authenticatorSelection = { ...key.authenticatorSelection, residentKey: withoutPassword ? "required" : "discouraged", requireResidentKey: withoutPassword };
    if (withoutPassword) key.authenticatorSelection.userVerification = "required";
    const made = await navigator.credentials.create({ publicKey: key });
    return {
      ...common(made),
      response: { clientDataJSON: text(made.response.clientDataJSON), attestationObject: text(made.response.attestationObject), transports: made.response.getTransports?.() || [] },
    };
  }

  async function get(asked) {
    const key = { ...asked, challenge: bytes(asked.challenge), allowCredentials: listed(asked.allowCredentials) };
    const found = await navigator.credentials.get({ publicKey: key });
    const { clientDataJSON, authenticatorData, signature, userHandle } = found.response;
    return {
      ...common(found),
      response: { clientDataJSON: text(clientDataJSON), authenticatorData: text(authenticatorData), signature: text(signature), userHandle: userHandle ? text(userHandle) : null },
    };
  }

  const common = (one) => ({ type: one.type, id: one.id, rawId: text(one.rawId), authenticatorAttachment: one.authenticatorAttachment ?? null, clientExtensionResults: one.getClientExtensionResults() });

  const token = () => document.querySelector('meta[name="csrf-token"]')?.content || "";

  // What is asked stands in the page, or is fetched the moment it is needed: a challenge holds once.
  async function fetched(url, who) {
    const asking = { headers: { Accept: "application/json", "X-Requested-With": "XMLHttpRequest", "X-CSRFToken": token() } };
    const answer = await fetch(url, who ? { ...asking, method: "POST", body: new URLSearchParams({ who }) } : asking);
    if (!answer.ok) throw new Error(String(answer.status));
    return (await answer.json()).request_options;
  }

  async function tell(said, act) {
    said.textContent = "";
    try {
      await act();
    } catch (problem) {
      said.textContent = problem.name === "InvalidStateError" ? "This passkey is there already." : "That did not work, or it was stopped. Try again, or use another way.";
    }
  }

  // Forms of sign-in: nothing but the passkey is posted.
  async function enter(form) {
    const url = form.dataset.passkeyUrl;
    const asked = (url ? await fetched(url, "") : JSON.parse(document.getElementById("passkey-options").textContent)).publicKey;
    const given = form.dataset.passkey === "create" ? await create(asked, Boolean(form.elements.passwordless?.checked)) : await get(asked);
    form.elements.credential.value = JSON.stringify(given);
    form.submit();
  }

  // A signature: the passkey in the place of the password, then the form goes its usual way.
  async function sign(button) {
    const given = await get((await fetched(button.dataset.passkeyUrl, button.dataset.passkeySign)).publicKey);
    button.form.elements[button.dataset.passkeyField].value = JSON.stringify(given);
    button.form.requestSubmit();
  }

  document.addEventListener("click", (event) => {
    const signs = event.target.closest("[data-passkey-sign]");
    if (signs) tell(signs.parentElement.querySelector("[data-passkey-said]"), () => sign(signs));
    const enters = event.target.closest("[data-passkey-go]");
    if (enters) tell(enters.form.querySelector("[data-passkey-said]"), () => enter(enters.form));
  });
  document.addEventListener("submit", (event) => { if (event.target.matches("form[data-passkey]")) event.preventDefault(); });

  function show() {
    if (!window.PublicKeyCredential) return;
    document.querySelectorAll("form[data-passkey][hidden], [data-passkey-sign][hidden]").forEach((one) => { one.hidden = false; });
  }
  document.addEventListener("htmx:load", show);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", show); else show();
})();
