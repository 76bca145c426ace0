// The station's alarms: the loudest thing on the board sounds until somebody acknowledges it. A treatment room is dim and silent.
(() => {
  "use strict";
  const SOUND = "vigil-sound", ROOM = "vigil-room", HUSH = 5 * 60 * 1000;
  // Notes as [hertz, seconds]; a pattern each, so that the ear knows which it is.
  const PATTERNS = {
    emergency: { every: 1600, notes: [[960, 0.35], [0, 0.05], [720, 0.35], [0, 0.05], [960, 0.35]] },
    critical: { every: 4000, notes: [[880, 0.18], [0, 0.1], [880, 0.18], [0, 0.1], [880, 0.3]] },
    high: { every: 10000, notes: [[660, 0.22], [0, 0.14], [660, 0.22]] },
    late: { every: 20000, notes: [[440, 0.45]] },
  };
  const LOUDNESS = ["emergency", "critical", "high", "late"];
  const WORDS = { emergency: "Emergency", critical: "Call the prescriber", high: "Repeat asked for", late: "A check is late" };
  let context = null, lastPlayed = 0, hushedUntil = 0, sounding = "";

  const remembered = (key) => { try { return window.localStorage.getItem(key) === "1"; } catch { return false; } };
  const remember = (key, isOn) => { try { window.localStorage.setItem(key, isOn ? "1" : "0"); } catch { /* this browser keeps nothing: it holds for this page */ } };
  let isOn = remembered(SOUND), isRoom = remembered(ROOM);
  const panel = () => document.querySelector("[data-sound]");
  const isStation = () => Boolean(document.querySelector("[data-board]"));

  function present() {
    const kinds = [...document.querySelectorAll("#calls [data-alarm], [data-board] [data-alarm]")].map((one) => one.dataset.alarm);
    if (Date.now() > hushedUntil && document.querySelector("[data-board] .v-next .is-late")) kinds.push("late");
    return LOUDNESS.find((kind) => kinds.includes(kind)) || "";
  }

  // A browser keeps a page silent until somebody has pressed something on it.
  function wake() {
    if (!isOn || isRoom || !isStation()) return;
    context ??= window.AudioContext ? new window.AudioContext() : null;
    if (context?.state === "suspended") context.resume().then(paint, paint);
  }

  const isBlocked = () => isOn && !isRoom && context?.state !== "running";

  function play(kind) {
    let at = context.currentTime + 0.02;
    PATTERNS[kind].notes.forEach(([hertz, seconds]) => {
      if (hertz) note(hertz, at, seconds);
      at += seconds;
    });
    lastPlayed = Date.now();
    document.documentElement.dataset.played = String(Number(document.documentElement.dataset.played || 0) + 1);
  }

  function note(hertz, at, seconds) {
    const tone = context.createOscillator(), level = context.createGain();
    tone.frequency.value = hertz;
    level.gain.setValueAtTime(0, at);
    level.gain.linearRampToValueAtTime(0.4, at + 0.02);
    level.gain.setValueAtTime(0.4, at + seconds - 0.03);
    level.gain.linearRampToValueAtTime(0, at + seconds);
    tone.connect(level).connect(context.destination);
    tone.start(at);
    tone.stop(at + seconds);
  }

  function tick() {
    const kind = isStation() ? present() : "";
    if (kind !== sounding) lastPlayed = 0;
    sounding = kind;
    const mayPlay = kind && isOn && !isRoom && context?.state === "running";
    if (mayPlay && Date.now() - lastPlayed >= PATTERNS[kind].every) play(kind);
    paint();
  }

  function words() {
    if (isRoom) return "Treatment room: this screen stays dim and silent.";
    if (!isOn) return sounding ? `${WORDS[sounding]}, but sound is off on this screen.` : "Sound is off on this screen.";
    if (!window.AudioContext) return "This browser can’t sound an alarm.";
    if (isBlocked()) return "This browser blocks the sound: press anywhere on this page once.";
    return sounding ? `Sounding: ${WORDS[sounding].toLowerCase()}.` : "Sound is on.";
  }

  function paint() {
    document.documentElement.classList.toggle("is-room", isRoom);
    document.querySelectorAll("[data-room-toggle]").forEach((button) => button.setAttribute("aria-pressed", String(isRoom)));
    const place = panel();
    if (!place) return;
    place.hidden = false;
    const isWrong = !isRoom && (isBlocked() || (!isOn && Boolean(sounding)));
    place.classList.toggle("is-wrong", isWrong);
    place.querySelector("[data-sound-toggle]").setAttribute("aria-pressed", String(isOn));
    place.querySelector("[data-sound-label]").textContent = isOn ? "Sound on" : "Sound off: press to turn on";
    place.querySelector("[data-sound-toggle]").hidden = isRoom;
    place.querySelector("[data-sound-hush]").hidden = !(isOn && !isRoom && sounding === "late");
    const note = place.querySelector("[data-sound-note]"), text = words();
    if (note.textContent !== text) note.textContent = text;
  }

  function turn() {
    isOn = !isOn;
    remember(SOUND, isOn);
    wake();
    // A short note, so that the station hears that it works.
    if (isOn && context) context.resume().then(() => { note(660, context.currentTime + 0.02, 0.15); tick(); }, paint);
    tick();
  }

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-sound-toggle]")) return turn();
    if (event.target.closest("[data-sound-hush]")) hushedUntil = Date.now() + HUSH;
    const room = event.target.closest("[data-room-toggle]");
    if (room) { isRoom = !isRoom; remember(ROOM, isRoom); paint(); return; }
    wake();
  });
  document.addEventListener("keydown", wake);
  document.addEventListener("vigil:tick", tick);
  document.addEventListener("DOMContentLoaded", () => { wake(); tick(); });
  paint();
})();
