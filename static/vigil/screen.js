// An enrolled screen: plain about a lost line, calls for help again and again until it is heard, and leaves when it was revoked.
(() => {
  "use strict";
  const AGAIN = 4_000;
  let lostAt = null;
  let unheard = null; // a call for help that nobody has heard yet

  const line = () => document.querySelector("[data-line]");

  function paint() {
    const place = line();
    if (!place) return;
    place.hidden = lostAt === null;
    document.body.classList.toggle("is-lost", lostAt !== null);
    const since = place.querySelector("[data-line-since]");
    if (since && lostAt) since.textContent = ` for ${Math.max(1, Math.round((Date.now() - lostAt) / 60_000))} min`;
  }

  function lost(event) {
    lostAt = lostAt || Date.now();
    const form = event?.detail?.elt;
    if (form?.matches?.("[data-help]")) unheard = new URLSearchParams(event.detail.requestConfig.formData);
    paint();
  }

  function heard(event) {
    const { xhr } = event.detail;
    if (!xhr || xhr.status === 0) return;
    if (xhr.status === 404) return window.location.reload();
    if (xhr.status >= 500) return lost(event);
    lostAt = null;
    paint();
  }

  // The same client_key: however often it is sent, it is one call.
  async function callAgain() {
    if (!unheard) return;
    const answer = await fetch(window.location.href, { method: "POST", body: unheard, redirect: "manual", credentials: "same-origin" }).catch(() => null);
    if (!answer || answer.status >= 500) return;
    unheard = null;
    window.location.reload();
  }

  document.addEventListener("htmx:sendError", lost);
  document.addEventListener("htmx:timeout", lost);
  document.addEventListener("htmx:afterRequest", heard);
  window.addEventListener("offline", () => lost());
  document.addEventListener("vigil:tick", paint);
  window.setInterval(callAgain, AGAIN);
})();
