// The monitoring form: a field that depends on another shows when that answer is given. Without it every field shows.
(() => {
  "use strict";
  function answer(form, field) {
    return form.querySelector(`[name="f_${field}"]:checked`)?.value ?? "";
  }

  function arrange(form) {
    // In order, so that a field under a hidden one is hidden too.
    form.querySelectorAll("[data-when]").forEach((row) => {
      const above = form.querySelector(`[data-field="${row.dataset.when}"]`);
      row.hidden = Boolean(above?.hidden) || answer(form, row.dataset.when) !== row.dataset.whenIs;
    });
  }

  document.querySelectorAll("[data-monitoring-form]").forEach((form) => {
    arrange(form);
    form.querySelectorAll("[data-take]").forEach((button) => { button.hidden = false; });
    form.addEventListener("change", () => arrange(form));
  });

  // One press for a section whose findings are all "no" by the record: it answers what is open and ticks. Who answered otherwise ticks by hand.
  function take(button) {
    const form = button.form, names = button.dataset.take.split(" ");
    const input = (name) => form.querySelector(`[name="${name}"][value="no"]`);
    if (names.some((name) => (form.querySelector(`[name="${name}"]:checked`) ?? input(name)) !== input(name))) return;
    names.forEach((name) => { input(name).checked = true; });
    const tick = button.parentElement.querySelector('[type="checkbox"]');
    tick.checked = true;
    tick.dispatchEvent(new Event("change", { bubbles: true }));
    tick.focus();
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-take]");
    if (button) take(button);
  });

  // "Not obtained" empties and closes the value beside it.
  document.addEventListener("change", (event) => {
    if (!event.target.name?.endsWith("_absent")) return;
    const value = event.target.form.querySelector(`[name="${event.target.name.replace(/_absent$/, "")}"]`);
    if (value && event.target.checked) value.value = "";
  });
})();
