"""A person at a real web process without a screen: cookies, pages, and the forms that stand on them."""

import http.cookiejar
import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser

from tests.support.stack import LiveStack

TYPED = ("text", "search", "tel", "email", "textarea")


@dataclass
class Form:
    """`values` are what stands in it, `typed` the fields that take a person's own words."""

    action: str
    values: dict[str, str] = field(default_factory=dict)
    typed: list[str] = field(default_factory=list)


class Forms(HTMLParser):
    """The posting forms of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[Form] = []
        self.open: Form | None = None
        self.select = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.open = Form(told.get("action", "")) if told.get("method", "").lower() == "post" else None
            self.found += [self.open] if self.open is not None else []
        kind = told.get("type", "text") if tag == "input" else tag
        if self.open is not None and tag == "option" and self.select and ("selected" in told or self.select not in self.open.values):
            self.open.values[self.select] = told.get("value", "")
        if self.open is None or "name" not in told or kind in ("submit", "file"):
            return
        self.select = told["name"] if tag == "select" else ""
        if tag == "input" and kind in ("radio", "checkbox"):
            if "checked" in told:
                self.open.values[told["name"]] = told.get("value", "on")
            elif kind == "radio":
                self.open.values.setdefault(told["name"], told.get("value", "on"))
        elif tag in ("input", "textarea"):
            self.open.values[told["name"]] = told.get("value", "")
            self.open.typed += [told["name"]] if kind in TYPED else []

    def handle_endtag(self, tag: str) -> None:
        self.open = None if tag == "form" else self.open


class Browser:
    """Signed in; every answer is (status, text), whatever the status."""

    def __init__(self, stack: LiveStack, email: str, password: str) -> None:
        self.origin = stack.url
        self.visited: list[str] = []
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.get("/accounts/login/")[1])
        assert token is not None
        status, page = self.post("/accounts/login/", {"login": email, "password": password, "csrfmiddlewaretoken": token[1]})
        assert status == 200
        assert "/accounts/logout/" in page, "not signed in"

    def get(self, path: str) -> tuple[int, str]:
        return self.ask(urllib.request.Request(urllib.parse.urljoin(self.origin, path)))

    def post(self, path: str, values: dict[str, str]) -> tuple[int, str]:
        address = urllib.parse.urljoin(self.origin, path)
        return self.ask(urllib.request.Request(address, urllib.parse.urlencode(values).encode(), headers={"Referer": address}))

    def ask(self, request: urllib.request.Request) -> tuple[int, str]:
        try:
            with self.opener.open(request, timeout=60) as answer:
                self.visited += [request.full_url, answer.url]
                return int(answer.status), answer.read().decode(errors="replace")
        except urllib.error.HTTPError as refusal:
            return int(refusal.code), refusal.read().decode(errors="replace")

    def fill_in(self, path: str, page: str, words: Callable[[str], str]) -> list[tuple[int, str]]:
        """Post each form of a page that takes a person's own words, with these in every such field."""
        forms = [form for form in Forms(page).found if form.typed]
        return [self.post(urllib.parse.urljoin(path, form.action), form.values | {name: words(name) for name in form.typed}) for form in forms]
