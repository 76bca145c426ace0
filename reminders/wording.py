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
from reminders.channels import Text
from reminders.models import OutboxMessage

FOLDER = Path(__file__).parent / "wordings"


@lru_cache
def wording_of(kind: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{kind}.toml").read_text(encoding="utf-8"))


def render(message: OutboxMessage) -> Text:
    """The neutral text of a message (MSG-4): place, day, time, link and phone, and nothing else."""
    language = message.patient.language
    words = wording_of(message.kind)[language]
    zone = ZoneInfo(message.patient.time_zone or message.site.time_zone)
    day, hour = spoken(message.session.starts_at.astimezone(zone), language)
    token = links.token_for(message.session, useless_at=message.session.ends_at)
    fields = {
        "place": message.site.public_name,
        "phone": message.site.phone,
        "day": day,
        "time": hour,
        "link": settings.VIGIL_ORIGIN + reverse("visit", args=[token]),
    }
    return Text(subject=words["subject"], body=words["body"].strip().format(**fields) + "\n", language=language)


def spoken(at: datetime, language: str) -> tuple[str, str]:
    """A day and a time as they are said in the language."""
    with translation.override(language):
        if language == "es":
            return date_format(at, "l j \\d\\e F"), date_format(at, "H:i")
        return date_format(at, "l, F j"), date_format(at, "g:i A")
