"""`make soak`: one installation polled like a clinic for a long time. Memory and open files stay where they were."""

import http.cookiejar
import os
import re
import time
import urllib.parse
import urllib.request
from pathlib import Path

import pytest

from tests.support.stack import LiveStack

pytestmark = pytest.mark.timeout(24 * 3600)
SECONDS = int(os.environ.get("SECONDS", "1800"))
PAGES = ("", "schedule/", "patients/", "filing/", "messages/", "reports/")
GROWTH_MB = 25


class Browser:
    """A signed-in person with cookies, without a screen."""

    def __init__(self, stack: LiveStack, email: str, password: str) -> None:
        self.origin = stack.url
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.get("/accounts/login/"))
        assert token is not None
        fields = {"login": email, "password": password, "csrfmiddlewaretoken": token[1]}
        request = urllib.request.Request(f"{self.origin}/accounts/login/", urllib.parse.urlencode(fields).encode())
        with self.opener.open(request) as answer:
            assert "/accounts/login/" not in answer.url

    def get(self, path: str) -> str:
        with self.opener.open(self.origin + path, timeout=30) as answer:
            assert answer.status == 200
            return str(answer.read().decode())


def group_of(stack: LiveStack, name: str) -> list[Path]:
    """Every process of a service: its own and its children."""
    wanted = stack.children[name].pid
    return [
        folder for folder in Path("/proc").glob("[0-9]*") if (folder / "stat").exists() and int((folder / "stat").read_text().split()[4]) == wanted
    ]


def megabytes(stack: LiveStack, name: str) -> float:
    pages = sum(int((folder / "statm").read_text().split()[1]) for folder in group_of(stack, name))
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def open_files(stack: LiveStack, name: str) -> int:
    return sum(len(list((folder / "fd").iterdir())) for folder in group_of(stack, name))


def test_nothing_grows(demo_stack: LiveStack, settings: object) -> None:
    person = Browser(demo_stack, "admin@demo.example", settings.VIGIL_DEMONSTRATION_PASSWORD)  # type: ignore[attr-defined]

    def round_of_pages() -> None:
        for page in PAGES:
            person.get(f"/riverside/{page}")

    for _ in range(30):
        round_of_pages()
    before = {name: (megabytes(demo_stack, name), open_files(demo_stack, name)) for name in ("web", "worker", "beat")}
    deadline, rounds = time.monotonic() + SECONDS, 0
    while time.monotonic() < deadline:
        round_of_pages()
        rounds += 1
    for name, (memory, files) in before.items():
        now_memory, now_files = megabytes(demo_stack, name), open_files(demo_stack, name)
        print(f"\n{name}: {memory:.0f} -> {now_memory:.0f} MB, {files} -> {now_files} open files after {rounds} rounds")
        assert now_memory - memory < GROWTH_MB
        assert now_files - files < 10
