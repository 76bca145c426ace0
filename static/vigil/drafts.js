// What is typed and not saved yet survives a reload: per person, page and form, in this tab alone. Passwords and files never.
(() => {
  "use strict";
  const FRESH = 5 * 60_000;
  const KEPT = "form[data-keep], form[data-draft]";
  const person = document.body.dataset.person;
  const stem = `vigil:draft:${person}:`;
  const storage = () => { try { return window.sessionStorage; } catch { return null; } };
  const path = (form) => form.getAttribute("action") || window.location.pathname;
  const key = (form) => `${stem}${window.location.pathname}:${path(form)}`;
  const fields = (form) => [...form.elements].filter((field) => field.name && !["hidden", "password", "file", "submit", "button"].includes(field.type) && field.autocomplete !== "one-time-code");
  const isBox = (field) => field.type === "radio" || field.type === "checkbox";
  const read = (name) => { try { return JSON.parse(storage()?.getItem(name)); } catch { return null; } };

  function save(form) {
    const typed = fields(form).filter((field) => !isBox(field) && field.value !== "").map((field) => [field.name, field.value]);
    const ticked = fields(form).filter((field) => isBox(field) && field.checked).map((field) => [field.name, field.value]);
    try {
      if (typed.length || ticked.length) storage()?.setItem(key(form), JSON.stringify({ at: Date.now(), typed, ticked, action: path(form) }));
      else storage()?.removeItem(key(form));
    } catch { /* full or forbidden: the page still has it */ }
  }

  function put(form, draft) {
    const has = (pairs, field) => pairs.some(([name, value]) => name === field.name && value === field.value);
    fields(form).forEach((field) => {
      if (isBox(field)) field.checked = has(draft.ticked, field);
      else field.value = draft.typed.find(([name]) => name === field.name)?.[1] ?? "";
      const folded = field.closest("details");
      if (folded && (isBox(field) ? field.checked : field.value)) folded.open = true;
    });
  }

  // Young drafts come back by themselves; an older one only when asked for, since a value grows old (MON-7).
  function offer(form) {
    const draft = read(key(form));
    if (!draft || form.querySelector("[data-draft-note]")) return;
    const isYoung = Date.now() - draft.at < FRESH;
    if (isYoung) put(form, draft);
    const note = Object.assign(document.createElement("p"), { className: "v-draft" });
    note.dataset.draftNote = "";
    note.setAttribute("role", "status");
    const ago = Math.max(1, Math.round((Date.now() - draft.at) / 60_000));
    note.append(`Typed ${ago} min ago, not saved. `, ...(isYoung ? [] : [button("Put it back", "draftPut")]), button("Throw away", "draftDrop"));
    form.prepend(note);
  }

  function button(text, name) {
    const made = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-outline-secondary btn-sm", textContent: text });
    made.dataset[name] = "";
    return made;
  }

  function drop(action) {
    const names = Object.keys(storage() || {}).filter((name) => name.startsWith(stem) && name.endsWith(`:${action}`));
    names.forEach((name) => storage().removeItem(name));
  }

  const offerAll = () => { if (person) document.querySelectorAll(KEPT).forEach(offer); };

  function typed(event) {
    const form = event.target.closest?.(KEPT);
    if (person && form) save(form);
  }

  ["input", "change"].forEach((name) => document.addEventListener(name, typed));
  // Keys of the check's pad and "all well" write without an event of their own.
  document.addEventListener("click", (event) => {
    const form = event.target.closest(KEPT);
    if (!form || !person) return;
    if (event.target.closest("[data-draft-put]")) put(form, read(key(form)));
    if (event.target.closest("[data-draft-drop]")) { drop(path(form)); form.reset(); }
    if (event.target.closest("[data-draft-put], [data-draft-drop]")) return void form.querySelector("[data-draft-note]").remove();
    if (event.target.closest("[data-key], [data-all-well], [data-fill]")) window.setTimeout(() => save(form), 0);
  });

  // A plain form can't be sent into the void: the browser would show its own page in the place of what was typed.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.matches("[hx-post]") || form.method !== "post") return;
    if (navigator.onLine) return void (form.matches(KEPT) && mark(form));
    event.preventDefault();
    window.vigil.lost?.("There is no connection.", form);
  }, true);

  // Sent by a plain form: gone once another page has come; on the same page it was refused or failed.
  function mark(form) {
    const draft = read(key(form));
    if (draft) storage()?.setItem(key(form), JSON.stringify({ ...draft, sentFrom: window.location.pathname }));
  }

  function dropSent() {
    const names = Object.keys(storage() || {}).filter((name) => name.startsWith(stem));
    names.forEach((name) => { const from = read(name)?.sentFrom; if (from && from !== window.location.pathname) storage().removeItem(name); });
  }

  document.addEventListener("htmx:beforeSwap", (event) => {
    const { elt, xhr, requestConfig } = event.detail;
    const form = elt?.matches?.(KEPT) ? elt : event.detail.requestConfig?.elt?.closest?.(KEPT);
    if (form && requestConfig?.verb === "post" && xhr.status >= 200 && xhr.status < 300) drop(path(form));
  });
  document.addEventListener("htmx:afterSettle", (event) => { if (event.detail.xhr?.status !== 422) offerAll(); });
  document.addEventListener("DOMContentLoaded", () => { dropSent(); offerAll(); });
  window.vigil = Object.assign(window.vigil || {}, { dropDraft: drop });
})();
