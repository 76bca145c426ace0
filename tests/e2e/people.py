"""A person at a browser of their own, and the browsers that the tests open."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, expect

from tests.e2e.hands import Hands, Mouse
from tests.factories.clinic import PASSWORD

HEIGHTS = {1440: 900, 820: 1180, 390: 844}
# Two cores shared with a worker, a beat and a server: slow is not wrong.
PATIENCE = 20_000
expect.set_options(timeout=PATIENCE)
# Answers that the tests ask for on purpose; the browser calls them errors.
MEANT = ("status of 422", "status of 404", "status of 403", "ERR_INTERNET_DISCONNECTED")


@dataclass
class Complaints:
    """What a browser complained of: script errors, CSP violations, broken resources."""

    told: list[str] = field(default_factory=list)
    meant: tuple[str, ...] = MEANT

    def listen(self, page: Page) -> None:
        page.on("console", self.console)
        page.on("pageerror", lambda error: self.told.append(f"{page.url}: {error}"))
        page.on("response", lambda response: response.status >= 500 and self.told.append(f"{response.status} from {response.url}"))

    def console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not any(words in message.text for words in self.meant):
            self.told.append(f"{message.location.get('url', '')}: {message.text}")

    def none(self) -> None:
        assert not self.told, "\n".join(self.told)


class Person:
    """One page with hands on it."""

    def __init__(self, page: Page, hands: type[Hands]) -> None:
        self.page = page
        self.hands: Hands = hands(page)  # type: ignore[call-arg]
        page.set_default_timeout(PATIENCE)

    def sign_in(self, email: str, password: str) -> None:
        self.page.goto("/")
        self.sign_in_here(email, password)

    def sign_in_here(self, email: str, password: str = PASSWORD) -> None:
        self.hands.write(self.page.get_by_label("Email"), email)
        self.hands.write(self.page.get_by_label("Password"), password)
        self.hands.press(self.button("Sign in"))
        expect(self.page.get_by_label("Your account")).to_be_visible()

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name)

    def link(self, name: str) -> Locator:
        return self.page.get_by_role("link", name=name)

    def go(self, page_name: str) -> None:
        """By the navigation."""
        self.hands.press(self.page.get_by_role("navigation", name="Pages of this site").get_by_role("link", name=page_name))
        expect(self.page.locator(".v-nav .is-active")).to_contain_text(page_name)

    def choose(self, **answers: str) -> None:
        for name, value in answers.items():
            self.hands.choose(self.page.locator(f'main [name="{name}"][value="{value}"]'))

    def tick(self, *names: str) -> None:
        for name in names:
            self.hands.tick(self.page.locator(f'main [name="{name}"]'))

    def sees(self, text: str) -> None:
        expect(self.page.get_by_role("main")).to_contain_text(text)


def browser_context(browser: Browser, address: str, width: int, **options: Any) -> BrowserContext:
    return browser.new_context(
        base_url=address, viewport={"width": width, "height": HEIGHTS[width]}, locale="en-US", reduced_motion="reduce", **options
    )


# address, width, hands → a person before the sign-in page
Opener = Callable[..., Person]


def opener(browser: Browser, complaints: Complaints, opened: list[BrowserContext]) -> Opener:
    def open_browser(address: str, *, width: int = 1440, hands: type[Hands] = Mouse, **options: Any) -> Person:
        context = browser_context(browser, address, width, **options)
        opened.append(context)
        page = context.new_page()
        complaints.listen(page)
        return Person(page, hands)

    return open_browser
