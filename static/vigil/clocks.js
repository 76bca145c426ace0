// Clocks that tick by the server's time. Words mirror clinic/templatetags/clock_words.py.
(() => {
  "use strict";
  const GRACE = 300, SOON = 300, MINUTES = 180, HOURS = 48;
  const WORDS = {
    due: ["in {t}", "due now", "late {t}"], gate: ["in {t}", "", "open"], rest: ["{t}", "", "over"], ends: ["{t} left", "", "over"],
    minutes: ["{t}", "", ""], ago: ["{t} ago", "", ""], words: ["{t}", "", ""], running: ["{t}", "", ""],
  };
  const SINCE = ["minutes", "ago", "words", "running"];
  const STATES = ["is-ahead", "is-soon", "is-now", "is-late", "is-over"];
  let offset = 0; // server minus browser, in milliseconds

  function sync(iso) {
    const server = Date.parse(iso);
    if (!Number.isNaN(server)) offset = server - Date.now();
  }

  const serverNow = () => Date.now() + offset;

  function gone(seconds) {
    const minutes = Math.floor(Math.max(0, seconds) / 60), hours = Math.floor(minutes / 60);
    if (minutes < MINUTES) return `${minutes} min`;
    return hours < HOURS ? `${hours} h` : `${Math.floor(hours / 24)} days`;
  }

  function span(kind, seconds) {
    if (kind === "ago") return gone(seconds);
    const whole = Math.max(0, seconds), minutes = Math.floor(whole / 60), rest = String(whole % 60).padStart(2, "0");
    if (kind === "rest" || kind === "running") return `${minutes}:${rest}`;
    if (kind === "minutes" || (kind !== "words" && minutes >= 5 && (minutes < 60 || kind === "gate"))) return `${minutes} min`;
    if (minutes >= 60) return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
    return kind === "words" ? `${minutes} min` : `${minutes} min ${rest} s`;
  }

  function told(kind, seconds) {
    const [before, at, after] = WORDS[kind] || WORDS.due;
    if (SINCE.includes(kind)) return ["", before.replace("{t}", span(kind, seconds))];
    if (seconds > 0) return [seconds <= SOON ? "is-soon" : "is-ahead", before.replace("{t}", span(kind, seconds))];
    if (at && -seconds <= GRACE) return ["is-now", at];
    return [kind === "due" ? "is-late" : "is-over", after.replace("{t}", gone(-seconds))];
  }

  function tick(clock, now) {
    const until = clock.dataset.clockUntil, moment = Date.parse(until || clock.dataset.clockSince);
    if (Number.isNaN(moment)) return;
    const gap = Math.trunc((moment - now) / 1000);
    const [state, text] = told(clock.dataset.clockKind || "due", until ? gap : -gap);
    if (clock.textContent !== text) clock.textContent = text;
    if (!state || clock.classList.contains(state)) return;
    const wasAhead = STATES.some((name) => clock.classList.contains(name));
    clock.classList.remove(...STATES);
    clock.classList.add(state);
    if (wasAhead) clock.dispatchEvent(new CustomEvent("vigil:clock", { bubbles: true, detail: { state } }));
  }

  function wall(clock, now) {
    const zone = clock.dataset.zone || undefined;
    clock.textContent = new Date(now).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: zone });
  }

  function tickAll() {
    const now = serverNow();
    document.querySelectorAll("[data-clock-until], [data-clock-since]").forEach((clock) => tick(clock, now));
    document.querySelectorAll("[data-wall-clock]").forEach((clock) => wall(clock, now));
    document.dispatchEvent(new CustomEvent("vigil:tick", { detail: { now } }));
  }

  sync(document.querySelector('meta[name="server-now"]')?.content);
  document.addEventListener("htmx:beforeSwap", (event) => sync(event.detail.xhr.getResponseHeader("X-Server-Now")));
  document.addEventListener("htmx:afterSwap", tickAll);
  window.vigil = Object.assign(window.vigil || {}, { serverNow });
  document.addEventListener("DOMContentLoaded", tickAll);
  window.setInterval(tickAll, 1000);
})();
