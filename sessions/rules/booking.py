"""Whether a visit can be booked: chair, patient, day, opening hours, the latest start (DOS-7, DOS-9, PAT-7)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from clinic.findings import Finding, Level

# DOS-9: from the end of the watch to the door (sign-off, way home). Source: practice.
LEAVING_MARGIN = timedelta(minutes=30)
STEP = timedelta(minutes=15)
FURTHEST = timedelta(days=400)
NO_COMPANY = ("ended", "deceased")


class Taken(NamedTuple):
    """A visit that occupies its patient's day, and its chair unless it is over."""

    session_pk: int
    chair_pk: int
    patient_pk: int
    treatment_on: date
    starts_at: datetime
    ends_at: datetime
    holds_chair: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A visit that somebody wants: from coming to leaving; the dose is planned at `dose_at`."""

    session_pk: int | None
    chair_pk: int
    patient_pk: int
    treatment_on: date
    starts_at: datetime
    ends_at: datetime
    dose_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """The site's day, as plain values: None when it is closed."""

    today: date
    opens_at: datetime | None
    closes_at: datetime | None
    latest_dose_at: datetime | None


class Free(NamedTuple):
    chair_pk: int
    starts_at: datetime


def latest_first_device_at(*, ends: Iterable[datetime | None], dosing: timedelta, minimum_watch: timedelta) -> datetime | None:
    """The latest moment for the first device (DOS-9).

    `ends` are closing, the prescriber's leaving and the ride, where known; None when none of them is.
    """
    known = [end for end in ends if end is not None]
    return min(known) - dosing - minimum_watch - LEAVING_MARGIN if known else None


def dosing_span(*, devices: int, rest: timedelta) -> timedelta:
    """From the first device to the last, resting in between (DOS-2)."""
    return rest * max(0, devices - 1)


def booking_findings(
    visit: Visit, *, taken: Iterable[Taken], day: Day, patient_status: str, has_order: bool, name: str = "this patient"
) -> list[Finding]:
    """Everything that speaks against a visit: blocks first."""
    others = [other for other in taken if other.session_pk != visit.session_pk]
    found = [
        *_taken_findings(visit, others, name),
        *_day_findings(visit, day),
        *_patient_findings(patient_status, name),
    ]
    if not has_order:
        found.append(
            Finding(
                "DOS-8", Level.NOTE, "No signed order covers this day yet. Without one the dose can't start.", code="DOS-8.booking", field="patient"
            )
        )
    return sorted(found, key=lambda finding: -finding.level)


def _taken_findings(visit: Visit, others: list[Taken], name: str) -> list[Finding]:
    found = []
    if any(other.holds_chair and other.chair_pk == visit.chair_pk and overlaps(visit, other) for other in others):
        found.append(Finding("BOOK", Level.BLOCK, "That chair is taken at that time.", code="BOOK.chair", field="starts_at"))
    mine = [other for other in others if other.patient_pk == visit.patient_pk]
    if any(other.treatment_on == visit.treatment_on for other in mine):
        found.append(
            Finding(
                "DOS-7",
                Level.BLOCK,
                f"{name.capitalize() if name.islower() else name} already has a visit on that day.",
                code="DOS-7.booked",
                field="day",
            )
        )
    elif any(other.holds_chair and overlaps(visit, other) for other in mine):
        found.append(Finding("BOOK", Level.BLOCK, "The patient is already booked at that time.", code="BOOK.patient", field="starts_at"))
    return found


def _day_findings(visit: Visit, day: Day) -> list[Finding]:
    if visit.treatment_on < day.today:
        return [Finding("BOOK", Level.BLOCK, "That day has passed.", code="BOOK.past", field="day")]
    if visit.treatment_on - day.today > FURTHEST:
        return [Finding("BOOK", Level.BLOCK, "That day is too far away. Check the year.", code="BOOK.far", field="day")]
    if day.opens_at is None or day.closes_at is None:
        return [Finding("DOS-9", Level.DECISION, "The site is closed on that day.", code="DOS-9.closed", field="day")]
    found = []
    if visit.starts_at < day.opens_at:
        found.append(Finding("DOS-9", Level.NOTE, "The visit begins before the site opens.", code="DOS-9.early", field="starts_at"))
    if day.latest_dose_at is not None and visit.dose_at > day.latest_dose_at:
        text = "Too late in the day: the two hours would not be over half an hour before closing."
        found.append(Finding("DOS-9", Level.DECISION, text, code="DOS-9.late", field="starts_at"))
    return found


def _patient_findings(status: str, name: str) -> list[Finding]:
    if status == "active":
        return []
    if status in NO_COMPANY:
        return [Finding("PAT-7", Level.BLOCK, f"The chart of {name} is closed ({status}).", code="PAT-7.closed", field="patient")]
    return [Finding("PAT-7", Level.NOTE, "The patient is paused. Ask before booking.", code="PAT-7.paused", field="patient")]


def overlaps(one: Visit | Taken, other: Visit | Taken) -> bool:
    """Whether two visits share a moment; one may begin when the other ends."""
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at


def nearest_free(visit: Visit, *, chairs: Iterable[int], taken: Iterable[Taken], day: Day, not_before: datetime, limit: int = 3) -> list[Free]:
    """The free times of the day nearest to the wanted one, the wanted chair first; none on a closed day.

    Steps of a quarter of an hour between opening and the latest start (DOS-9).
    """
    if day.opens_at is None or day.latest_dose_at is None:
        return []
    others = [other for other in taken if other.session_pk != visit.session_pk]
    last = day.latest_dose_at - (visit.dose_at - visit.starts_at)
    start, options = day.opens_at, []
    while start <= last:
        if start >= not_before:
            options += [Free(chair, start) for chair in chairs if _is_free(visit, others, chair, start)]
        start += STEP
    options.sort(key=lambda free: (abs(free.starts_at - visit.starts_at), free.chair_pk != visit.chair_pk, free.starts_at, free.chair_pk))
    return _spread(options, limit)


def _is_free(visit: Visit, others: list[Taken], chair_pk: int, start: datetime) -> bool:
    end = start + (visit.ends_at - visit.starts_at)
    return not any(other.holds_chair and other.chair_pk == chair_pk and start < other.ends_at and other.starts_at < end for other in others)


def _spread(options: list[Free], limit: int) -> list[Free]:
    """At most one chair per time, so that the offers differ."""
    seen: set[datetime] = set()
    chosen = []
    for option in options:
        if option.starts_at not in seen:
            seen.add(option.starts_at)
            chosen.append(option)
    return chosen[:limit]
