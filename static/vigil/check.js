// The check's own key pad on touch screens, "all well" in one tap, and the flowsheet that asks whether somebody else wrote something.
(() => {
  "use strict";
  const isTouch = window.matchMedia("(pointer: coarse)").matches;
  const numbers = (form) => [...form.querySelectorAll("[data-numbers] input")];

  function prepare(root) {
    root.querySelectorAll("form[data-check]").forEach((form) => {
      if (form.dataset.prepared) return;
      form.dataset.prepared = "1";
      form.querySelector("[data-all-well]").hidden = false;
      if (!isTouch) return void (form.dataset.due && document.activeElement === document.body && numbers(form)[0].focus({ preventScroll: true }));
      form.classList.add("has-keypad");
      form.querySelector("[data-keypad]").hidden = false;
      numbers(form).forEach((field) => field.setAttribute("inputmode", "none"));
      mark(form, numbers(form).find((field) => !field.value) || numbers(form)[0]);
    });
  }

  // The field that the key pad writes into; a tap on a key must not need a focus first.
  function mark(form, field) {
    numbers(form).forEach((one) => one.closest(".v-number").classList.toggle("is-current", one === field));
  }

  const current = (form) => form.querySelector(".v-number.is-current input") || numbers(form)[0];

  function onward(form, field) {
    const following = numbers(form)[numbers(form).indexOf(field) + 1];
    if (following) mark(form, following);
    else form.querySelector("[data-all-well]")?.scrollIntoView({ block: "nearest" });
  }

  const isFull = (field) => field.value.length >= Number(field.dataset.autonext) || (field.dataset.autonext === "3" && field.value.length === 2 && Number(field.value[0]) >= 4);

  function press(form, key) {
    const field = current(form);
    // The next field had its turn by itself after enough digits: a habitual "next" must not skip it.
    if (key === "next") return void (field.value && onward(form, field));
    if (key === "back") {
      if (!field.value) {
        const before = numbers(form)[numbers(form).indexOf(field) - 1];
        if (before) mark(form, before);
        return;
      }
      field.value = field.value.slice(0, -1);
      return;
    }
    if (isFull(field)) field.value = "";
    field.value += key;
    if (!isFull(field)) return;
    field.dispatchEvent(new Event("change", { bubbles: true }));
    onward(form, field);
  }

  document.addEventListener("click", (event) => {
    const key = event.target.closest("[data-key]");
    if (key) press(key.closest("form"), key.dataset.key);
    const well = event.target.closest("[data-all-well]");
    if (!well) return;
    well.closest("form").querySelectorAll("[data-usual]").forEach((radio) => { radio.checked = true; });
    well.closest("form").querySelector('.v-save [type="submit"]').focus();
  });

  document.addEventListener("focusin", (event) => {
    const field = event.target.closest?.("[data-numbers] input");
    if (field && isTouch) mark(field.form, field);
  });

  // Enter in a number goes on to the next, as a number pad beside the keyboard expects; in the last one it saves.
  document.addEventListener("keydown", (event) => {
    const field = event.target.closest?.("[data-numbers] input");
    if (!field || event.key !== "Enter") return;
    const following = numbers(field.form)[numbers(field.form).indexOf(field) + 1];
    if (!following) return;
    event.preventDefault();
    following.focus();
  });

  // News of the same session: shown at once while nothing is typed, else offered.
  const isTouched = () => [...document.querySelectorAll("#flowsheet form")].some((form) => [...form.elements].some((field) => field.type !== "hidden" && (field.checked !== field.defaultChecked || (field.type !== "radio" && field.type !== "checkbox" && field.value !== field.defaultValue))));
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target?.id !== "flow-news" || event.detail.xhr.status !== 200 || isTouched()) return;
    event.detail.shouldSwap = false;
    window.htmx.ajax("GET", window.location.pathname + window.location.search, { target: "#flowsheet", swap: "outerHTML" });
  });

  // After a saved step: the clocks are in sight again, and the keyboard stands at the step.
  document.addEventListener("htmx:afterSettle", (event) => {
    const { requestConfig, xhr } = event.detail, sheet = document.getElementById("flowsheet");
    if (!sheet || requestConfig?.verb !== "post" || xhr?.status !== 200) return;
    if (sheet.getBoundingClientRect().top < 0) sheet.scrollIntoView({ block: "start" });
    sheet.querySelector(".v-step.is-open")?.focus({ preventScroll: true });
  });

  document.addEventListener("DOMContentLoaded", () => prepare(document));
  document.addEventListener("htmx:afterSwap", () => prepare(document));
})();
