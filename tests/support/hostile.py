"""What a hostile person types into every field, and how to see on a page that any of it worked."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

# A tag and an attribute that no page of ours has; a sum that only a template, a formatter or a shell would work out.
MARKUP = "vg'\"><vigil-canary onerror=vigilcanary()><script>vigilcanary()</script>"
SUM = "vg{{ 1337|add:1 }}{% now 'Y' %}${1337*300007}#{1337*300007}%(pk)s{0.__class__}"
WORKED_OUT = ("vg1338", "401109359", "vg{<class", "&lt;class &#x27;")
VALUES: dict[str, str] = {
    "markup": MARKUP,
    "template": SUM,
    "sql": "1' OR '1'='1'); DROP TABLE clinic_site;--",
    "controls": "vg\x00\x01\x1b[31m\r\nSet-Cookie: vigilcanary=1\r\n\r\n",
    "line": "vg\r\nX-Vigil-Canary: 1",
    "huge": "A" * 70_000,
    "digits": "9" * 5000,
    "beyond": str(2**63),
    "below": "-1",
    "nought": "0",
    "not a number": "NaN",
    "endless": "1e400",
    "other digits": "٣٤",
    "no day": "2026-02-30",
    "first day": "0001-01-01",
    "last day": "9999-12-31",
    "no hour": "99:99",
    "moment": "0001-01-01T00:00",
    "last wall": "9999-12-31T23:59",
    "first moment": "0001-01-01T00:00:00+23:59",
    "last moment": "9999-12-31T23:59:59-23:59",
    "path": "../../../../etc/passwd",
    "address": "https://evil.example/",
    "half address": "//evil.example/%2e%2e",
    "script address": "javascript:vigilcanary()",
    "e-mail": "a@b.example\nBcc: c@d.example",
    "lookalike": "аdmin@demo.example",
    "half sign": "vg\ud800",
    "backwards": "vg\u202e\u0000\ufeff\u2028",
    "uuid": "00000000-0000-0000-0000-000000000000",
    "json": '{"a": [' * 200,
    "cell": "=HYPERLINK(\"http://evil.example\")",
    "nothing": "",
}  # fmt: skip
SENT_ELSEWHERE = ("http://", "https://", "//", "javascript:", "data:", "vbscript:")


@dataclass
class Field:
    name: str
    kind: str
    value: str = ""
    choices: list[str] = field(default_factory=list)


@dataclass
class PageForm:
    method: str
    action: str
    fields: list[Field] = field(default_factory=list)


class Read(HTMLParser):
    """A page as an attacker reads it: links, what htmx fetches, forms, and whether a canary became markup."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[str] = []
        self.fetched: list[str] = []
        self.forms: list[PageForm] = []
        self.faults: list[str] = []
        self.by_id: dict[str, PageForm] = {}
        self.open: PageForm | None = None
        self.select: Field | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        self.watch(tag, told)
        if tag == "a" and told.get("href"):
            self.links.append(told["href"])
        self.fetched += [told["hx-get"]] if told.get("hx-get") else []
        for verb in ("hx-post",):
            if told.get(verb) and tag != "form":
                self.forms.append(PageForm("post", told[verb]))
        if tag == "form":
            self.open = PageForm(told.get("method", "get").lower(), told.get("action") or told.get("hx-post", ""))
            self.forms.append(self.open)
            self.by_id[told.get("id", "")] = self.open
        elif tag in ("input", "textarea", "select", "button"):
            self.take(tag, told)
        elif tag == "option" and self.select is not None:
            self.select.choices.append(told.get("value", ""))
            if "selected" in told or len(self.select.choices) == 1:
                self.select.value = told.get("value", "")

    def take(self, tag: str, told: dict[str, str]) -> None:
        owner = self.by_id.get(told["form"]) if told.get("form") else self.open
        if owner is None or not told.get("name"):
            return
        kind = told.get("type", "text") if tag == "input" else tag
        found = Field(told["name"], kind, told.get("value", ""))
        if kind == "radio" and any(one.name == found.name for one in owner.fields):
            next(one for one in owner.fields if one.name == found.name).choices.append(found.value)
            return
        owner.fields.append(found)
        self.select = found if tag == "select" else None

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.open = None
        if tag == "select":
            self.select = None

    def watch(self, tag: str, told: dict[str, str]) -> None:
        """Nothing that a person typed may become a tag, an attribute of its own or an address that runs or leads away."""
        if tag == "vigil-canary" or any("vigilcanary" in value for name, value in told.items() if name.startswith("on")):
            self.faults.append(f"the canary became a <{tag}>")
        if tag == "script" and "src" not in told and told.get("type") != "application/json":
            self.faults.append("a script stands in the page")
        for name in ("href", "src", "action", "hx-get", "hx-post", "formaction"):
            if told.get(name, "").strip().lower().startswith(SENT_ELSEWHERE) and ("evil" in told[name] or "script:" in told[name].lower()):
                self.faults.append(f"{tag} {name} leads to {told[name][:60]!r}")
