"""What patients said by their links: the visit that a link names, answers about the preparation, wishes for another time."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, F, OuterRef, QuerySet

from clinic.models import Notice, Site
from clinic.queries import calendar_of, today_at
from sessions.models import MoveWish, Preparation, TreatmentSession
from sessions.queries.planning import course_facts, house_of
from sessions.rules.planning import Offer, nearest_slots
from sessions.rules.planning.slots import wanted_at
from sessions.rules.preparation import QUESTIONS, red_ids, words_of
from sessions.states import Status

# Tasks of the desk: an answer to look at, a wish to answer. Both are settled when the visit leaves its slot.
RED_ANSWER, MOVE_WISH = "red_answer", "move_wish"
OF_THE_LINK = (RED_ANSWER, MOVE_WISH)
# What is over is told too: the messages after a visit, of a missed and of a cancelled one lead there.
OVER = (Status.DISCHARGED, Status.MISSED, Status.CANCELLED)
SHOWN_BY_LINK = (Status.BOOKED, *OVER)
WEEK = timedelta(days=7)
# Nobody can make ready for a visit that begins within the hour.
NOTICE = timedelta(hours=1)
OFFERED = 4


def visit_named(uid: UUID, slot_version: int) -> TreatmentSession | None:
    """The visit of a link, if the link is of its present time: a move to another chair leaves it good."""
    rows = TreatmentSession.objects.select_related("site", "patient", "course", "chair").filter(uid=uid, slot_version=slot_version)
    return rows.filter(status__in=SHOWN_BY_LINK).first()


def preparations_of(session: TreatmentSession) -> QuerySet[Preparation]:
    """The answers about the visit's present time, oldest first."""
    return Preparation.objects.standing().filter(session_id=session.pk, slot_at=session.starts_at).order_by("recorded_at", "pk")


def last_wish(session: TreatmentSession) -> MoveWish | None:
    """What the patient last asked for about the present slot."""
    return MoveWish.objects.filter(session_id=session.pk, slot_version=session.slot_version).order_by("-asked_at", "-pk").first()


def open_wishes(site: Site) -> QuerySet[MoveWish]:
    """Wishes that wait for the desk, those for the soonest visit first; only of a slot that still stands."""
    rows = MoveWish.objects.filter(site=site, answer="", session__status=Status.BOOKED, session__slot_version=F("slot_version"))
    return rows.select_related("session__patient", "session__chair", "chair").order_by("session__starts_at", "pk")


def offers_for(session: TreatmentSession, *, now: datetime) -> list[Offer]:
    """Legal slots near the visit's own, each time once, none too soon to come to."""
    today = today_at(session.site, now)
    middle = max(session.treatment_on, today)
    house = house_of(session.site, min(today, middle - WEEK), middle + WEEK, now=now, patient=session.patient)
    wanted = wanted_at(session.starts_at, session.chair_id, session.planned_dose_mg, house)
    course = course_facts(session.course, now=now)
    found: dict[datetime, Offer] = {}
    for offer in nearest_slots(wanted, house=house, course=course, besides=session.pk, per_kind=OFFERED):
        at = offer.slot.starts_at
        if at != session.starts_at and at > now + NOTICE:
            found.setdefault(at, offer)
    return [found[at] for at in sorted(found)]


def read_at(site: Site, now: datetime) -> datetime | None:
    """When somebody next reads what a patient sends: now while the site is open, else when it opens; None where nothing opens for two weeks."""
    today = today_at(site, now)
    calendar = calendar_of(site, today, today + 2 * WEEK)
    if calendar.is_open(now):
        return now
    openings = (calendar.opening_at(today + timedelta(days=offset)) for offset in range(2 * WEEK.days + 1))
    return next((at for at in openings if at is not None and at > now), None)


def has_open(kind: str) -> Exists:
    """For a query of sessions: whether a task of a kind is open about each."""
    return Exists(Notice.objects.filter(kind=kind, target_kind="treatmentsession", target_pk=OuterRef("pk"), resolved_at__isnull=True).order_by())


@dataclass(frozen=True)
class Said:
    """What the patient answered last about a visit, as the staff reads it; `is_open`: a red answer still waits for somebody."""

    at: datetime
    rows: list[dict[str, object]]
    ride: str
    is_open: bool
    driver_pk: int | None = None
    may_text: bool = False


def said_of(session: TreatmentSession) -> Said | None:
    """The newest answers about the visit's present time, in one query."""
    waits = Exists(Notice.objects.filter(kind=RED_ANSWER, target_kind="treatmentsession", target_pk=OuterRef("session_id"), resolved_at__isnull=True))
    last = preparations_of(session).annotate(is_open=waits, may_text=F("driver__may_text")).last()
    if last is None:
        return None
    red = set(red_ids(last.answers))
    rows: list[dict[str, object]] = [
        {"label": one.label, "words": words_of(one, last.answers[one.id]), "is_red": one.id in red, "rule": one.rule}
        for one in QUESTIONS
        if one.id in last.answers
    ]
    ride = ", ".join(filter(None, (last.ride_name, last.ride_phone)))
    return Said(last.recorded_at, rows, ride, last.is_open, last.driver_id, bool(last.may_text))  # type: ignore[attr-defined]


def wishes_by_key() -> QuerySet[MoveWish]:
    return MoveWish.objects.select_related("session__patient", "session__chair", "session__course", "session__site", "chair")
