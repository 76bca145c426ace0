// What was pressed while nobody answered: kept for this tab, sent in order and once when the connection is back (form[data-keep]).
// data-keep="tap": pressed anew after a minute it is a new entry; "typed": the same values are the same entry.
(() => {
  "use strict";
  const MINUTE = 60_000, RETRY = 5_000, TIMEOUT = 15_000;
  const person = document.body.dataset.person;
  const place = `vigil:outbox:${person}`;
  let items = load();
  let isSending = false;

  function load() {
    try { return (person && JSON.parse(window.sessionStorage.getItem(place))) || []; } catch { return []; }
  }

  // Memory is the truth of this page; the tab's storage carries it over a reload.
  function store() {
    try {
      if (items.length) window.sessionStorage.setItem(place, JSON.stringify(items));
      else window.sessionStorage.removeItem(place);
    } catch { /* a browser without storage keeps it in the page alone */ }
    showRefused();
  }

  const waiting = () => items.filter((item) => !item.refused);

  // A second press of the same thing is no second entry; whatever differs is one of its own.
  function isSame(item, url, form, body) {
    if (item.refused || item.url !== url || item.kind !== (body.get("kind") || "")) return false;
    return Date.now() - item.at < MINUTE || (form.dataset.keep === "typed" && item.body === String(body));
  }

  function keep(form, formData) {
    if (!person || !form?.matches("[data-keep]") || !formData) return false;
    const url = form.getAttribute("action"), body = new URLSearchParams(formData);
    const key = body.get("client_key");
    ["csrfmiddlewaretoken", "client_key"].forEach((name) => body.delete(name));
    const same = items.find((item) => isSame(item, url, form, body));
    if (same) same.body = String(body);
    else items.push({ url, key, kind: body.get("kind") || "", body: String(body), at: Date.now(), page: window.location.pathname, refused: "" });
    form.querySelector('[name="client_key"]').value = window.crypto.randomUUID();
    store();
    return true;
  }

  const headers = () => JSON.parse(document.body.getAttribute("hx-headers") || "{}");

  // True when the server has decided: written, or refused with its words.
  async function send(item) {
    const body = new URLSearchParams(item.body);
    body.set("client_key", item.key);
    body.set("waited", String(Math.round((Date.now() - item.at) / 1000)));
    const options = { method: "POST", body, redirect: "manual", credentials: "same-origin", signal: AbortSignal.timeout(TIMEOUT) };
    const answer = await fetch(item.url, { ...options, headers: { ...headers(), "HX-Request": "true", "X-Vigil-Background": "1" } }).catch(() => null);
    if (!answer || answer.status === 401 || answer.status >= 500) return false;
    const isWritten = answer.type === "opaqueredirect" || answer.ok;
    if (isWritten) items = items.filter((one) => one !== item);
    else item.refused = answer.status === 422 ? words(await answer.text()) : `The server refused it (${answer.status}).`;
    if (isWritten) window.vigil.dropDraft?.(item.url);
    store();
    return true;
  }

  function words(html) {
    const said = [...new DOMParser().parseFromString(html, "text/html").querySelectorAll("[data-findings], .v-finding, .v-field-error, .invalid-feedback")];
    const texts = said.map((place) => place.textContent.replace(/\s+/g, " ").trim()).filter(Boolean);
    return [...new Set(texts)].join(" ").slice(0, 300) || "Please look again.";
  }

  async function flush() {
    if (isSending || !waiting().length || !navigator.onLine) return;
    isSending = true;
    const here = waiting().some((item) => item.page === window.location.pathname);
    let sent = 0;
    while (waiting().length && (await send(waiting()[0]))) sent += 1;
    isSending = false;
    if (!sent) return;
    window.vigil.heard?.();
    if (!waiting().length) window.vigil.say?.("Sent.");
    if (here && document.getElementById("flowsheet")) window.htmx.ajax("GET", window.location.pathname + window.location.search, { target: "#flowsheet", swap: "outerHTML", headers: { "X-Vigil-Background": "1" } });
  }

  function showRefused() {
    const bar = document.getElementById("refused"), item = items.find((one) => one.refused);
    if (!bar) return;
    bar.hidden = !item;
    if (!item) return;
    bar.querySelector("[data-refused-text]").textContent = item.refused;
    bar.querySelector("[data-refused-link]").href = item.page;
  }

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-connection-retry]")) flush();
    if (!event.target.closest("[data-refused-close]")) return;
    items = items.filter((one) => one !== items.find((other) => other.refused));
    store();
  });
  // Signing out drops what waits, but says so first.
  document.addEventListener("submit", (event) => {
    if (!event.target.getAttribute("action")?.endsWith("/accounts/logout/")) return;
    if (waiting().length && !event.target.dataset.warned) {
      event.preventDefault();
      event.target.dataset.warned = "1";
      return void window.vigil.lost?.("Sign out again to throw away what wasn’t sent.");
    }
    forget(() => true);
  }, true);

  // Nothing of one person is left for the next one at the same tablet.
  function forget(isGone) {
    try {
      Object.keys(window.sessionStorage).filter((name) => name.startsWith("vigil:") && isGone(name.split(":")[2])).forEach((name) => window.sessionStorage.removeItem(name));
    } catch { /* no storage, nothing kept */ }
  }

  if (person) forget((owner) => owner !== person);
  window.vigil = Object.assign(window.vigil || {}, { keepForLater: keep, waitingCount: () => waiting().length, flush });
  document.addEventListener("DOMContentLoaded", () => { showRefused(); if (waiting().length) window.vigil.lost?.(""); flush(); });
  window.addEventListener("online", flush);
  window.setInterval(flush, RETRY);
})();
