"""Fixtures of the browser tests: browsers for several people, no complaint from any of them, and a clinic to work in."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext

from clinic import clock
from tests.cast import NOW, Cast, make_cast
from tests.e2e.floor import Floor
from tests.e2e.people import Complaints, Opener, opener
from tests.factories.clinic import on_duty
from tests.support.stack import LiveStack


@pytest.fixture
def complaints() -> Complaints:
    return Complaints()


@pytest.fixture
def open_browser(browser: Browser, complaints: Complaints) -> Iterator[Opener]:
    """`open_browser(stack.url, width=820, hands=Keyboard)`: a person at a browser. No script error, no CSP violation, no 500 is let through."""
    opened: list[BrowserContext] = []
    yield opener(browser, complaints, opened)
    for context in opened:
        context.close()
    complaints.none()


@pytest.fixture(scope="module")
def crew(stack: LiveStack) -> Cast:
    """The cast in the file's installation, with a prescriber on site."""
    stack.move_clock(NOW - clock.now())
    cast = make_cast()
    on_duty(cast.of(cast.prescriber), NOW)
    return cast


@pytest.fixture
def floor(stack: LiveStack, crew: Cast, open_browser: Opener) -> Floor:
    """The same installation, its clock at NOW again."""
    stack.move_clock(NOW - clock.now())
    return Floor(stack, crew, open_browser)
