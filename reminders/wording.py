"""The words of a message, in the patient's language and zone, rendered at the moment of sending and kept nowhere."""

import tomllib
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.dateformat import format as date_format

from reminders import links
from reminders.channels.outcomes import Text
from reminders.models import OutboxMessage
from reminders.queries.visits import booked_of_course
from reminders.rules.moments import NEWS_FOR
from sessions.models import TreatmentSession

FOLDER = Path(__file__).parent / "wordings"


@lru_cache
def wording_of(kind: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{kind}.toml").read_text(encoding="utf-8"))


def render(message: OutboxMessage) -> Text:
    """The neutral text of a message (MSG-4): place, day, time, link and phone, and nothing else."""
    language, visit = message.patient.language, message.session
    assert visit is not None
    words = wording_of(message.kind)[language]
    fields = fields_of(message, visit)
    if message.channel == OutboxMessage.Channel.TEXT:
        return Text(subject="", body=words["text"].format(**fields), language=language)
    return Text(subject=words["subject"], body=words["body"].strip().format(**fields) + "\n", language=language)


def fields_of(message: OutboxMessage, visit: TreatmentSession) -> dict[str, str]:
    """What the words may name."""
    language = message.patient.language
    zone = ZoneInfo(message.patient.time_zone or message.site.time_zone)
    is_text = message.channel == OutboxMessage.Channel.TEXT
    day, hour = (shortly if is_text else spoken)(visit.starts_at.astimezone(zone), language)
    fields = {"place": message.site.public_name, "phone": message.site.phone, "day": day, "time": hour, "link": link_to(visit)}
    if message.subject_kind == OutboxMessage.Subject.COURSE:
        moments = [spoken(one.starts_at.astimezone(zone), language) for one in booked_of_course(message.subject_pk)]
        fields["visits"] = "\n".join(f"- {day}, {hour}" for day, hour in moments)
    return fields


def link_to(visit: TreatmentSession) -> str:
    """The patient's page of a visit; it outlives the visit by the days in which its last words are worth reading."""
    return settings.VIGIL_ORIGIN + reverse("visit", args=[links.token_for(visit, useless_at=visit.ends_at + NEWS_FOR)])


def spoken(at: datetime, language: str) -> tuple[str, str]:
    """A day and a time as they are said in the language."""
    with translation.override(language):
        if language == "es":
            return date_format(at, "l j \\d\\e F"), date_format(at, "H:i")
        return date_format(at, "l, F j"), date_format(at, "g:i A")


def shortly(at: datetime, language: str) -> tuple[str, str]:
    """The same for a text of 160 letters, in letters that every phone has (GSM-7)."""
    if language == "es":
        return f"{at.day}/{at.month}", f"{at:%H:%M}"
    return f"{at:%a %b} {at.day}", f"{at.hour % 12 or 12}:{at:%M %p}"
