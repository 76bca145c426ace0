"""What a wording must and may hold before it is saved: known placeholders, who writes, how to reach them, how to end it (MSG-1, MSG-4)."""

from collections.abc import Mapping
from string import Formatter

from clinic.findings import Finding, block_at
from reminders.rules.kinds import Kind
from reminders.rules.linter import LEAST_NAME, LONGEST_TEXT, plain_letters, septets, shortened, text_findings, word_findings

PLACEHOLDERS = {
    "place": "the site's neutral public name",
    "phone": "the site's phone",
    "day": "the day of the visit",
    "time": "the time of the visit",
    "link": "the patient's own page",
}
VISITS = {"visits": "the list of booked visits"}
# What each part can't be without.
NEEDED = {"subject": (), "body": ("place", "phone", "link"), "text": ("place", "phone")}


def placeholders_of(kind: Kind, part: str) -> dict[str, str]:
    """What a part of a wording may name. A subject is read on a locked screen by anybody, so it names nothing (MSG-4)."""
    if part == "subject":
        return {}
    return PLACEHOLDERS | VISITS if kind == Kind.SUMMARY and part == "body" else PLACEHOLDERS


def named_in(template: str) -> list[str]:
    """The placeholders of a template, in order. Raises ValueError where braces don't match or hold more than a name."""
    found = []
    for _, name, form, turned in Formatter().parse(template):
        if name is None:
            continue
        if form or turned or not name.isidentifier():
            raise ValueError(name)
        found.append(name)
    return found


def filled(template: str, fields: Mapping[str, str]) -> str:
    """A text with its placeholders filled, in letters that every phone has; the site's name gives way where the room ends (MSG-1)."""
    plain = {name: plain_letters(value) for name, value in fields.items()}
    plain["phone"] = dialled(plain["phone"])
    words = plain_letters(template)
    room = LONGEST_TEXT - septets(words.format(**{**plain, "place": ""}))
    return words.format(**{**plain, "place": shortened(plain["place"], room)})


def dialled(phone: str) -> str:
    """A number without what only makes it readable; one with words in it stays."""
    bare = phone.translate(str.maketrans("", "", " ()-./"))
    return bare if bare.removeprefix("+").isdigit() else phone


def part_findings(kind: Kind, part: str, template: str, *, field: str, fields: Mapping[str, str]) -> list[Finding]:
    """Whether one part of a wording may be saved. `fields` are the longest values that its placeholders can get."""
    allowed = placeholders_of(kind, part)
    try:
        named = named_in(template)
    except ValueError:
        return [block_at(field, "MSG-4", "Braces are for placeholders alone, for example {day}.")]
    if unknown := [name for name in named if name not in allowed]:
        others = f"There are {', '.join('{' + name + '}' for name in allowed)}." if allowed else "The subject has none: everybody may read it."
        return [block_at(field, "MSG-4", f"There is no placeholder {{{unknown[0]}}} here. {others}")]
    if missing := [name for name in NEEDED[part] if name not in named]:
        return [block_at(field, "MSG-1", f"Say {PLACEHOLDERS[missing[0]]}: {{{missing[0]}}}.")]
    found = word_findings(template, field=field)
    if part == "text":
        if "STOP" not in template:
            found.append(block_at(field, "MSG-2", "Say how to end it: STOP."))
        found += text_findings(filled(template, {**fields, "place": "x" * LEAST_NAME}), field=field)
    return found
