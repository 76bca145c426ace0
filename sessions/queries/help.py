"""Calls for help of one session as the flowsheet and the record show them, and what the patient last said about how they feel."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from clinic.prepared import prepared
from sessions.models import HelpCall, SessionEvent
from sessions.picture import Picture
from sessions.queries.screens import FEELINGS
from sessions.rules.help import help_findings, span


def calls_of(picture: Picture) -> list[HelpCall]:
    """The calls of a session of `session_for`; no query where there are none."""
    if not getattr(picture.session, "had_help", True):
        return []
    return help_calls(picture.session.pk)


@prepared
def help_calls(session_pk: int) -> QuerySet[HelpCall]:
    return HelpCall.objects.filter(session_id=session_pk).select_related("answered_by").order_by("asked_at", "pk")


def call_entries(picture: Picture, calls: list[HelpCall], *, now: datetime) -> list[dict[str, Any]]:
    """One entry of the record per call: when it was asked, who came after how long, and whether that was slow. Nobody waits after leaving."""
    entries, until = [], min(now, picture.ended_at or now)
    for call in calls:
        slow = help_findings([(call.asked_at, call.answered_at)], now=until)
        text = f"Answered after {span(call.answered_at - call.asked_at)}" if call.answered_at else "Not answered yet"
        entries.append(
            {"at": call.asked_at, "title": "The patient called for help", "text": slow[0].text if slow else text, "tone": "warn" if slow else "",
             "by": call.answered_by.printed_name if call.answered_by else "", "icon": "bell-ring", "late": 0, "day": False, "undo": "", "pk": 0,
             "recorded_at": call.asked_at, "recorded_by_id": None}
        )  # fmt: skip
    return entries


def said(picture: Picture, calls: list[HelpCall]) -> dict[str, Any]:
    """What stands open from the patient's screen: a call, and a bad feeling that nobody has seen to yet."""
    felt = [event for event in picture.events if event.kind in FEELINGS]
    seen_at = max((row.observed_at for row in (*picture.rounds, *picture.observations)), default=None)
    is_bad = bool(felt) and felt[-1].kind == SessionEvent.Kind.FEELS_BAD and (seen_at is None or seen_at <= felt[-1].observed_at)
    return {
        "help_asked_at": next((call.asked_at for call in calls if call.answered_at is None), None),
        "feels_bad_at": felt[-1].observed_at if is_bad else None,
    }
