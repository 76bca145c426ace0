"""Fixtures of the browser tests: browsers for several people, no complaint from any of them, and a clinic to work in."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext

from clinic import clock
from tests.cast import NOW, Cast, make_cast
from tests.e2e.crawling import Seen
from tests.e2e.floor import Floor
from tests.e2e.people import Complaints, Opener, opener
from tests.factories.clinic import on_duty
from tests.support.database import Databases
from tests.support.fixtures import stacks
from tests.support.once import of_this_run
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


@pytest.fixture(scope="module")
def demo_web(databases: Databases, demonstration: str, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveStack]:
    """The demonstration's web alone: no worker changes a page while it is looked at."""
    for make in stacks(databases, django_db_blocker, tmp_path_factory):
        yield make("web", copy_of=demonstration)


@pytest.fixture
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    """The pages that axe has looked at in this run."""
    return Seen(of_this_run(tmp_path_factory) / "seen")
