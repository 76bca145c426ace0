// Menus are <details class="v-menu">: they work without this; with it they close on Escape and on a press elsewhere.
(() => {
  "use strict";
  const open = () => document.querySelectorAll("details.v-menu[open]");
  document.addEventListener("click", (event) => open().forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; }));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    open().forEach((menu) => { menu.open = false; menu.querySelector("summary")?.focus(); });
  });
})();
