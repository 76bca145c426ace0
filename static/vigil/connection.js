// Says plainly when the server isn't heard and keeps what was typed. Facts wait in outbox.js; other forms are sent again by a press.
(() => {
  "use strict";
  let lastHeard = Date.now();
  let unsent = null; // the form whose sending failed
  let paused = null; // the form that met a signed-out session
  let reason = "";
  let isLost = false;
  let isStaying = false;

  const bar = () => document.getElementById("connection");
  const dialog = () => document.getElementById("signed-out");
  const formOf = (element) => (element?.matches?.("form") ? element : element?.closest?.("form"));
  const isReading = (event) => (event.detail.requestConfig?.verb || "get") === "get";

  const waiting = () => window.vigil?.waitingCount?.() ?? 0;

  function ago() {
    const seconds = Math.round((Date.now() - lastHeard) / 1000);
    return seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
  }

  function paint() {
    const shown = bar();
    if (!shown) return;
    shown.hidden = !isLost;
    if (!isLost) return;
    const count = waiting(), isUnsaved = Boolean(unsent) || count > 0;
    shown.classList.toggle("is-unsaved", isUnsaved);
    const title = isUnsaved ? "Not saved." : "Connection lost.";
    const later = count ? `${count > 1 ? `${count} entries` : "It"} will be sent when the connection is back: keep this tab open.` : "";
    const kept = `${unsent ? reason : later} What you typed is still here. Last heard ${ago()} ago.`;
    const text = isUnsaved ? `${count && unsent ? `${later} ` : ""}${kept}` : `Last heard ${ago()} ago. Clocks go on; what you see may be old.`;
    const [heading, rest] = [shown.querySelector("[data-connection-title]"), shown.querySelector("[data-connection-text]")];
    if (heading.textContent !== title) heading.textContent = title;
    rest.textContent = text;
    shown.querySelector("[data-connection-retry]").hidden = !isUnsaved;
  }

  function heard() {
    lastHeard = Date.now();
    if (unsent && !unsent.isConnected) unsent = null;
    isLost = Boolean(unsent) || waiting() > 0;
    paint();
  }

  function lost(event, why = "The connection was lost while sending.") {
    isLost = true;
    reason = why;
    const form = formOf(event.detail.elt);
    const isKept = form && !isReading(event) && window.vigil?.keepForLater?.(form, event.detail.requestConfig.formData);
    if (form && !isReading(event) && !isKept) unsent = form;
    paint();
  }

  // For the outbox and for plain forms: what isn't saved, and why.
  function say(why, form = null) {
    isLost = true;
    reason = why || reason;
    unsent = form || unsent;
    paint();
    if (why && !form) bar().querySelector("[data-connection-text]").textContent = why;
  }

  function answered(event) {
    const { xhr, elt } = event.detail;
    if (!xhr || xhr.status === 0) return;
    if (!isReading(event) && xhr.status < 500 && formOf(elt) === unsent) unsent = null;
    lastHeard = Date.now();
    if (xhr.status === 401 && window.vigil.meetsLock?.(xhr)) return;
    if (xhr.status === 401) return signedOut(event);
    if (xhr.status >= 500) return lost(event, "The server met a fault.");
    if (xhr.status === 429 && !isReading(event)) return lost(event, "Too many at once: wait a minute, then send it again.");
    if (xhr.status >= 400 && xhr.status !== 422 && !isReading(event)) return lost(event, `The server refused it (${xhr.status}).`);
    heard();
    if (waiting()) window.vigil.flush();
  }

  function signedOut(event) {
    paused = isReading(event) ? paused : formOf(event.detail.elt);
    heard();
    if (dialog() && !dialog().open) dialog().showModal();
  }

  // A new sign-in has a new CSRF token: fetch this page anew and take the token over. Another person starts afresh.
  async function goOn() {
    const note = dialog().querySelector("[data-signed-out-note]");
    const page = await fetch(window.location.href, { credentials: "same-origin" }).catch(() => null);
    const fresh = page?.ok && !page.redirected ? new DOMParser().parseFromString(await page.text(), "text/html") : null;
    const token = fresh?.querySelector('meta[name="csrf-token"]')?.content;
    if (!token) {
      note.textContent = "You aren’t signed in yet. Use the new tab, then press here again.";
      return;
    }
    if (fresh.body.dataset.person !== document.body.dataset.person) return void window.location.reload();
    document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": token }));
    document.querySelectorAll('input[name="csrfmiddlewaretoken"]').forEach((field) => { field.value = token; });
    dialog().close();
    heard();
    paused?.querySelector('[type="submit"]')?.focus();
  }

  document.addEventListener("htmx:sendError", (event) => lost(event));
  document.addEventListener("htmx:timeout", (event) => lost(event));
  document.addEventListener("htmx:afterRequest", answered);
  document.addEventListener("vigil:tick", () => { if (isLost) paint(); });
  // Closing the tab would lose what waits (ADR 13): the browser asks first. A link of ours stays in the tab, and so does what waits.
  window.addEventListener("beforeunload", (event) => { if (!isStaying && !window.vigil.isLocking && (waiting() || unsent?.isConnected)) event.preventDefault(); });
  window.addEventListener("pageshow", () => { isStaying = false; });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || link.target || link.origin !== window.location.origin || unsent) return;
    isStaying = true;
    window.setTimeout(() => { isStaying = false; }, 2000);
  });
  window.addEventListener("offline", () => { isLost = true; paint(); });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-connection-retry]") && unsent?.isConnected) unsent.requestSubmit();
    if (event.target.closest("[data-signed-out-continue]")) goOn();
  });
  window.vigil = Object.assign(window.vigil || {}, { lastHeard: () => lastHeard, heard, lost: say });
})();
