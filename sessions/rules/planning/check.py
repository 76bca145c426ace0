"""Chosen visits, judged together as they would be booked: house, course and label; blocks, decisions and notes (DOS-3…DOS-7, DOS-9)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from clinic.findings import Finding, Level
from patients.rules.course import Phase
from sessions.rules.booking import Day, Taken, Visit, booking_findings, dosing_span, latest_first_device_at
from sessions.rules.planning.course import INTERVAL, CourseFacts, gap_finding, interval_text, label_findings, others_and_elsewhere, position_on
from sessions.rules.planning.house import House, Slot, devices_of

STAFF = "MON-9.staff"
CHOSEN = -1  # stands for visits that have no row yet


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A visit as somebody chose it."""

    starts_at: datetime
    chair_pk: int
    dose_mg: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A chosen visit with its place in the course and all that speaks against it, weightiest first."""

    chosen: Chosen
    slot: Slot
    number: int
    week: int
    phase: Phase
    findings: tuple[Finding, ...]


def check_plan(chosen: Sequence[Chosen], *, house: House, course: CourseFacts, patient_status: str = "active") -> list[Checked]:
    """Every chosen visit judged beside the others, in order of time. None of them is judged by itself alone."""
    slots = [house.slot(one.starts_at, one.chair_pk) for one in chosen]
    days = sorted([*course.days, *(slot.day for slot in slots)])
    mine = [as_taken(slot, course) for slot in slots]
    checked = []
    for index, (one, slot) in enumerate(zip(chosen, slots, strict=True)):
        others = [*mine[:index], *mine[index + 1 :]]
        rest = list(days)
        rest.remove(slot.day)
        found = [
            *house_findings(one, slot, others, house, course, patient_status),
            *course_findings_of(one, slot, rest, house, course),
        ]
        position = position_on(course, days, slot.day)
        checked.append(
            Checked(
                chosen=one, slot=slot, number=position.next_number, week=position.week, phase=position.phase,
                findings=tuple(sorted(found, key=lambda finding: -finding.level)),
            )
        )  # fmt: skip
    return sorted(checked, key=lambda one: (one.slot.starts_at, one.slot.chair_pk))


def as_taken(slot: Slot, course: CourseFacts) -> Taken:
    return Taken(CHOSEN, slot.chair_pk, course.patient_pk, slot.day, slot.starts_at, slot.ends_at)


def house_findings(one: Chosen, slot: Slot, others: list[Taken], house: House, course: CourseFacts, patient_status: str) -> list[Finding]:
    """The same findings as booking's for one visit (BOOK, DOS-7, DOS-9, PAT-7), and whether enough monitors are planned (MON-9)."""
    around = house.during(slot.starts_at, slot.ends_at)
    of_day = [other for other in house.taken if other.patient_pk == course.patient_pk and other.treatment_on == slot.day and other not in around]
    terms = house.terms_on(slot.day)
    visit = Visit(
        session_pk=None, chair_pk=slot.chair_pk, patient_pk=course.patient_pk, treatment_on=slot.day,
        starts_at=slot.starts_at, ends_at=slot.ends_at, dose_at=slot.starts_at + terms.before,
    )  # fmt: skip
    found = booking_findings(
        visit, taken=[*around, *of_day, *others], day=day_of(house, slot.day, one.dose_mg), patient_status=patient_status, has_order=True
    )
    if slot.starts_at < house.now and slot.day == house.today:
        found.append(Finding("BOOK", Level.BLOCK, "That time has passed.", code="BOOK.past", field="starts_at"))
    if slot.chair_pk not in {seat.pk for seat in house.seats}:
        found.append(Finding("BOOK", Level.BLOCK, "That chair is not in use.", code="BOOK.chair_gone", field="chair"))
    too_many = house.against_staff(slot, around)
    return [*found, Finding("MON-9", Level.NOTE, too_many, code=STAFF, field="starts_at")] if too_many else found


def day_of(house: House, day: date, dose_mg: int) -> Day:
    """The site's day as booking judges it."""
    openings = house.openings(day)
    closes_at = openings[-1][1] if openings else None
    terms = house.terms_on(day)
    dosing = dosing_span(devices=devices_of(house.protocol, dose_mg), rest=terms.rest)
    latest = latest_first_device_at(ends=[closes_at], dosing=dosing, minimum_watch=terms.watch)
    return Day(today=house.today, opens_at=openings[0][0] if openings else None, closes_at=closes_at, latest_dose_at=latest)


def course_findings_of(one: Chosen, slot: Slot, rest: list[date], house: House, course: CourseFacts) -> list[Finding]:
    """What the label and the site's gap say; the label's interval in words for a visit that is only planned (DOS-5)."""
    gap = gap_finding(others_and_elsewhere(course, rest), slot.day, house.terms_on(slot.day).minimum_gap_days)
    found = [] if gap is None else [gap]
    for finding in label_findings(course, rest, slot.day, one.dose_mg, house.protocol):
        if finding.code != INTERVAL:
            found.append(finding)
        elif gap is None:
            found.append(Finding(finding.rule, finding.level, interval_text(course, rest, slot.day), code=INTERVAL, field="day"))
    return found
