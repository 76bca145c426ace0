"""What courses owe in the next fourteen days: benefit reviews, decisions after missed or held visits and on those outside of the schedule (DOS-3…DOS-6)."""

from collections.abc import Iterator
from datetime import date, datetime

from clinic.models import Notice, Site
from clinic.queries import today_at
from sessions.models import TreatmentSession
from sessions.queries.ahead import Worry
from sessions.queries.benefit import reviews_due
from sessions.queries.next_step import MAY_DECIDE, NEXT_NOTICE
from sessions.queries.off_schedule import OFF_SCHEDULE
from sessions.rules import ahead as rules
from sessions.states import Status


def course_worries(site: Site, now: datetime) -> list[Worry]:
    """Six queries."""
    today = today_at(site, now)
    return [*reviews(site, today), *undecided(site, today), *off_schedule(site, today)]


def reviews(site: Site, today: date) -> Iterator[Worry]:
    for due in reviews_due(site, rules.window(today)[1]):
        day = rules.shown_on(due.due_on, today)
        if day is not None:
            yield Worry(rules.BENEFIT, day, f"{due.words}.", due.course.pk, due.patient, since=due.due_on)


def undecided(site: Site, today: date) -> Iterator[Worry]:
    """Missed or held visits after which nobody has decided how the course goes on: today's affair, however old."""
    waiting = Notice.objects.filter(site=site, kind=NEXT_NOTICE, target_kind="treatmentsession", resolved_at__isnull=True)
    rows = TreatmentSession.objects.filter(site=site, status__in=MAY_DECIDE, pk__in=waiting.values("target_pk"))
    for session in rows.select_related("patient").order_by("starts_at", "pk"):
        words = f"The visit of {session.treatment_on.day} {session.treatment_on:%b} was {session.get_status_display().lower()}: how does the course go on?"
        yield Worry(rules.UNDECIDED, today, words, session.pk, session.patient, since=session.treatment_on)


def off_schedule(site: Site, today: date) -> Iterator[Worry]:
    """Visits that were booked for a prescriber to decide, and wait for the reason (DOS-5)."""
    waiting = Notice.objects.filter(site=site, kind=OFF_SCHEDULE, target_kind="treatmentsession", resolved_at__isnull=True)
    rows = TreatmentSession.objects.filter(
        site=site, status=Status.BOOKED, treatment_on__range=rules.window(today), pk__in=waiting.values("target_pk")
    )
    for session in rows.select_related("patient").order_by("starts_at", "pk"):
        words = "Booked outside of the schedule: a prescriber says why, or it is moved."
        yield Worry(rules.OFF_SCHEDULE, session.treatment_on, words, session.pk, session.patient, session.starts_at)
