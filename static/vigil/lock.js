// The lock as this tab meets it: the server locks; the page keeps what was typed for the same person, goes to the locked page, and leaves nothing behind.
(() => {
  "use strict";
  const STEM = "vigil:typed:", RETRY = 5_000, EARLIEST = 1_000;
  const person = document.body.dataset.person || "";
  const meta = document.querySelector('meta[name="lock-after"]');
  const key = `${STEM}${person}:${window.location.pathname}`;
  const storage = () => { try { return window.sessionStorage; } catch { return null; } };
  const read = (name) => { try { return JSON.parse(storage()?.getItem(name)); } catch { return null; } };
  const names = () => Object.keys(storage() || {}).filter((name) => name.startsWith(STEM));
  const isBox = (field) => field.type === "radio" || field.type === "checkbox";
  const fields = (form) => [...form.elements].filter((field) => field.name && !["hidden", "password", "file", "submit", "button"].includes(field.type));
  // Drafts of the flowsheet are kept by drafts.js, with its own rule for what has grown old.
  const forms = () => [...document.querySelectorAll('main form[method="post"]:not([data-keep]):not([data-draft])')];

  function isTouched(field) {
    if (isBox(field)) return field.checked !== field.defaultChecked;
    if (field.options) return [...field.options].some((option) => option.selected !== option.defaultSelected);
    return field.value !== field.defaultValue;
  }

  const value = (field) => (isBox(field) ? [field.name, field.value, field.checked] : [field.name, field.value]);

  function keep(isSent) {
    if (!person) return;
    const typed = forms().map((form, index) => ({ index, action: form.getAttribute("action") || "", is: fields(form).some(isTouched), all: fields(form).map(value) }));
    const kept = typed.filter((form) => form.is);
    try {
      if (kept.length) storage()?.setItem(key, JSON.stringify({ kept, isSent }));
    } catch { /* full or forbidden: nothing is kept */ }
  }

  // Back at the page, as the same person: what was typed stands where it stood, and says so.
  function putBack() {
    names().filter((name) => read(name)?.isSent).forEach((name) => storage().removeItem(name)); // taken: another page has come
    const found = read(key);
    storage()?.removeItem(key);
    if (!found) return;
    found.kept.forEach(({ index, action, all }) => {
      const form = forms()[index];
      if (!form || (form.getAttribute("action") || "") !== action) return;
      fields(form).forEach((field) => {
        const same = all.find(([name, text]) => name === field.name && (!isBox(field) || text === field.value));
        if (!same) return;
        if (isBox(field)) field.checked = same[2];
        else field.value = same[1];
      });
      const note = Object.assign(document.createElement("p"), { className: "v-draft", textContent: "Typed before the screen was locked, not saved. Look again before you save." });
      note.setAttribute("role", "status");
      form.prepend(note);
    });
  }

  function leave(address) {
    keep(false);
    blank();
    window.location.replace(address);
  }

  // Nothing of a patient may be seen from here on, whatever the browser keeps for its Back button.
  function blank(words) {
    window.vigil.isLocking = true;
    const notice = document.createElement("main");
    notice.className = "v-entrance";
    notice.append(Object.assign(document.createElement("p"), { textContent: words || "Locked." }));
    document.body.replaceChildren(notice);
  }

  function meetsLock(answer) {
    const address = answer.getResponseHeader ? answer.getResponseHeader("X-Vigil-Locked") : answer.headers.get("X-Vigil-Locked");
    if (address) leave(address);
    return Boolean(address);
  }

  const token = () => ({ "X-CSRFToken": document.querySelector('meta[name="csrf-token"]')?.content || "", "HX-Request": "true" });
  const ask = (address, options) => fetch(address, { credentials: "same-origin", redirect: "manual", ...options, headers: token() }).catch(() => null);

  // Without a connection the server can't lock: the page covers itself and locks as soon as the server is heard.
  async function coverUntilHeard() {
    if (!window.vigil.isLocking) { keep(false); blank("Locked. There is no connection."); }
    const answer = await ask(meta.dataset.lock, { method: "POST" });
    if (answer && answer.status < 500) return window.location.reload();
    window.setTimeout(coverUntilHeard, RETRY);
  }

  async function timeIsUp() {
    if (window.vigil.isLocking) return;
    const answer = await ask(meta.dataset.state);
    if (!answer || answer.status >= 500) return coverUntilHeard();
    if (meetsLock(answer)) return;
    if (answer.status !== 200) return window.location.reload();
    wait((await answer.json()).left);
  }

  function wait(seconds) {
    window.setTimeout(timeIsUp, Math.max(EARLIEST, seconds * 1000 + EARLIEST));
  }

  function pressed(event) {
    const form = event.target;
    if (form.matches("[data-lock]")) {
      if (!navigator.onLine) { event.preventDefault(); event.stopImmediatePropagation(); return void coverUntilHeard(); }
      keep(false);
      window.vigil.isLocking = true;
      window.addEventListener("pagehide", () => blank());
      return;
    }
    // A plain form that meets the lock leaves its values here; the locked page says that it did.
    if (form.matches('main form[method="post"]') && !form.matches("[hx-post]")) keep(true);
  }

  window.vigil = Object.assign(window.vigil || {}, { meetsLock });
  // A sent form that came to the locked page wasn't taken: it is given back.
  if (document.querySelector("[data-locked]")) {
    names().forEach((name) => { const found = read(name); if (found?.isSent) storage()?.setItem(name, JSON.stringify({ ...found, isSent: false })); });
  }
  if (!person || !meta) return;
  document.addEventListener("DOMContentLoaded", putBack);
  document.addEventListener("submit", pressed, true);
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey && event.altKey && event.code === "KeyL") { event.preventDefault(); document.querySelector("form[data-lock]")?.requestSubmit(); }
  });
  window.addEventListener("pageshow", (event) => { if (event.persisted) { blank(); window.location.reload(); } });
  wait(Number(meta.content));
})();
