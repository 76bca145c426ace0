// The calendar: a booked visit moves by drag, by long press, or by M, arrows and Enter; the server decides, and a refused one goes back.
(() => {
  "use strict";
  const MOVABLE = "[data-moves] .is-booked[data-visit]", STEP = 5, SNAP = 15, THRESHOLD = 6, LONG_PRESS = 350, EDGE = 56;
  const wide = window.matchMedia("(min-width: 48rem)");
  let move = null; // { item, lane, start, by: "drag" | "keys", … }
  let pressed = null; // a pointer that is down and may become a drag
  let found = null; // the visit that gets the focus after the calendar came anew

  const calendar = () => document.querySelector("[data-calendar]");
  const isDay = () => calendar().dataset.calendar === "day";
  const lanes = () => [...calendar().querySelectorAll("[data-lane]")];
  // In a week the heads of the days say where each begins and how long it is.
  const head = (lane) => calendar().querySelectorAll(".v-cal-head")[[...lane.parentElement.querySelectorAll("[data-lane]")].indexOf(lane)];
  const number = (lane, name) => Number((lane.dataset[name] ? lane : head(lane)).dataset[name]);
  const say = (text) => window.vigil?.say?.(text);

  // In minutes: what the classes of its place say in steps.
  const placeOf = (item, letter) => Number(item.className.match(new RegExp(`\\b${letter}(\\d+)`))[1]) * STEP;

  function parts(item) {
    const [version, dose, begins = placeOf(item, "t"), length = placeOf(item, "l")] = item.dataset.visit.split(",").map(Number);
    const [pk] = (item.id || item.querySelector("a").getAttribute("href")).match(/\d+/);
    return { pk: Number(pk), version, dose, start: number(item.closest("[data-lane]"), "from") + begins, length };
  }

  const inZone = (minute, options, locale = "en-GB") => new Intl.DateTimeFormat(locale, { timeZone: calendar().dataset.zone, ...options }).format(minute * 60_000);
  const clock = (minute) => inZone(minute, { hour: "2-digit", minute: "2-digit" });
  const dayName = (minute) => inZone(minute, { weekday: "long", day: "numeric", month: "long" });
  const chairName = (lane) => lane.closest("[data-chair-name]").dataset.chairName;
  const nameOf = (item) => item.querySelector("a, .v-visit-who, span").textContent.trim().replace(/\s+/g, " ");

  // Whether another visit holds that chair then: a help for the eye, the server decides.
  function isTaken({ item, lane, start, length }) {
    return [...lane.querySelectorAll("[data-visit]")].some((other) => {
      const its = other !== item && parts(other);
      return its && start < its.start + its.length && its.start < start + length;
    });
  }

  function words() {
    const { lane, start, length } = move;
    return `${chairName(lane)}, ${isDay() ? "" : `${dayName(start)}, `}${clock(start)} to ${clock(start + length)}${isTaken(move) ? ", taken" : ""}`;
  }

  function begin(item, by, grip = 0) {
    const its = parts(item), lane = item.closest("[data-lane]");
    const ghost = Object.assign(document.createElement("li"), { className: "v-ghost" });
    ghost.setAttribute("aria-hidden", "true");
    move = { item, ...its, lane, from: { lane, start: its.start }, by, grip, ghost };
    item.classList.add("is-lifted");
    document.body.classList.toggle("is-dragging", by === "drag");
    draw();
  }

  function draw() {
    const { ghost, lane, start, length } = move, first = number(lane, "from"), steps = number(lane, "steps");
    const from = Math.max(0, (start - first) / STEP), to = Math.min(steps, (start + length - first) / STEP);
    if (ghost.parentElement !== lane) lane.append(ghost);
    ghost.style.setProperty("--t", from);
    ghost.style.setProperty("--l", Math.max(1, to - from));
    ghost.classList.toggle("is-taken", isTaken(move));
    ghost.textContent = `${clock(start)}–${clock(start + length)}${isTaken(move) ? " taken" : ""}`;
  }

  // Within the hours that the day shows.
  function within(lane, minute) {
    const first = number(lane, "from"), last = first + number(lane, "steps") * STEP - SNAP;
    return Math.min(Math.max(Math.round(minute / SNAP) * SNAP, Math.ceil(first / SNAP) * SNAP), last);
  }

  function end() {
    move?.ghost.remove();
    move?.item.classList.remove("is-lifted");
    document.body.classList.remove("is-dragging");
    move = null;
  }

  function back(text) {
    const { item } = move;
    end();
    say(text);
    item.querySelector("a")?.focus({ preventScroll: true });
  }

  // Keeps the ghost where it was dropped until the server has answered.
  function drop() {
    const { item, lane, start, from, pk, dose, version } = move;
    if (lane === from.lane && start === from.start) return back("Not moved.");
    if (!document.querySelector("#move-answer")) return back("Not moved.");
    move.ghost.classList.add("is-sent");
    const sent = move, { key, only } = calendar().dataset, chair = lane.dataset.lane;
    const values = {
      client_key: key, chair, dose_mg: dose, opened: version, offer: `${chair}@${new Date(start * 60_000).toISOString()}`,
      day: inZone(start, { year: "numeric", month: "2-digit", day: "2-digit" }, "en-CA"), starts_at: clock(start), view: isDay() ? "" : "week", only,
    };
    found = pk;
    move = null;
    say(`Moving to ${chairName(lane)}, ${clock(start)} …`);
    window.htmx.ajax("POST", moveAddress(pk), { target: "#calendar", swap: "outerHTML", values }).catch(lost).finally(() => {
      sent.ghost.remove();
      item.classList.remove("is-lifted");
      document.body.classList.remove("is-dragging");
    });
  }

  // Nobody answered, or not with a decision: it stands where it was.
  function lost() {
    if (found !== null) say("Not moved: the server didn’t answer.");
    found = null;
  }
  document.addEventListener("htmx:responseError", lost);

  const moveAddress = (pk) => window.location.pathname.replace(/schedule\/$/, `sessions/${pk}/move/`);

  // --- by pointer ---------------------------------------------------------------------------------------------------
  function lift(event) {
    const { item, y } = pressed, its = parts(item), lane = item.closest("[data-lane]");
    begin(item, "drag", minuteAt(lane, y) - its.start);
    pressed.isDrag = true;
    follow(event);
  }

  function minuteAt(lane, y) {
    const box = lane.getBoundingClientRect();
    return number(lane, "from") + ((y - box.top) / box.height) * number(lane, "steps") * STEP;
  }

  function follow(event) {
    const under = document.elementsFromPoint(event.clientX, event.clientY).map((one) => one.closest("[data-lane]")).find(Boolean);
    if (under) move.lane = under;
    move.start = within(move.lane, minuteAt(move.lane, event.clientY) - move.grip);
    draw();
    const scroller = calendar().querySelector(".v-cal-scroll"), box = scroller.getBoundingClientRect();
    if (event.clientY > Math.min(box.bottom, window.innerHeight) - EDGE) scroller.scrollBy(0, 12);
    if (event.clientY < Math.max(box.top, 0) + EDGE) scroller.scrollBy(0, -12);
    if (event.clientX > box.right - EDGE) scroller.scrollBy(12, 0);
    if (event.clientX < box.left + EDGE) scroller.scrollBy(-12, 0);
  }

  function release() {
    window.clearTimeout(pressed?.timer);
    pressed = null;
  }

  document.addEventListener("pointerdown", (event) => {
    const item = event.target.closest?.(MOVABLE);
    if (!item || !wide.matches || event.button !== 0 || move || event.target.closest("[data-move]")) return;
    pressed = { item, id: event.pointerId, x: event.clientX, y: event.clientY, isTouch: event.pointerType === "touch" };
    if (pressed.isTouch) pressed.timer = window.setTimeout(() => { if (pressed) lift(event); }, LONG_PRESS);
  });
  document.addEventListener("pointermove", (event) => {
    if (!pressed || event.pointerId !== pressed.id) return;
    if (pressed.isDrag && move) return follow(event);
    if (Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) < THRESHOLD) return;
    if (pressed.isTouch) return release();
    lift(event);
  });
  document.addEventListener("pointerup", (event) => {
    if (!pressed || event.pointerId !== pressed.id) return;
    const wasDrag = pressed.isDrag;
    release();
    if (!wasDrag) return;
    // The press that ends a drag opens nothing.
    const swallow = (click) => { click.preventDefault(); click.stopPropagation(); };
    document.addEventListener("click", swallow, { capture: true, once: true });
    window.setTimeout(() => document.removeEventListener("click", swallow, { capture: true }), 50);
    if (move) drop();
  });
  document.addEventListener("pointercancel", () => { if (pressed?.isDrag && move) back("Not moved."); release(); });
  document.addEventListener("touchmove", (event) => { if (pressed?.isDrag) event.preventDefault(); }, { passive: false });
  document.addEventListener("contextmenu", (event) => { if (pressed?.isDrag) event.preventDefault(); });
  document.addEventListener("dragstart", (event) => { if (event.target.closest?.(MOVABLE)) event.preventDefault(); });

  // --- by keyboard --------------------------------------------------------------------------------------------------
  function byKeys(item) {
    begin(item, "keys");
    say(`Moving ${nameOf(item)}. ${words()}. Arrows choose, Enter moves it, Escape puts it back.`);
  }

  function shift(lane, minutes) {
    move.lane = lane || move.lane;
    move.start = within(move.lane, move.start + minutes);
    draw();
    move.ghost.scrollIntoView({ block: "nearest", inline: "nearest" });
    say(words());
  }

  // To another lane at the same hour of its axis.
  function toLane(lane) {
    if (!lane) return say("There is no further.");
    return shift(lane, number(lane, "from") - number(move.lane, "from"));
  }

  const ofChair = (lane) => lanes().filter((one) => one.dataset.lane === lane.dataset.lane);
  const ofDay = (lane) => lanes().filter((one) => number(one, "from") === number(lane, "from"));
  const beside = (all, lane, by) => all[all.indexOf(lane) + by];

  const chairBy = (by) => () => toLane(beside(ofDay(move.lane), move.lane, by));
  const dayBy = (by) => () => toLane(beside(ofChair(move.lane), move.lane, by));
  const timeBy = (minutes) => () => shift(null, minutes);
  const TIME_KEYS = { ArrowUp: timeBy(-SNAP), ArrowDown: timeBy(SNAP) };
  const DAY_KEYS = { ...TIME_KEYS, ArrowLeft: chairBy(-1), ArrowRight: chairBy(1), PageUp: timeBy(-60), PageDown: timeBy(60) };
  const WEEK_KEYS = { ...TIME_KEYS, ArrowLeft: dayBy(-1), ArrowRight: dayBy(1), PageUp: chairBy(-1), PageDown: chairBy(1) };

  document.addEventListener("keydown", (event) => {
    if (move) {
      const act = { ...(isDay() ? DAY_KEYS : WEEK_KEYS), Enter: drop, Escape: () => { release(); back("Not moved."); } }[event.key];
      if (event.key === "Tab") return back("Not moved.");
      if (act) { event.preventDefault(); act(); }
      return;
    }
    const item = event.target.closest?.(MOVABLE);
    const isMove = event.key.toLowerCase() === "m" || (event.key === "Enter" && event.target.closest("[data-move]"));
    if (!item || !isMove || !wide.matches || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    byKeys(item);
  });

  // --- after the answer ---------------------------------------------------------------------------------------------
  const standing = (pk) => document.getElementById(`session-${pk}`) || document.querySelector(`.v-cal-cell a[href="../sessions/${pk}/"]`)?.closest("li");
  document.addEventListener("htmx:afterSettle", (event) => {
    if (found === null || !calendar()) return;
    const item = standing(found), isRefused = event.detail.xhr?.status === 422;
    found = null;
    if (isRefused) return void document.querySelector("#move-answer")?.focus();
    if (!item) return;
    item.classList.add("is-found");
    item.querySelector("a")?.focus({ preventScroll: true });
    say(`Moved: ${item.textContent.trim().replace(/\s+/g, " ")}`);
  });
  document.addEventListener("click", (event) => { if (event.target.closest("[data-answer-close]")) document.querySelector("#move-answer").replaceChildren(); });
  document.addEventListener("change", (event) => { if (event.target.matches("select")) event.target.closest("[data-calendar-tools]")?.requestSubmit(); });
  document.addEventListener("pointerover", (event) => {
    const item = event.target.closest?.(".v-cal-cell .v-visit");
    if (item && !item.title) item.title = item.textContent.trim().replace(/\s+/g, " ");
  });
  document.addEventListener("vigil:tick", (event) => {
    const now = event.detail.now / 60_000;
    document.querySelectorAll(".v-now").forEach((line) => line.style.setProperty("--t", (now - number(line.parentElement, "from")) / STEP));
    const mark = document.querySelector(".v-now-mark"), lane = mark && document.querySelector("[data-lane]");
    if (!lane) return;
    mark.style.setProperty("--t", (now - number(lane, "from")) / STEP);
    mark.textContent = clock(now);
  });
})();
