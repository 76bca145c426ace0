"""A wording as nobody in particular would read it: with an example's day, time and link, and with the longest there can be."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from django.conf import settings
from django.urls import reverse

from clinic.findings import Finding
from clinic.models import Site
from reminders.rules.kinds import Kind
from reminders.rules.linter import septets
from reminders.rules.templates import filled, named_in, part_findings, placeholders_of
from reminders.wording import shortly, spoken

PARTS = ("subject", "body", "text")
LANGUAGES = {"en": "English", "es": "Spanish"}
YEAR = [datetime(2026, 1, 1, 22, 30, tzinfo=UTC) + timedelta(days=day) for day in range(365)]
EXAMPLE = datetime(2026, 3, 11, 14, 30, tzinfo=UTC)
# As long as a real one, and nobody's.
EXAMPLE_LINK = "Qm7xT4vRk9ZpLw2NbYc8HsDj5GfUe3AtXo6ViKqE"


@dataclass(frozen=True)
class Preview:
    """How one language reads; the parts that can't be filled yet are empty. `taken` and `most` count a text's letters."""

    language: str
    label: str
    subject: str
    body: str
    text: str
    taken: int
    most: int


@cache
def longest_moment(language: str, part: str) -> tuple[str, str]:
    """The longest day and the longest time that a message can tell."""
    said = [(shortly if part == "text" else spoken)(at, language) for at in YEAR]
    return max((day for day, _ in said), key=len), max((hour for _, hour in said), key=len)


def fields_at(site: Site, moment: tuple[str, str]) -> dict[str, str]:
    day, hour = moment
    link = settings.VIGIL_ORIGIN + reverse("visit", args=[EXAMPLE_LINK])
    return {"place": site.public_name, "phone": site.phone, "day": day, "time": hour, "link": link, "visits": f"- {day}, {hour}\n- {day}, {hour}"}


def wording_findings(site: Site, kind: Kind, language: str, words: Mapping[str, str]) -> list[Finding]:
    """Whether a site's words for one language may be saved, each finding at its field (`text_es`)."""
    found = []
    for part in PARTS:
        fields = fields_at(site, longest_moment(language, part))
        found += part_findings(kind, part, words[part], field=f"{part}_{language}", fields=fields)
    return found


def preview_of(site: Site, kind: Kind, language: str, words: Mapping[str, str]) -> Preview:
    """The words with an example filled in."""
    good = {part: words[part] if is_fillable(kind, part, words[part]) else "" for part in PARTS}
    example = fields_at(site, spoken(EXAMPLE, language))
    text = filled(good["text"], fields_at(site, shortly(EXAMPLE, language)))
    most = filled(good["text"], fields_at(site, longest_moment(language, "text")))
    body = good["body"].format_map(example)
    return Preview(language, LANGUAGES[language], good["subject"], body, text, septets(text), septets(most))


def is_fillable(kind: Kind, part: str, template: str) -> bool:
    try:
        return set(named_in(template)) <= set(placeholders_of(kind, part))
    except ValueError:
        return False
