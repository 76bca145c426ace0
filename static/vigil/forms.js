// Forms for thumbs: sent once, the next field after enough digits, a hint at unlikely values, focus on what must be mended.
(() => {
  "use strict";
  const buttons = (form) => [...form.querySelectorAll('button[type="submit"], input[type="submit"], button:not([type])'), ...document.querySelectorAll(`[form="${form.id || "-"}"]`)];

  function setBusy(form, isBusy) {
    buttons(form).forEach((button) => {
      button.disabled = isBusy;
      if (isBusy) button.setAttribute("aria-busy", "true");
      else button.removeAttribute("aria-busy");
    });
  }

  // Plain forms: the button's own name and value must still be sent, so it goes dead a moment later.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.matches("[hx-post], [data-hx-post]") || event.defaultPrevented) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
    window.setTimeout(() => setBusy(form, true), 0);
  });
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    document.querySelectorAll("form[data-sent]").forEach((form) => { delete form.dataset.sent; setBusy(form, false); });
  });

  const formOf = (element) => (element?.matches?.("form") ? element : null);
  document.addEventListener("htmx:beforeRequest", (event) => { const form = formOf(event.detail.elt); if (form) setBusy(form, true); });
  document.addEventListener("htmx:afterRequest", (event) => { const form = formOf(event.detail.elt); if (form?.isConnected) setBusy(form, false); });

  // data-autonext="3": on to the next field after three digits; a first digit of 4–9 means that two are enough ("98", "84").
  function enough(field) {
    const wanted = Number(field.dataset.autonext), digits = field.value.replace(/\D/g, "");
    return digits.length >= wanted || (wanted === 3 && digits.length === 2 && Number(digits[0]) >= 4);
  }

  function next(field) {
    const fields = [...field.form.elements].filter((one) => !one.disabled && one.type !== "hidden" && one.tabIndex >= 0 && one.offsetParent !== null);
    const following = fields[fields.indexOf(field) + 1];
    following?.focus();
    if (following?.select && following.value) following.select();
  }

  // data-likely="60-220": outside of it a quiet hint, never a refusal; the server asks for the confirmation.
  function hint(field) {
    const [low, high] = field.dataset.likely.split("-").map(Number), value = Number(field.value);
    const isOdd = field.value !== "" && (value < low || value > high);
    const id = `${field.id || field.name}-unlikely`;
    let note = document.getElementById(id);
    if (!isOdd) return void note?.remove();
    if (!note) {
      note = Object.assign(document.createElement("p"), { id, className: "v-unlikely" });
      note.setAttribute("role", "status");
      (field.closest(".input-group") || field).after(note);
    }
    note.textContent = `Unusual: ${field.value}. Please look again.`;
  }

  document.addEventListener("input", (event) => {
    const field = event.target;
    if (field.dataset?.autonext && event.inputType !== "deleteContentBackward" && enough(field)) next(field);
  });
  document.addEventListener("change", (event) => { if (event.target.dataset?.likely) hint(event.target); });

  // data-fill="id_note" data-value="…": a button that writes for you.
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-fill]");
    const field = button && document.getElementById(button.dataset.fill);
    if (!field) return;
    field.value = button.dataset.value || "";
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  });

  // data-copy="text" for the portal companion: copied, and said.
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    await navigator.clipboard?.writeText(button.dataset.copy).catch(() => null);
    say(`Copied: ${button.dataset.copyLabel || button.dataset.copy}`);
    button.classList.add("is-copied");
  });

  document.addEventListener("click", (event) => { if (event.target.closest("[data-print]")) window.print(); });

  function say(text) {
    const live = document.getElementById("live");
    if (live && text) live.textContent = text;
  }

  // After a swap: the first thing to mend gets the focus; [data-announce] is read out.
  document.addEventListener("htmx:afterSettle", (event) => {
    const place = event.detail.elt, { xhr } = event.detail;
    if (xhr?.status === 422) (place.querySelector(".is-invalid, [data-findings]") || place).focus?.();
    say(place.querySelector?.("[data-announce]")?.dataset.announce);
  });
  window.vigil = Object.assign(window.vigil || {}, { say });
})();
