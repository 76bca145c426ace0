"""Walks the demonstration as one of its people: every link, every form, with hostile words; keeps each answer that should never have come."""

import random
import time
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from django.urls import Resolver404, resolve

from tests.support.hostile import VALUES, WORKED_OUT, Field, PageForm, Read
from tests.support.visitor import TOKEN, Answer, Fields, Visitor

# What ends one's own sign-in or place, or changes how one signs in: tried by hand (tests/long/intruders.py).
LEFT_OUT = {
    "account_logout", "account_change_password", "account_set_password", "account_reset_password", "end_sign_in", "end_all_sign_ins", "lock",
    "end_membership", "change_member", "reset_factor", "enrol_tablet", "account_login", "account_reauthenticate",
}  # fmt: skip
LEFT_OUT_OF_ALL = ("mfa_",)
HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'",
}
# A calendar's address is its key, and travels nowhere at all.
STRICTER = {"referrer-policy": "no-referrer"}
# Pages of one name, told apart by these alone, or by their numbers: so many of each are looked at.
EACH = 4
# Downloads and numbers for programs: nobody's page, so nothing is escaped for one.
NOT_FOUND = (403, 404)
QUERY = (
    "q",
    "next",
    "page",
    "from",
    "to",
    "first",
    "last",
    "show",
    "state",
    "view",
    "step",
    "day",
    "patient",
    "lang",
    "v",
    "on",
    "act",
    "did",
    "id",
    "who",
)


@dataclass
class Attacker:
    """`foreign` are names that this person must never be shown; `rows` are numbers that may be another site's rows; `pause` keeps
    within the limits of public pages."""

    visitor: Visitor
    enter: tuple[str, str]
    start: str
    foreign: tuple[str, ...] = ()
    rows: tuple[int, ...] = ()
    dice: random.Random = field(default_factory=lambda: random.Random(7))
    faults: list[str] = field(default_factory=list)
    met: Counter[str] = field(default_factory=Counter)
    answers: Counter[int] = field(default_factory=Counter)
    pages: dict[str, Read] = field(default_factory=dict)
    entered: int = 0
    token: str = ""
    pause: float = 0

    def attack(self, seconds: float) -> None:
        """A walk, hostile addresses, hostile forms, and a walk again for what was kept of them."""
        began = time.monotonic()
        self.sign_in()
        self.walk(began + seconds * 0.3)
        self.until(began + seconds * 0.5, self.addresses())
        self.until(began + seconds * 0.8, self.posts())
        self.walk(began + seconds)

    def until(self, deadline: float, acts: Iterable[object]) -> None:
        for _ in acts:
            if time.monotonic() > deadline:
                return

    def sign_in(self) -> None:
        """Hostile signatures end a sign-in: then it begins anew."""
        email, password = self.enter
        if not email:
            return
        self.entered += 1
        self.visitor.cookies.clear()
        answer = self.visitor.sign_in(email, password)
        assert answer.status in (302, 303), f"{email} can't sign in: {answer.status}"
        found = TOKEN.search(self.visitor.get("/accounts/sign-ins/").text)
        self.token = found[1] if found else ""

    # --- walking -----------------------------------------------------------------------------------------------------
    def walk(self, deadline: float) -> None:
        """Every page that links lead to; of pages of one name a few. No link of one's own may lead nowhere."""
        waiting, seen, times = deque([self.start]), {self.start}, Counter[str]()
        while waiting and time.monotonic() < deadline:
            address = waiting.popleft()
            answer = self.look(self.visitor.get(address))
            if answer.status in NOT_FOUND:
                self.fault(answer, "a link of one's own leads nowhere")
            for found in self.links_of(answer):
                key = self.key(found)
                if found not in seen and key and times[key] < EACH:
                    seen.add(found)
                    times[key] += 1
                    waiting.append(found)

    def links_of(self, answer: Answer) -> Iterator[str]:
        if answer.header("Location"):
            yield self.inside(answer.where)
        if answer.is_page and answer.status == 200:
            read = self.pages[answer.path] = Read(answer.text)
            yield from (self.inside(urljoin(answer.path, link)) for link in [*read.links, *read.fetched])

    def inside(self, address: str) -> str:
        """The path of an address of ours; empty for others'."""
        parts = urlsplit(address)
        if parts.scheme not in ("", "http", "https") or (parts.netloc and f"{parts.scheme}://{parts.netloc}" != self.visitor.origin):
            return ""
        return parts.path + (f"?{parts.query}" if parts.query else "")

    def key(self, address: str) -> str:
        """The url's name, and which fields its query has; empty for what is left out."""
        parts = urlsplit(address)
        if not address or parts.path.startswith("/static/") or parts.path.startswith("/hillcrest/"):
            return ""
        name = self.name(parts.path)
        left = name in LEFT_OUT or name.startswith(LEFT_OUT_OF_ALL)
        return "" if left else " ".join([name, *sorted({field for field, _ in parse_qsl(parts.query)})])

    @staticmethod
    def name(path: str) -> str:
        try:
            return resolve(urlsplit(path).path).url_name or "unnamed"
        except Resolver404:
            return "nowhere"

    # --- hostile addresses -------------------------------------------------------------------------------------------
    def addresses(self) -> Iterator[Answer]:
        """Each page's query with hostile values, one field at a time and all together; rows that aren't ours."""
        pages = sorted({self.key(path): path for path in self.pages}.values())
        self.dice.shuffle(pages)
        for turn in range(len(VALUES)):
            for number, path in enumerate(pages):
                kind = list(VALUES)[(turn + number) % len(VALUES)]
                yield self.hostile_query(path, kind)
                yield self.hostile_row(path)

    def hostile_query(self, path: str, kind: str) -> Answer:
        parts = urlsplit(path)
        known = [name for name, _ in parse_qsl(parts.query)] + [
            one.name for form in self.pages[path].forms if form.method == "get" for one in form.fields
        ]
        names = known if known and self.dice.random() < 0.7 else [*known, *QUERY]
        if self.dice.random() < 0.5 and known:
            names = [self.dice.choice(known)]
        value = VALUES[kind][:3000]
        query = urlencode([*parse_qsl(parts.query), *((name, value) for name in names)], errors="surrogatepass")
        answer = self.visitor.get(f"{parts.path}?{query}"[:7500], **({"HX_Request": "true"} if self.dice.random() < 0.3 else {}))
        return self.look(answer, f"{kind} in {' '.join(names[:4])}")

    def hostile_row(self, path: str) -> Answer:
        """A number of the path changed for another: whoever's row it is, nothing of another site is shown."""
        pieces = urlsplit(path).path.split("/")
        places = [number for number, piece in enumerate(pieces) if piece.isdigit()]
        if not places:
            return self.look(self.visitor.ask("HEAD", path))
        pieces[self.dice.choice(places)] = str(self.dice.choice(self.rows or (10**9,)))
        return self.look(self.visitor.get("/".join(pieces)), "another's row")

    # --- hostile forms -----------------------------------------------------------------------------------------------
    def posts(self) -> Iterator[Answer]:
        """Each form of each kind of page: hostile values in every field, then in one, then nothing changed but the rows it names."""
        forms = list(
            {
                self.key(urljoin(path, form.action)): (path, form)
                for path, read in self.pages.items()
                for form in read.forms
                if form.method == "post"
            }.items()
        )
        self.dice.shuffle(forms)
        for turn in range(len(VALUES)):
            for number, (key, (path, form)) in enumerate(forms):
                if key:
                    yield self.hostile_post(path, form, list(VALUES)[(turn + number) % len(VALUES)], one=turn % 2 == 1)

    def hostile_post(self, path: str, form: PageForm, kind: str, *, one: bool) -> Answer:
        free = [field for field in form.fields if field.name != "csrfmiddlewaretoken" and field.kind not in ("submit", "button", "file")]
        chosen = [self.dice.choice(free)] if one and free else free
        files: Fields = [(field.name, f"{kind}.pdf") for field in form.fields if field.kind == "file"]
        fields = [("csrfmiddlewaretoken", self.token)] if self.token else []
        fields += [(field.name, self.value(field, kind) if field in chosen else field.value) for field in form.fields if self.is_sent(field)]
        fragment = {"HX_Request": "true"} if self.dice.random() < 0.3 else {}
        answer = self.visitor.post(urljoin(path, form.action), fields, page=path, files=files, **fragment)
        if (
            answer.status == 401
            or answer.header("Location").startswith("/accounts/login/")
            or answer.header("HX-Redirect").startswith("/accounts/login/")
        ):
            self.sign_in()
        return self.look(answer, f"{kind} in {' '.join(field.name for field in chosen[:4])}")

    def is_sent(self, told: Field) -> bool:
        return told.kind != "file" and not (self.token and told.name == "csrfmiddlewaretoken")

    def value(self, told: Field, kind: str) -> str:
        """A row's number becomes another's."""
        if told.kind in ("hidden", "select", "radio") and told.value.isdigit() and self.rows and self.dice.random() < 0.5:
            return str(self.dice.choice(self.rows))
        return VALUES[kind]

    # --- judging -----------------------------------------------------------------------------------------------------
    def look(self, answer: Answer, why: str = "") -> Answer:
        """What no answer may do, whatever was asked."""
        time.sleep(self.pause)
        self.met[self.name(answer.path)] += 1
        self.answers[answer.status] += 1
        if answer.status >= 500:
            self.fault(answer, f"answers {answer.status}", why)
        if off := answer.leads_off(self.visitor.origin):
            self.fault(answer, f"leads off to {off[:80]!r}", why)
        if "vigilcanary" in answer.header("Set-Cookie") or answer.header("X-Vigil-Canary"):
            self.fault(answer, "a header was planted", why)
        # A front server's own refusal (a line too long) is no page of ours.
        if answer.header("X-Request-ID"):
            for name, wanted in HEADERS.items():
                if wanted not in answer.header(name) and answer.header(name) != STRICTER.get(name):
                    self.fault(answer, f"{name} is {answer.header(name)!r}", why)
        if answer.is_page:
            self.judge(answer, why)
        return answer

    def judge(self, answer: Answer, why: str) -> None:
        text = answer.text
        for told in Read(text).faults:
            self.fault(answer, told, why)
        for told in WORKED_OUT:
            if told in text:
                self.fault(answer, f"{told!r} was worked out", why)
        plain = unescape(text)
        if not answer.path.startswith("/hillcrest/"):
            for name in self.foreign:
                if name in plain:
                    self.fault(answer, f"{name!r} of another site is shown", why)

    def fault(self, answer: Answer, what: str, why: str = "") -> None:
        told = f"{answer.method} {self.name(answer.path)} ({answer.status}): {what}" + (f" [{why}]" if why else "") + f"  {answer.path[:160]}"
        key = told.partition(" [")[0].partition("  ")[0]
        if not any(fault.startswith(key) for fault in self.faults):
            self.faults.append(told)
