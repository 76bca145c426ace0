"""The rest of a course as planning's core proposes it after a decision: from the rows that stand to plain values and back (DOS-6)."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from patients.rules.course import Phase
from sessions.models import TreatmentSession
from sessions.queries.next_step import coming, position_of
from sessions.queries.planning import course_facts, house_of, last_plan, wishes_of
from sessions.rules import redraw as rules
from sessions.rules.next_step import BACK, END
from sessions.rules.planning import CourseFacts, House, Slot, Wishes
from sessions.rules.redraw import Booked, Line
from sessions.states import Status

# Visits of so many days tell on which weekdays and when the patient comes, where no plan says it.
LOOKS_BACK = timedelta(days=28)
NOT_COME = (Status.CANCELLED, Status.VOIDED)


def slot_of(visit: TreatmentSession) -> Slot:
    return Slot(visit.treatment_on, visit.starts_at, visit.ends_at, visit.chair_id)


def booked_of(session: TreatmentSession, now: datetime) -> list[Booked]:
    """The course's visits to come; what has begun or should have begun today is left as it is."""
    rows = coming(session.course, now.astimezone(session.site.zone).date())
    return [Booked(one.pk, one.schedule_version, slot_of(one), one.planned_dose_mg) for one in rows if one.starts_at > now]


def lines_of(session: TreatmentSession, choice: str, now: datetime) -> list[Line]:
    """Old and proposed, visit by visit; a constant number of queries."""
    booked = booked_of(session, now)
    if choice == END:
        return rules.given_up(booked)
    house, course = world_of(session, booked, now)
    wishes = wishes_for(session, choice, booked, house, course)
    return rules.redraw(wishes=wishes, missed=slot_of(session), missed_mg=session.planned_dose_mg, booked=booked, house=house, course=course)


def world_of(session: TreatmentSession, booked: list[Booked], now: datetime) -> tuple[House, CourseFacts]:
    today = now.astimezone(session.site.zone).date()
    last = last_day(booked, today) + timedelta(days=14)
    return house_of(session.site, today, last, now=now, patient=session.patient), course_facts(session.course, now=now)


def last_day(booked: list[Booked], today: date) -> date:
    return max([today + rules.AHEAD, *(one.slot.day for one in booked)])


def wishes_for(session: TreatmentSession, choice: str, booked: list[Booked], house: House, course: CourseFacts) -> Wishes:
    """What was wished when the course was planned, else what the visits so far say."""
    phase = position_of(session.course, house.today).phase
    start, until = rules.first_new_day(choice, phase, today=house.today, booked=booked), last_day(booked, house.today)
    plan = last_plan(session.course)
    if plan is not None:
        wishes = wishes_of(plan, start=start, phases=(phase,))
        return replace(wishes, until=until, every_weeks=1 if choice == BACK else wishes.every_weeks)
    rows = TreatmentSession.objects.filter(course=session.course, treatment_on__gte=house.today - LOOKS_BACK).exclude(status__in=NOT_COME)
    starts = list(rows.order_by("starts_at").values_list("starts_at", flat=True))
    usual = rules.usual_of(starts, house.calendar.zone, most=2 if phase is Phase.INDUCTION else 1)
    return Wishes(
        start=start, usual=usual, chair_pk=session.chair_id, phases=(phase,), dose_mg=session.planned_dose_mg,
        every_weeks=rules.rhythm(course.days, choice), until=until,
    )  # fmt: skip
