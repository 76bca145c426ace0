// The pad under a PIN: large keys for a thumb; the sixth digit sends it when a name is chosen. Without this the keyboard does the same.
(() => {
  "use strict";
  const LENGTH = 6;
  const form = document.querySelector("form[data-pin]");
  if (!form) return;
  const pin = form.elements.pin, pad = form.querySelector("[data-pad]");

  function key(text, label, press) {
    const made = Object.assign(document.createElement("button"), { type: "button", textContent: text });
    made.setAttribute("aria-label", label);
    made.addEventListener("click", () => { press(); complete(); });
    return made;
  }

  const isChosen = () => Boolean(form.querySelector('[name="who"]:checked'));
  function complete() {
    if (pin.value.length === LENGTH && isChosen() && !form.dataset.sent) { form.dataset.sent = "1"; form.requestSubmit(); }
  }

  const digit = (number) => key(String(number), String(number), () => { if (pin.value.length < LENGTH) pin.value += number; });
  pad.append(...[1, 2, 3, 4, 5, 6, 7, 8, 9].map(digit), key("C", "Clear", () => { pin.value = ""; }), digit(0), key("⌫", "Back", () => { pin.value = pin.value.slice(0, -1); }));
  pad.hidden = false;
  pin.addEventListener("input", complete);
  form.addEventListener("change", (event) => { if (event.target.name === "who") pin.focus({ preventScroll: true }); complete(); });
})();
