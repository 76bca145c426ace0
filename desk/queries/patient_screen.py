"""What the patient's own screen shows: time left in calm words, whether help was called, what was last said. No identity."""

import tomllib
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from clinic.models import Screen
from desk.queries.wall import Calm, calm_time, calm_until
from sessions.models import HelpCall, TreatmentSession
from sessions.picture import bare_pictures_of
from sessions.queries.policies import policy_for
from sessions.queries.screens import FEELINGS, session_on
from sessions.states import Status

WORDINGS = Path(__file__).parents[1] / "wordings" / "screen.toml"
ANSWERED_SHOWN = timedelta(minutes=3)
THANKS_SHOWN = timedelta(minutes=2)
LONGEST_QUIET = timedelta(minutes=3)


@lru_cache
def words_of(language: str) -> dict[str, str]:
    wordings: dict[str, Any] = tomllib.loads(WORDINGS.read_text(encoding="utf-8"))
    return wordings["es"] if language == "es" else wordings["en"]  # type: ignore[no-any-return]


def shown_on(screen: Screen, language: str, now: datetime) -> dict[str, Any]:
    """The page's context and, as `quiet_until`, the moment at which time alone changes it. Without a word of choice: the patient's language."""
    session = session_on(screen.chair) if screen.chair is not None else None
    spoken = language if language in ("en", "es") else session.patient.language if session is not None else "en"
    words = words_of(spoken)
    base = {"words": words, "language": spoken, "other_language": "en" if spoken == "es" else "es", "is_free": session is None}
    if session is None:
        return base | {"heading": words["free"], "note": words["free_note"], "quiet_until": now + LONGEST_QUIET}
    heading, note, changes_at = time_words(session, words, now)
    called, answered = calls(session, now)
    thanks, thanked_until = thanks_words(session, words, now)
    moments = [now + LONGEST_QUIET, *(moment for moment in (changes_at, thanked_until) if moment is not None)]
    return base | {
        "heading": heading, "note": note, "is_called": called, "is_answered": answered, "thanks": thanks, "quiet_until": min(moments),
        "feelings": [{"kind": str(kind), "word": words[str(kind)]} for kind in FEELINGS],
    }  # fmt: skip


def time_words(session: TreatmentSession, words: dict[str, str], now: datetime) -> tuple[str, str, datetime | None]:
    """Heading, note, and when they change."""
    if session.status == Status.DOSING:
        return words["dosing"], words["dosing_note"], None
    picture = bare_pictures_of([session], {session.pk: policy_for(session)}, ("devices",))[0]
    opens_at = picture.gate_opens_at
    if session.status != Status.MONITORING or opens_at is None:
        return words["before"], words["before_note"], None
    calm = calm_time(opens_at - now)
    return said(calm, words), words["over_note" if calm.key == "over" else "watch_note"], calm_until(opens_at, now)


def said(calm: Calm, words: dict[str, str]) -> str:
    key = "hours_even" if calm.key == "hours" and not calm.minutes else calm.key
    return words[key].format(hours=calm.hours, minutes=calm.minutes)


def calls(session: TreatmentSession, now: datetime) -> tuple[bool, bool]:
    """Whether a call stands open, and whether the last one has just been answered."""
    last = HelpCall.objects.filter(session=session).order_by("-asked_at", "-pk").first()
    if last is None:
        return False, False
    return last.answered_at is None, last.answered_at is not None and now - last.answered_at <= ANSWERED_SHOWN


def thanks_words(session: TreatmentSession, words: dict[str, str], now: datetime) -> tuple[str, datetime | None]:
    """A thank-you for what was said a moment ago, and until when it stands."""
    felt = session.events.standing().filter(kind__in=FEELINGS, observed_at__gt=now - THANKS_SHOWN).order_by("-observed_at", "-pk").first()
    if felt is None:
        return "", None
    text = (
        words["thanks_bad"] if felt.kind == FEELINGS[-1] else words["thanks"].format(time=f"{felt.observed_at.astimezone(session.site.zone):%H:%M}")
    )
    return text, felt.observed_at + THANKS_SHOWN
