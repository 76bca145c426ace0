"""What the measures know about one visit: plain values, nothing decided. Times are aware, days are the site's own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from clinic.rules.presence import Presence
from patients.rules.course import CoursePosition, course_position
from patients.rules.protocol import REMS_ESKETAMINE, TreatmentProtocol
from sessions.rules.clocks import ClockPolicy, PlannedCheck, after_the_end, planned_checks

if TYPE_CHECKING:
    from reports.rules.measure import Answer, Measure

DOSED = frozenset({"dosing", "monitoring", "discharged", "left", "transferred"})
OVER = frozenset({"discharged", "left", "transferred"})


class Reading(NamedTuple):
    """One standing check. `entered_at`: when it was first written down, whatever was corrected later."""

    at: datetime
    entered_at: datetime
    kind: str = "planned"
    planned_minute: int | None = None
    systolic: int | None = None
    diastolic: int | None = None
    pulse: int | None = None
    spo2: int | None = None
    breaths: int | None = None
    breathing: str = ""
    sedation: int | None = None
    dissociation: str = ""
    cadss: int | None = None
    nausea: str = ""

    @property
    def has_pressure(self) -> bool:
        return self.systolic is not None and self.diastolic is not None


class DeviceFact(NamedTuple):
    """One standing device with a spray. `are_trained`: whether who recorded and who watched it had their training on that day (SET-3)."""

    at: datetime
    entered_at: datetime
    are_trained: bool = True


class Decision(NamedTuple):
    """A prescriber's decision against a warning (Override)."""

    gate: str
    rule: str
    finding: str
    text: str = ""
    reason: str = ""


class Broken(NamedTuple):
    """A stored breach."""

    rule: str
    text: str


class AlertFact(NamedTuple):
    tier: str
    raised_at: datetime
    acknowledged_at: datetime | None


class Call(NamedTuple):
    """A safety call that was owed; `due_on` is the site-local day of `due_at`."""

    due_at: datetime
    due_on: date
    closed_at: datetime | None


class Asked(NamedTuple):
    """A call for help from a screen."""

    asked_at: datetime
    answered_at: datetime | None


class Pressed(NamedTuple):
    """An emergency, whatever came of it."""

    pressed_at: datetime
    ended_at: datetime | None
    outcome: str


@dataclass(frozen=True, slots=True)
class Terms:
    """What the site had decided for that day, with the patient's standing parameters (SitePolicy, PAT-8). Pressures in mmHg."""

    clocks: ClockPolicy
    label_watch: timedelta = timedelta(minutes=120)
    late_entry: timedelta = timedelta(minutes=10)
    systolic: int = 140
    diastolic: int = 90
    high_systolic: int = 160
    high_diastolic: int = 100
    own_systolic: int | None = None
    own_diastolic: int | None = None


@dataclass(frozen=True, slots=True)
class CourseFact:
    """The course that the visit belongs to: site-local days with a spray, here and elsewhere; later days too.

    `first_pk`: its first visit with a spray here, through which the course is counted.
    """

    indication: str = "trd"
    dosed_days: tuple[date, ...] = ()
    first_pk: int | None = None
    prescriber: int | None = None
    earlier_sessions: int = 0
    earlier_first_on: date | None = None
    earlier_last_on: date | None = None


@dataclass(frozen=True, slots=True)
class FormFact:
    """The monitoring form: `answers` are those of the newest revision that was filed; `open_since` a day for each revision not yet filed."""

    due_on: date
    proven_sent_on: date | None = None
    answers: Mapping[str, object] | None = None
    open_since: tuple[date, ...] = ()


class Keys(NamedTuple):
    """What a visit is found by; people are users' ids."""

    prescriber: int | None
    monitor: int | None
    indication: str
    phase: str


@dataclass(frozen=True)
class SessionFacts:
    """One visit with everything that stands about it. `is_dosed`: a spray stands and it wasn't voided. `monitor` is a user's id.

    Fifty measures ask the same few things of it: each of them is found once.
    """

    pk: int
    treatment_on: date
    status: str
    terms: Terms
    starts_at: datetime = datetime(2000, 1, 1, tzinfo=UTC)
    patient: int = 0
    monitor: int | None = None
    planned_dose_mg: int = 56
    protocol: TreatmentProtocol = REMS_ESKETAMINE
    owes_form: bool = True
    is_outpatient: bool = True
    booked: tuple[datetime, datetime] | None = None
    arrived_at: datetime | None = None
    ended_at: datetime | None = None
    devices: Sequence[DeviceFact] = ()
    readings: Sequence[Reading] = ()
    decisions: Sequence[Decision] = ()
    breaches: Sequence[Broken] = ()
    alerts: Sequence[AlertFact] = ()
    help_calls: Sequence[Asked] = ()
    emergencies: Sequence[Pressed] = ()
    safety_calls: Sequence[Call] = ()
    serious_events: int = 0
    prescriber_stays: Sequence[Presence] = ()
    course: CourseFact = field(default_factory=CourseFact)
    form: FormFact | None = None
    enrolled_on: date | None = None
    is_certified: bool = True
    is_early: bool = False
    ready_at: datetime | None = None
    departed_at: datetime | None = None
    departure_signed_at: datetime | None = None

    @cached_property
    def is_dosed(self) -> bool:
        return bool(self.devices) and self.status in DOSED

    @cached_property
    def is_over(self) -> bool:
        """Dosed, and the patient has gone."""
        return self.is_dosed and self.status in OVER and self.ended_at is not None

    @cached_property
    def first_device_at(self) -> datetime | None:
        return min((device.at for device in self.devices), default=None)

    @cached_property
    def last_device_at(self) -> datetime | None:
        return max((device.at for device in self.devices), default=None)

    @cached_property
    def place(self) -> CoursePosition:
        """From the dosed days before the visit, here and elsewhere: `next_number` is the visit's own, were it dosed (DOS-3, DOS-4)."""
        course = self.course
        before = [day for day in course.dosed_days if day < self.treatment_on]
        return course_position(
            course.indication,
            None,
            before,
            course.earlier_sessions,
            course.earlier_first_on,
            self.treatment_on,
            earlier_last_on=course.earlier_last_on,
        )

    @cached_property
    def planned_checks(self) -> list[PlannedCheck]:
        """The planned checks as they stood when the patient went; none before that (MON-3, MON-7)."""
        first, last, end = self.first_device_at, self.last_device_at, self.ended_at
        if not self.is_over or first is None or last is None or end is None:
            return []
        done = [reading.planned_minute for reading in self.readings if reading.planned_minute is not None]
        return after_the_end(planned_checks(first_device_at=first, last_device_at=last, policy=self.terms.clocks, done_minutes=done, now=end))

    @property
    def keys(self) -> Keys:
        return Keys(self.course.prescriber, self.monitor, self.course.indication, self.place.phase.value)

    def said(self, measure: "Measure", today: date) -> "tuple[Answer | None, str]":
        """What a measure says of this visit, and its detail in words."""
        answer = measure.answer(self, today)
        return answer, measure.detail(self) if answer is not None and measure.detail is not None else ""
