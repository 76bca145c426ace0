"""Courses that are planned: of a patient who is here today, and of one who was missed, whose next step waits to be decided (DOS-3, DOS-6)."""

from datetime import datetime, time, timedelta
from uuid import uuid4

from clinic.queries import today_at
from desk.demo.steps import REASON, Floor
from patients.models import Course, Patient
from patients.queries.chart import position
from sessions.actions import booking
from sessions.actions.deciding import Decider
from sessions.actions.planning import book_plan
from sessions.models import TreatmentSession
from sessions.queries.course import dosed_days
from sessions.queries.planning import course_facts, house_of
from sessions.rules.planning import Chosen, Usual, Wishes, propose
from sessions.states import Status

MONDAY, THURSDAY = Usual(0, time(7)), Usual(3, time(7))
WEEKS = timedelta(weeks=6)
# Longer than any visit of the demonstration lasts.
AROUND = timedelta(hours=4)


def plan_course(floor: Floor, patient: Patient, *, now: datetime) -> None:
    """What is left of the phase, six weeks of it at the most, booked in one step as the plan's page does."""
    course = Course.objects.select_related("patient", "site").get(patient=patient, ended_at=None)
    start = today_at(floor.site, now) + timedelta(days=1)
    phase = position(course, dosed_days(course), start).phase
    wishes = Wishes(start=start, usual=(MONDAY, THURSDAY), phases=(phase,), until=start + WEEKS)
    house = house_of(floor.site, start, start + 2 * WEEKS, now=now, patient=patient)
    found = propose(wishes, house=house, course=course_facts(course, now=now))
    chosen = [Chosen(starts_at=one.slot.starts_at, chair_pk=one.slot.chair_pk, dose_mg=one.dose_mg) for one in found.visits]
    if chosen:
        decider = Decider(reason=REASON, may_decide=True)
        book_plan(patient, wishes, chosen, decider=decider, client_key=uuid4(), by=floor.of_role("prescriber").user, now=now)


def make_way(floor: Floor, *, room: int, starts_at: datetime, now: datetime) -> None:
    """A visit that was planned on an earlier day gives its chair to what is played now."""
    in_the_way = TreatmentSession.objects.filter(
        chair=floor.chairs[room - 1], status=Status.BOOKED, starts_at__gt=starts_at - AROUND, starts_at__lt=starts_at + AROUND
    )
    for session in in_the_way:
        booking.cancel(session, reason="Patient called: comes another day", by=floor.of_role("prescriber").user, now=now)
