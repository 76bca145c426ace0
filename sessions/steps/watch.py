"""The step of the two hours: which check is due, the check form, rounds and one-tap events (MON-3…MON-8)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.http import HttpRequest

from clinic.roles import Permission, may
from sessions.actions.facts import MAY_HOLD_FACTS
from sessions.forms.check import CheckForm
from sessions.forms.check_layout import drawn_check
from sessions.models import Observation, SessionEvent
from sessions.picture import Picture
from sessions.queries.concerns import round_due_at
from sessions.rules.clocks import CheckState, PlannedCheck
from sessions.states import Status

TEMPLATE = "sessions/_step_watch.html"
Kind = SessionEvent.Kind
TO_COME = (CheckState.LATE, CheckState.DUE, CheckState.LATER)
# What begins and ends, the word on the button, its icon.
EPISODES = (
    ("Sedation", Kind.SEDATION_BEGAN, Kind.SEDATION_ENDED, "moon"),
    ("Dissociation", Kind.DISSOCIATION_BEGAN, Kind.DISSOCIATION_ENDED, "waves"),
    ("Breathing trouble", Kind.BREATHING_BEGAN, Kind.BREATHING_ENDED, "wind"),
)


def context(picture: Picture, *, request: HttpRequest, now: datetime, bound_form: Any = None) -> dict[str, Any]:
    """What `_step_watch.html` shows; `bound_form` is a form that was refused (a check, a round or an event)."""
    checks = picture.planned_checks(now)
    findings = getattr(bound_form, "findings", [])
    check_form = bound_form if isinstance(bound_form, CheckForm) else None
    due = next((check for check in checks if check.state in (CheckState.DUE, CheckState.LATE)), None)
    return {
        "session": picture.session,
        "site": request.site,  # type: ignore[attr-defined]
        "now": now,
        "may_record": may(request.membership.role, Permission.TAKE_VITALS) and picture.session.status in MAY_HOLD_FACTS,  # type: ignore[attr-defined]
        "is_closed": picture.session.status == Status.DISCHARGED,
        "is_watched": picture.session.status in (Status.DOSING, Status.MONITORING),
        "planned": planned_rows(picture, checks),
        "due": due,
        "next_due_at": None if any(check.state in TO_COME for check in checks) else picture.next_check_due_at(now),
        "check": drawn_check(check_form),
        "client_key": uuid4(),
        "round_key": uuid4(),
        "tap_key": uuid4(),
        "findings": findings,
        "is_unlikely": bool(findings) and all(finding.code.startswith("unlikely.") for finding in findings),
        "lacks": any(finding.code.startswith("missing.") for finding in findings),
        "other_form_errors": errors_of_another(bound_form),
        "save_label": f"Save {due.minute}-minute check" if due else "Save check",
        "taps": taps(picture),
        "round_due_at": round_due_at(picture),
    }


def errors_of_another(bound_form: Any) -> list[str]:
    """What was wrong with a round or an event, which have no fields of their own to say it beside."""
    if bound_form is None or isinstance(bound_form, CheckForm):
        return []
    return [str(error) for errors in bound_form.errors.values() for error in errors]


def planned_rows(picture: Picture, checks: list[PlannedCheck]) -> list[dict[str, object]]:
    """The template's checks with their state and the reading that stands for each."""
    taken: dict[int | None, Observation] = {row.planned_minute: row for row in picture.observations}
    rows: list[dict[str, object]] = []
    baseline = taken.get(0)
    if baseline is not None:
        rows.append({"minute": 0, "state": "done", "at": baseline.observed_at, "reading": pressure(baseline)})
    for check in checks:
        row = taken.get(check.minute)
        at = row.observed_at if row is not None else check.due_at
        rows.append({"minute": check.minute, "state": str(check.state), "at": at, "reading": pressure(row) if row is not None else ""})
    return rows


def pressure(check: Observation) -> str:
    return f"{check.systolic}/{check.diastolic}" if check.systolic and check.diastolic else "not obtained"


def open_since(events: Iterable[SessionEvent], began: str, ended: str) -> datetime | None:
    """When what is still going on began; None when the last of the two taps is the end, or there is none."""
    last = [event for event in events if event.kind in (began, ended)]
    return last[-1].observed_at if last and last[-1].kind == began else None


def taps(picture: Picture) -> list[dict[str, object]]:
    """The buttons of one tap each: what is going on can end, what isn't can begin (MON-8)."""
    buttons: list[dict[str, object]] = []
    for word, began, ended, icon in EPISODES:
        since = open_since(picture.events, began, ended)
        kind, label = (ended, f"{word} ended") if since else (began, f"{word} began")
        buttons.append({"kind": kind, "label": label, "icon": icon, "is_open": since is not None, "since": since})
    if not any(event.kind == Kind.CLINICALLY_READY for event in picture.events):
        buttons.append({"kind": Kind.CLINICALLY_READY, "label": "Clinically ready", "icon": "badge-check", "is_open": False, "since": None})
    return buttons
