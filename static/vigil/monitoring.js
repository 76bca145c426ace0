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
    form.addEventListener("change", () => arrange(form));
  });

  // "Not obtained" empties and closes the value beside it.
  document.addEventListener("change", (event) => {
    if (!event.target.name?.endsWith("_absent")) return;
    const value = event.target.form.querySelector(`[name="${event.target.name.replace(/_absent$/, "")}"]`);
    if (value && event.target.checked) value.value = "";
  });
})();
