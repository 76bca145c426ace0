"""Two pairs of hands: a mouse, and a keyboard alone, whose focus must be seen wherever it goes."""

from datetime import date, time
from typing import Protocol

from playwright.sync_api import Locator, Page

# A person gives up long before: nothing on a page may lie farther away.
MOST_TABS = 150

# Where the focus is as seen from the target, and whether it can be seen at all.
LOOK = """(target) => {
  const here = document.activeElement;
  const isGroup = target.type === "radio" && here?.type === "radio" && here.name === target.name && here.form === target.form;
  const ring = (one, part) => {
    if (!one) return false;
    const style = getComputedStyle(one, part);
    const hasOutline = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1 && style.outlineColor !== "rgba(0, 0, 0, 0)";
    return hasOutline || style.boxShadow !== "none";
  };
  const isSeen = () => {
    const { top, bottom } = here.getBoundingClientRect();
    if (bottom <= 0 || top >= window.innerHeight) return false;
    // Their month, day, year and calendar are parts of their own inside, which the browser marks itself.
    if (["date", "time", "datetime-local"].includes(here.type)) return true;
    const isRinged = [here, here.nextElementSibling, here.closest("label")].some((one) => ring(one)) || ring(here, "::after");
    return here.matches(":focus-visible") && isRinged;
  };
  if (!here || here === document.body) return ["forward", true];
  const isBehind = here.compareDocumentPosition(target) & Node.DOCUMENT_POSITION_PRECEDING;
  return [here === target || isGroup ? "here" : isBehind ? "back" : "forward", isSeen()];
}"""
WHAT = "() => document.activeElement.outerHTML.slice(0, 200)"


class Hands(Protocol):
    """What a person does to a page. Targets are locators of exactly one element."""

    def press(self, target: Locator) -> None: ...
    def write(self, target: Locator, text: str) -> None: ...
    def write_day(self, target: Locator, day: date) -> None: ...
    def write_time(self, target: Locator, at: time) -> None: ...
    def choose(self, radio: Locator) -> None: ...
    def tick(self, box: Locator) -> None: ...


class Mouse:
    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, target: Locator) -> None:
        target.click()

    def write(self, target: Locator, text: str) -> None:
        target.fill(text)

    def write_day(self, target: Locator, day: date) -> None:
        target.fill(day.isoformat())

    def write_time(self, target: Locator, at: time) -> None:
        target.fill(f"{at:%H:%M}")

    def choose(self, radio: Locator) -> None:
        radio.check()

    def tick(self, box: Locator) -> None:
        box.check()


class Keyboard:
    """Tab, Shift+Tab, Enter, Space, arrows; nothing else."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def reach(self, target: Locator) -> None:
        """Tab towards the target; at each stop the focus must be seen."""
        handle = target.element_handle()
        where, _ = self.page.evaluate(LOOK, handle)
        for _ in range(MOST_TABS):
            if where == "here":
                return
            self.page.keyboard.press("Tab" if where == "forward" else "Shift+Tab")
            where, is_seen = self.page.evaluate(LOOK, handle)
            if not is_seen:
                raise AssertionError(f"The focus can't be seen on {self.page.evaluate(WHAT)}")
        raise AssertionError(f"{target} is not reached by Tab; the focus is on {self.page.evaluate(WHAT)}")

    def press(self, target: Locator) -> None:
        self.reach(target)
        self.page.keyboard.press("Enter")

    def write(self, target: Locator, text: str) -> None:
        self.reach(target)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def write_day(self, target: Locator, day: date) -> None:
        """As an American browser wants it: month, day, year."""
        self.reach(target)
        self.page.keyboard.type(f"{day:%m%d%Y}")

    def write_time(self, target: Locator, at: time) -> None:
        self.reach(target)
        self.page.keyboard.type(f"{at:%I%M%p}")

    def choose(self, radio: Locator) -> None:
        """Tab to the group, then arrows; Space where the first one is the right one."""
        self.reach(radio)
        handle = radio.element_handle()
        if self.page.evaluate("(radio) => document.activeElement === radio", handle):
            self.page.keyboard.press("Space")
        for _ in range(12):
            if radio.is_checked():
                return
            self.page.keyboard.press("ArrowRight")
        raise AssertionError(f"{radio} is not chosen by arrows")

    def tick(self, box: Locator) -> None:
        self.reach(box)
        self.page.keyboard.press("Space")
        assert box.is_checked()
