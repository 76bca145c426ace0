// The board: the number of late chairs in the tab's title, "last updated", no swap of what hasn't changed, late cards to the front.
(() => {
  "use strict";
  const STALE = 30;
  const plainTitle = document.title;
  let lastText = null;
  let lateBefore = null;

  const board = () => document.querySelector("[data-board]");

  function countLate() {
    const lateNow = board().querySelectorAll("[data-chair].is-late, [data-chair]:has(.v-next .is-late)").length;
    document.title = lateNow ? `(${lateNow} late) ${plainTitle}` : plainTitle;
    if (lateBefore !== null && lateNow > lateBefore) window.vigil?.say?.(`${lateNow} late`);
    lateBefore = lateNow;
  }

  function heard() {
    const place = document.querySelector("[data-last-heard]");
    if (!place) return;
    const seconds = Math.round((Date.now() - (window.vigil?.lastHeard?.() ?? Date.now())) / 1000);
    place.textContent = seconds < 90 ? `updated ${seconds} s ago` : `updated ${Math.round(seconds / 60)} min ago`;
    place.closest(".v-heard")?.classList.toggle("is-stale", seconds > STALE);
  }

  // A check that becomes late between two polls comes to the front at once.
  function toFront(event) {
    const card = event.target.closest("[data-chair]");
    if (!card || event.detail.state !== "is-late" || card.contains(document.activeElement)) return;
    card.parentElement.prepend(card);
  }

  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!event.detail.target?.matches?.("[data-board]") || event.detail.xhr.status !== 200) return;
    const text = event.detail.xhr.responseText;
    if (text === lastText) event.detail.shouldSwap = false;
    lastText = text;
  });
  document.addEventListener("vigil:clock", toFront);
  document.addEventListener("vigil:tick", () => { if (board()) { countLate(); heard(); } });
})();
