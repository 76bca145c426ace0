// A keyboard-wedge scanner types a GS1 code into a field with data-scan: lot and expiry are taken out of it.
// In the same form, data-scan-expiry marks the expiry field; data-scan-gtin and data-scan-serial are optional.
(() => {
  "use strict";
  const GS = "\u001d";
  const FIXED = { "00": 18, "01": 14, "02": 14, "11": 6, "12": 6, "13": 6, "15": 6, "16": 6, "17": 6, "20": 2 };
  const NAMES = { "01": "gtin", "10": "lot", "17": "expiry", "21": "serial" };

  function bracketed(code) {
    return [...code.matchAll(/\((\d{2})\)([^(]*)/g)].map((match) => [match[1], match[2].replaceAll(GS, "").trim()]);
  }

  // Without brackets: fixed lengths by identifier, others up to the group separator or the end.
  function raw(code) {
    const pairs = [];
    let rest = code;
    while (rest.length > 2) {
      const ai = rest.slice(0, 2);
      if (!FIXED[ai] && !NAMES[ai]) return [];
      const end = rest.indexOf(GS), length = FIXED[ai] ?? (end < 0 ? rest.length : end) - 2;
      pairs.push([ai, rest.slice(2, 2 + length)]);
      rest = rest.slice(2 + length).replace(new RegExp(`^${GS}`), "");
    }
    return pairs;
  }

  // YYMMDD; a day of 00 means the last of the month.
  function isoDate(text) {
    const match = /^(\d{2})(\d{2})(\d{2})$/.exec(text || "");
    if (!match) return "";
    const year = 2000 + Number(match[1]), month = Number(match[2]), day = Number(match[3]);
    const date = day ? new Date(Date.UTC(year, month - 1, day)) : new Date(Date.UTC(year, month, 0));
    return date.getUTCMonth() === month - 1 ? date.toISOString().slice(0, 10) : "";
  }

  function parse(text) {
    const code = text.trim().replace(/^\](d2|C1|e0|Q3)/, "").replace(new RegExp(`^${GS}`), "");
    const pairs = code.startsWith("(") ? bracketed(code) : /^(01\d{14}|00\d{18})/.test(code) ? raw(code) : [];
    const found = Object.fromEntries(pairs.filter(([ai]) => NAMES[ai]).map(([ai, value]) => [NAMES[ai], value]));
    return found.lot ? { ...found, expiry: isoDate(found.expiry) } : null;
  }

  function put(form, selector, value) {
    const field = form?.querySelector(selector);
    if (!field || !value) return;
    field.value = value;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function take(field) {
    const found = parse(field.value);
    if (!found) return false;
    field.value = found.lot;
    put(field.form, "[data-scan-expiry]", found.expiry);
    put(field.form, "[data-scan-gtin]", found.gtin);
    put(field.form, "[data-scan-serial]", found.serial);
    window.vigil?.say?.(`Scanned: lot ${found.lot}${found.expiry ? `, expires ${found.expiry}` : ""}`);
    return true;
  }

  document.addEventListener("keydown", (event) => {
    const field = event.target;
    if (!field.matches?.("[data-scan]")) return;
    if (event.ctrlKey && event.key === "]") { // how a wedge types the group separator
      event.preventDefault();
      field.setRangeText(GS, field.selectionStart, field.selectionEnd, "end");
    }
    if (event.key === "Enter" && take(field)) event.preventDefault();
  });
  document.addEventListener("change", (event) => { if (event.target.matches?.("[data-scan]")) take(event.target); });
})();
