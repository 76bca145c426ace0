"""The step of arrival: two identifiers, the way home; before it: move, cancel, missed (PRE-3, PRE-5)."""

from datetime import datetime
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.http import HttpRequest

from clinic.actions.merging import opened_as
from clinic.queries import duty_at
from clinic.roles import Permission, may
from patients.models import Patient
from sessions.actions.arrival import HERE
from sessions.forms.arrival import UNKNOWN, ArriveForm, ReasonForm, WayHomeForm
from sessions.models import TreatmentSession
from sessions.picture import Picture
from sessions.queries.by_patient import Said, said_of
from sessions.queries.gates import NOT_TOLD, alike_today, latest_starts_of, sees_the_day
from sessions.rules.late import minutes_behind
from sessions.states import Status
from sessions.steps.gate_rows import errors_of

TEMPLATE = "sessions/_step_arrive.html"
CANCEL_REASONS = ("Patient asked", "Ill", "No way home", "Site closed")
MISS_REASONS = ("Did not come, not reached", "Forgot", "Ill")
REBOOK_REASONS = ("Came after all", "By mistake")
SETTLE_REASONS = ("Called: all well", "Called: prescriber knows", "Not reached: asked at arrival")
UNSTARTED = (Status.BOOKED, Status.CANCELLED, Status.MISSED)


def context(picture: Picture, *, request: HttpRequest, now: datetime, bound_form: Any = None) -> dict[str, Any]:
    """What `_step_arrive.html` shows; `bound_form` is a form that was refused."""
    session = picture.session
    role = request.membership.role  # type: ignore[attr-defined]
    said = said_of(session) if session.status == Status.BOOKED else None
    form = bound_form if isinstance(bound_form, ArriveForm) else ArriveForm(session=session, initial=proposed(session, said))
    other = bound_form if isinstance(bound_form, ReasonForm) else None
    return {
        "session": session,
        "site": request.site,  # type: ignore[attr-defined]
        "patient": session.patient,
        "now": now,
        "form": form,
        "form_findings": getattr(bound_form, "findings", []) if other is None else [],
        "other_errors": errors_of(other),
        "is_booked": session.status == Status.BOOKED,
        "is_given_up": session.status in (Status.CANCELLED, Status.MISSED),
        "is_today": session.treatment_on == now.astimezone(session.site.zone).date(),
        "alike": [alike_words(other) if sees_the_day(request.membership) else NOT_TOLD for other in alike_today(session)],  # type: ignore[attr-defined]
        "may_check_in": may(role, Permission.CHECK_IN),
        "may_book": may(role, Permission.BOOK),
        "may_dose": may(role, Permission.DOSE),
        "may_miss": now >= session.starts_at,
        "late": late_of(picture, now),
        "reasons": CANCEL_REASONS,
        "miss_reasons": MISS_REASONS,
        "rebook_reasons": REBOOK_REASONS,
        "is_unstarted": session.status in UNSTARTED,
        "at_home": said,
        "settle_reasons": SETTLE_REASONS,
        "way_home_form": way_home_form(session, bound_form) if session.status in HERE else None,
    }


def alike_words(patient: Patient) -> str:
    return f"{patient} (born {patient.birth_on:%d %b %Y})"


def proposed(session: TreatmentSession, said: Said | None) -> dict[str, object]:
    """Whom the patient named stands chosen; the staff asks, and saves it or another."""
    return {"client_key": uuid4(), "escort": session.escort_id or (said.driver_pk if said is not None else None)}


def wall_time(moment: datetime | None, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%H:%M}" if moment is not None else ""


def late_of(picture: Picture, now: datetime) -> dict[str, object] | None:
    """The patient isn't here yet and the visit's time has gone by today: how long, and until when a start fits the day (DOS-9)."""
    session = picture.session
    behind = minutes_behind(starts_at=session.starts_at, now=now)
    if session.status != Status.BOOKED or not behind or session.treatment_on != now.astimezone(session.site.zone).date():
        return None
    return {"minutes": behind, "latest": next(iter(latest_starts_of(picture, duty_at(session.site, now))), None)}


def way_home_form(session: TreatmentSession, bound_form: Any) -> WayHomeForm:
    """The way home as it is known, to be changed (PRE-3)."""
    if type(bound_form) is WayHomeForm:
        return bound_form
    return WayHomeForm(
        session=session,
        initial={
            "way_home": session.way_home or UNKNOWN[0],
            "escort": session.escort_id,
            "ride_at": wall_time(session.ride_at, session.site.zone),
            "opened": opened_as(session, ("way_home", "escort", "ride_at")),
        },
        auto_id="way_%s",
    )
