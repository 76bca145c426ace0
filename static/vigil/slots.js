// The booking page: a free time that is pressed goes into the form, what was typed beside it stays.
(() => {
  "use strict";
  const field = (name) => document.getElementById(`id_${name}`);

  function take(link) {
    const [day, chair, time] = link.dataset.slot.split(" ");
    const radio = document.querySelector(`[name="chair"][value="${chair}"]`);
    if (!radio) return false;
    field("day").value = day;
    field("starts_at").value = time;
    radio.checked = true;
    document.querySelectorAll("[data-slot][aria-current]").forEach((one) => one.removeAttribute("aria-current"));
    link.setAttribute("aria-current", "true");
    // What depends on the slot asks again.
    field("starts_at").dispatchEvent(new Event("change", { bubbles: true }));
    window.vigil?.say?.(`${time}, ${radio.labels[0]?.textContent.trim() ?? ""}`);
    return true;
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-slot]");
    if (link && !event.ctrlKey && !event.metaKey && take(link)) event.preventDefault();
  });
})();
