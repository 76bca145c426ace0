"""`make pictures`: photographs the demonstration clinic's main pages in real Chromium, small enough to commit.

    python -m scripts.pictures [--into FOLDER] [--folder DATA] [--all] [NAME …]

`--folder` keeps the demonstration between runs; `--all` takes every page at every width; names choose pages.
"""

import argparse
import io
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from scripts.launcher.services import ROOT

MOST_BYTES = 150_000
HEIGHTS = {1440: 900, 820: 1180, 390: 844}
# A Wednesday at one in New York, so that a picture never shows a clinic open at night.
MOMENT = datetime(2026, 11, 18, 18, 5, tzinfo=UTC)
TALL = 1600


@dataclass(frozen=True)
class Shot:
    """One page: who looks, how to get there, and the widths that the documentation shows."""

    name: str
    who: str
    go: Callable[[Page], object]
    widths: tuple[int, ...] = (1440,)


def board(page: Page) -> None:
    page.goto("/riverside/")


def session_in(phase: str, step: str = "", having: str = "") -> Callable[[Page], None]:
    """The flowsheet behind the first card of a phase; `having` narrows the cards by a selector within."""

    def go(page: Page) -> None:
        board(page)
        inner = f":has({having})" if having else ""
        href = page.locator(f".v-chair.is-{phase}{inner} h3 a").first.get_attribute("href")
        page.goto(f"{href}{'?step=' + step if step else ''}")

    return go


def chart(page: Page) -> None:
    session_in("monitoring", "", ".v-chair-alert")(page)
    page.goto(str(page.locator(".v-session-name a[href*='/patients/']").get_attribute("href")))


def plan(page: Page) -> None:
    """The plan of a course that has just begun, the second visit's other times open."""
    from patients.models import Course

    course = Course.objects.filter(site__slug="riverside", indication="trd", ended_at__isnull=True, plans__isnull=True).order_by("-opened_at").first()
    assert course is not None
    page.goto(f"/riverside/patients/{course.patient_id}/plan/")
    page.locator(".v-course-move summary").nth(1).click()


def form(page: Page) -> None:
    page.goto("/riverside/filing/")
    page.goto(str(page.get_by_role("link", name="Confirm", exact=True).first.get_attribute("href")))


def at(path: str) -> Callable[[Page], object]:
    return lambda page: page.goto(path)


def visit_link(page: Page) -> None:
    """The page behind a reminder's link, made as the reminder makes it."""
    from clinic import clock
    from reminders.links import token_for
    from reminders.rules.moments import useless_from
    from sessions.models import TreatmentSession

    session = TreatmentSession.objects.filter(site__slug="riverside", status="booked", starts_at__gt=clock.now()).order_by("-starts_at").first()
    assert session is not None
    page.goto(f"/v/{token_for(session, useless_at=useless_from(starts_at=session.starts_at))}/")


SHOTS = (
    Shot("board", "nurse", board, (1440, 390)),
    Shot("prepare", "prescriber", session_in("arrived", "prepare"), (820,)),
    Shot("dose", "nurse", session_in("dosing", "dose")),
    Shot("flowsheet", "nurse", session_in("monitoring", "watch", ".v-chair-alert"), (1440, 820)),
    Shot("leave", "nurse", session_in("monitoring", "leave", ".v-clocks .is-over"), (820,)),
    Shot("form", "nurse", form),
    Shot("filing", "desk", at("/riverside/filing/")),
    Shot("patient", "prescriber", chart),
    Shot("plan", "desk", plan),
    Shot("schedule", "desk", at("/riverside/schedule/")),
    Shot("week", "desk", at("/riverside/schedule/?view=week")),
    Shot("day-paper", "desk", at("/riverside/schedule/print/")),
    Shot("reports", "admin", at("/riverside/reports/")),
    Shot("patients", "desk", at("/riverside/patients/")),
    Shot("messages", "desk", at("/riverside/messages/")),
    Shot("messages-week", "desk", at("/riverside/messages/week/")),
    Shot("message-settings", "admin", at("/riverside/settings/messages/")),
    Shot("message-words", "admin", at("/riverside/settings/messages/day_before/")),
    Shot("staff", "admin", at("/riverside/staff/")),
    Shot("settings", "admin", at("/riverside/settings/")),
    Shot("audit", "admin", at("/riverside/audit/")),
    Shot("operation", "admin", at("/riverside/operator/")),
    Shot("duty", "prescriber", at("/riverside/duty/")),
    Shot("link", "", visit_link, (390,)),
)
COMMITTED = ("board", "prepare", "flowsheet", "leave", "form", "filing", "patient", "schedule", "reports", "link")


def main(arguments: list[str]) -> int:
    asked = options(arguments)
    into = Path(asked.into)
    into.mkdir(parents=True, exist_ok=True)
    with ExitStack() as exits:
        folder = asked.folder or exits.enter_context(tempfile.TemporaryDirectory(prefix="vigil-pictures-"))
        address, password = exits.enter_context(demonstration(Path(folder)))
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=os.environ.get("VIGIL_CHROMIUM", "/usr/bin/chromium"),
                args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"],
            )
            for width in HEIGHTS:
                chosen = [shot for shot in SHOTS if is_wanted(shot, width, asked)]
                for who in {shot.who: None for shot in chosen}:
                    take(browser, address, password, who, width, [shot for shot in chosen if shot.who == who], into)
            browser.close()
    return 0


def options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="pictures")
    parser.add_argument("--into", default=str(ROOT / "docs" / "pictures"))
    parser.add_argument("--folder", default="")
    parser.add_argument("--all", action="store_true")
    parser.add_argument("names", nargs="*")
    return parser.parse_args(arguments)


def is_wanted(shot: Shot, width: int, asked: argparse.Namespace) -> bool:
    if asked.names and shot.name not in asked.names:
        return False
    return asked.all or (width in shot.widths and (bool(asked.names) or shot.name in COMMITTED))


@contextmanager
def demonstration(folder: Path) -> Iterator[tuple[str, str]]:
    """A web of the demonstration clinic over a database in `folder`, its clock at MOMENT when it is new."""
    database = folder / "pictures.sqlite3"
    os.environ.update(DJANGO_SETTINGS_MODULE="config.settings", VIGIL_MODE="test", VIGIL_DATA_DIR=str(folder), DATABASE_URL=f"sqlite:///{database}")
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    import django

    django.setup()
    from django.conf import settings

    from clinic import clock
    from tests.support.broker import Broker
    from tests.support.smtp import Inbox
    from tests.support.stack import LiveStack

    stack = LiveStack(folder, database_url=os.environ["DATABASE_URL"], broker=Broker(folder / "broker"), inbox=Inbox())
    is_new = not database.exists()
    stack.manage("migrate", "--verbosity", "0")
    if is_new:
        clock.move(MOMENT - datetime.now(UTC))
        stack.manage("seed_demo")
    clock.move(MOMENT - clock.now())
    beat_hearts()
    stack.start("web")
    try:
        yield stack.url, settings.VIGIL_DEMONSTRATION_PASSWORD
    finally:
        stack.stop()


def beat_hearts() -> None:
    """No worker runs for the pictures: what it does is said to have been done just now."""
    from clinic import clock
    from clinic.models import Heartbeat

    for name in ("watchman", "sweep", "sender", "tick"):
        Heartbeat.objects.update_or_create(name=name, defaults={"beat_at": clock.now()})


def take(browser: Browser, address: str, password: str, who: str, width: int, shots: list[Shot], into: Path) -> None:
    context = browser.new_context(
        base_url=address, viewport={"width": width, "height": HEIGHTS[width]}, has_touch=width < 1000, is_mobile=width < 500, reduced_motion="reduce"
    )
    page = context.new_page()
    if who:
        sign_in(page, f"{who}@demo.example", password)
    for shot in shots:
        shot.go(page)
        page.wait_for_load_state("networkidle")
        save(context, page, into / file_name(shot, width))
    context.close()


def file_name(shot: Shot, width: int) -> str:
    """The first width is the one that the documentation means by the page's name."""
    return f"{shot.name}.png" if width == shot.widths[0] else f"{shot.name}-{width}.png"


def sign_in(page: Page, email: str, password: str) -> None:
    page.goto("/accounts/login/")
    page.locator('input[name="login"]').fill(email)
    page.locator('input[name="password"]').fill(password)
    page.locator('main button[type="submit"]').first.click()
    page.wait_for_url(lambda url: "/accounts/" not in url)


def save(context: BrowserContext, page: Page, path: Path) -> None:
    """The page from its top, cut at TALL, in 256 colours or fewer until it is small enough."""
    width, height = page.viewport_size["width"], page.viewport_size["height"]  # type: ignore[index]
    whole = min(int(page.evaluate("document.documentElement.scrollHeight")), TALL)
    page.set_viewport_size({"width": width, "height": max(whole, height)})
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    page.set_viewport_size({"width": width, "height": height})
    for colours in (256, 128, 64, 32):
        content = io.BytesIO()
        picture.quantize(colours, method=Image.Quantize.MEDIANCUT, kmeans=1, dither=Image.Dither.NONE).save(content, "PNG", optimize=True)
        if content.tell() <= MOST_BYTES:
            break
    path.write_bytes(content.getvalue())
    print(f"{path.name}: {content.tell() // 1000} kB, {colours} colours")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
