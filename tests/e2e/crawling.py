"""Walks the links of a page as a person could, one address per url name, and looks at each page at three widths."""

import json
from collections import deque
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urldefrag, urljoin, urlsplit

from django.conf import settings
from django.urls import Resolver404, resolve
from playwright.sync_api import Page

from scripts.launcher.services import ROOT
from tests.e2e.people import HEIGHTS, Opener
from tests.support.stack import LiveStack

# They answer with a file: fetched, not shown.
FILES = {"export_file", "report_json", "file", "form_print", "form_official", "form_receipt"}
LEFT_OUT = {"account_logout", "home"}
ELSEWHERE = ("mailto:", "tel:")
# The parts of a query that make another page of the same address.
KINDS = ("step", "view", "state")
SEVERE = ("serious", "critical")
# Contrast is the dearest rule, and the same at every width. Nothing of ours is loaded later, so there is nothing to wait for.
RUN_AXE = """async (rules) => {
  const found = await axe.run(document, { resultTypes: ["violations"], preload: false, runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], rules });
  return found.violations.map(({ id, impact, help, nodes }) => ({ id, impact, help, where: nodes.slice(0, 4).map((node) => node.target.join(" ") + "  " + node.html.slice(0, 160)) }));
}"""
# The frame after a change of width may still be the old one.
WIDER = """async () => {
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const most = document.documentElement.clientWidth + 1;
  if (document.documentElement.scrollWidth <= most) return [];
  const scrolls = (one) => one && one !== document.body && (getComputedStyle(one).overflowX !== "visible" || scrolls(one.parentElement));
  const wide = [...document.querySelectorAll("body *")].filter((one) => one.getBoundingClientRect().right > most && !scrolls(one.parentElement));
  return [`${document.documentElement.scrollWidth} of ${most}`, ...wide.slice(0, 5).map((one) => one.outerHTML.slice(0, 140))];
}"""


@cache
def axe() -> str:
    return (ROOT / "static" / "vendor" / "axe-core" / "axe.min.js").read_text()


class Seen:
    """The pages that axe has looked at: one where it is met first, by whichever person in whichever process of the run."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder

    def __contains__(self, key: str) -> bool:
        return self.mark(key).exists()

    def add(self, key: str) -> None:
        self.mark(key).touch()

    def discard(self, key: str) -> None:
        self.mark(key).unlink(missing_ok=True)

    def mark(self, key: str) -> Path:
        return self.folder / quote(key, safe="")


@dataclass
class Crawl:
    """What one person finds."""

    page: Page
    origin: str
    seen: Seen | set[str]
    visited: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    def walk(self, start: str) -> None:
        waiting = deque([start])
        self.visited.add(self.key(start))
        while waiting:
            address = waiting.popleft()
            for found in self.look(address):
                key = self.key(found)
                if key and key not in self.visited:
                    self.visited.add(key)
                    waiting.append(found)

    def key(self, address: str) -> str:
        """The url name with what makes it another page; empty for what isn't ours or isn't to be followed."""
        parts = urlsplit(address)
        if f"{parts.scheme}://{parts.netloc}" != self.origin or parts.path.startswith("/static/"):
            return ""
        try:
            name = resolve(parts.path).url_name or ""
        except Resolver404:
            return f"dead link {parts.path}"
        query = parse_qs(parts.query)
        return "" if name in LEFT_OUT else " ".join([name, *(f"{kind}={query[kind][0]}" for kind in KINDS if kind in query)])

    def look(self, address: str) -> list[str]:
        """One page at three widths; the links on it."""
        key = self.key(address)
        name = key.partition(" ")[0]
        if name in FILES:
            status = self.page.request.get(address).status
            self.note(status != 200, key, f"answers {status}")
            return []
        response = self.page.goto(address, wait_until="load")
        self.note(response is None or response.status != 200, key, f"answers {response and response.status}")
        links = [
            urldefrag(urljoin(address, href)).url
            for href in self.page.eval_on_selector_all("a[href]", "(all) => all.map((one) => one.getAttribute('href'))")
        ]
        is_new = key not in self.seen
        if is_new:
            self.seen.add(key)
            self.check_axe(f"{key} at 1440", {})
        for width in (820, 390) if is_new else (390,):
            self.page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
            wider = self.page.evaluate(WIDER)
            self.note(bool(wider), f"{key} at {width}", f"is wider than the screen: {wider}")
        if is_new:
            self.check_axe(f"{key} at 390", {"color-contrast": {"enabled": False}})
        self.page.set_viewport_size({"width": 1440, "height": HEIGHTS[1440]})
        return [link for link in links if not link.startswith(ELSEWHERE)]

    def check_axe(self, where: str, rules: dict[str, Any]) -> None:
        if not self.page.evaluate("() => 'axe' in window"):
            self.page.evaluate(axe())
        found: list[dict[str, Any]] = self.page.evaluate(RUN_AXE, rules)
        for violation in found:
            self.note(violation["impact"] in SEVERE, where, json.dumps(violation, indent=1, ensure_ascii=False))

    def note(self, is_fault: bool, where: str, text: str) -> None:
        if is_fault:
            self.faults.append(f"{where}: {text}")


def crawl_of(role: str, web: LiveStack, open_browser: Opener, seen: Seen) -> Crawl:
    """A person of the demonstration, signed in, about to walk."""
    person = open_browser(web.url)
    person.sign_in(f"{role}@demo.example", settings.VIGIL_DEMONSTRATION_PASSWORD)
    return Crawl(person.page, web.url, seen)


def walk_of(role: str, web: LiveStack, open_browser: Opener, seen: Seen) -> set[str]:
    """Every page that a role can reach by its links; what was met."""
    crawl = crawl_of(role, web, open_browser, seen)
    crawl.walk(f"{web.url}/riverside/{'reports/' if role == 'auditor' else ''}")
    assert not crawl.faults, "\n".join(crawl.faults)
    assert not [key for key in crawl.visited if key.startswith("dead link")], crawl.visited
    return {key.partition(" ")[0] for key in crawl.visited}
