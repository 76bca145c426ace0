"""The compliance measures: one declaration each, over plain values of one session, citing the rulebook."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from clinic.rules.presence import Presence, gaps

MID_FROM, MID_TO = timedelta(minutes=30), timedelta(minutes=50)


@dataclass(frozen=True, slots=True)
class Reading:
    """One check: when, and whether both pressures were obtained."""

    at: datetime
    has_pressure: bool
    is_baseline: bool


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """What the measures know about one session; times are aware, days are the site's."""

    pk: int
    treatment_on: date
    is_over: bool
    owes_form: bool
    first_device_at: datetime | None
    last_device_at: datetime | None
    ended_at: datetime | None
    gate_from_last: bool
    minimum_watch: timedelta
    final_max_age: timedelta
    readings: Sequence[Reading]
    enrolled_on: date | None
    form_due_on: date | None
    form_proven_sent_on: date | None
    prescriber_stays: Sequence[Presence]
    checks_from_last: bool = False
    was_signed_out: bool | None = None


# True: kept. False: fell short. None: the measure doesn't speak about this session.
Answer = bool | None


@dataclass(frozen=True, slots=True)
class Measure:
    code: str
    rule: str
    question: str
    kept: str
    counted: str
    left_out: str
    answer: Callable[[SessionFacts, date], Answer]
    target: float = 1.0


def watched(facts: SessionFacts, today: date) -> Answer:
    """Whether the minimum watch was served from the device that the site counts from (MON-1, MON-2)."""
    if facts.first_device_at is None or facts.last_device_at is None or not facts.is_over or facts.ended_at is None:
        return None
    start = facts.last_device_at if facts.gate_from_last else facts.first_device_at
    return facts.ended_at - start >= facts.minimum_watch


def three_pressures(facts: SessionFacts, today: date) -> Answer:
    """Whether pressure was taken before the dose, 30–50 minutes after the device that the site's checks count from, and before leaving (MON-3)."""
    if facts.first_device_at is None or facts.last_device_at is None or not facts.is_over or facts.ended_at is None:
        return None
    first, end = facts.first_device_at, facts.ended_at
    start = facts.last_device_at if facts.checks_from_last else first
    taken = [reading for reading in facts.readings if reading.has_pressure]
    before = any(reading.at <= first for reading in taken)
    middle = any(MID_FROM <= reading.at - start <= MID_TO for reading in taken)
    final = any(reading.at > first and timedelta(0) <= end - reading.at <= facts.final_max_age for reading in taken)
    return before and middle and final


def filed_in_time(facts: SessionFacts, today: date) -> Answer:
    """Whether the send that was later proven went out by the end of day 7 (PMF-5). A form that isn't due yet isn't judged."""
    if facts.form_due_on is None:
        return None
    if facts.form_proven_sent_on is not None:
        return facts.form_proven_sent_on <= facts.form_due_on
    return None if today <= facts.form_due_on else False


def enrolled_first(facts: SessionFacts, today: date) -> Answer:
    """Whether the enrolment was submitted by the day of the dose (PAT-1; outpatient sessions)."""
    if facts.first_device_at is None or not facts.owes_form:
        return None
    return facts.enrolled_on is not None and facts.enrolled_on <= facts.treatment_on


def prescriber_present(facts: SessionFacts, today: date) -> Answer:
    """Whether a prescriber was on site from the first device to the end (SET-2). An unconfirmed presence counts as a gap."""
    if facts.first_device_at is None or not facts.is_over or facts.ended_at is None:
        return None
    return not gaps(facts.prescriber_stays, facts.first_device_at, facts.ended_at)


def signed_out(facts: SessionFacts, today: date) -> Answer:
    """Whether the patient was signed out with every rule met: not early, not gone without a word (OUT-3). A transfer isn't judged."""
    return facts.was_signed_out if facts.first_device_at is not None and facts.is_over else None


_OVER = "Sessions with at least one spray that are over."
MEASURES: tuple[Measure, ...] = (
    Measure(
        "watched", "MON-1", "Was the patient watched for the whole minimum time?",
        "The end lies at least the minimum watch after the device that the site counts from.", _OVER, "Sessions under way.", watched,
    ),
    Measure(
        "pressures", "MON-3", "Was blood pressure taken before, at 30–50 minutes, and before leaving?",
        "Both values were obtained at all three moments.", _OVER, "Sessions under way.", three_pressures,
    ),
    Measure(
        "filed", "PMF-5", "Was the monitoring form sent within seven days, with proof?",
        "The send that was proven went out by the end of day 7.", "Sessions that owe a form.", "Forms that are not due yet.", filed_in_time,
    ),
    Measure(
        "enrolled", "PAT-1", "Was the patient enrolled before the dose?",
        "The enrolment was submitted by the day of treatment.", "Outpatient sessions with at least one spray.",
        "Inpatient and emergency sessions.", enrolled_first,
    ),
    Measure(
        "prescriber", "SET-2", "Was a prescriber on site throughout?",
        "Confirmed presence covers the time from the first device to the end.", _OVER, "Sessions under way.", prescriber_present,
    ),
    Measure(
        "signed_out", "OUT-3", "Was the patient signed out with every rule met?",
        "Signed with the gate open; early discharges and patients who left without a sign-off fall short.", _OVER,
        "Sessions under way, emergency transfers.", signed_out,
    ),
)  # fmt: skip
MEASURE_BY_CODE = {measure.code: measure for measure in MEASURES}


@dataclass(frozen=True, slots=True)
class Result:
    """A measure over many sessions: how many count, how many kept it, and which fell short."""

    measure: Measure
    counted: int
    kept: int
    fell_short: tuple[int, ...]
    kept_pks: tuple[int, ...]

    @property
    def percent(self) -> float | None:
        """None for nothing counted: never 100 % of none."""
        return None if not self.counted else 100 * self.kept / self.counted

    @property
    def is_met(self) -> bool:
        return self.counted > 0 and self.kept >= self.measure.target * self.counted


def evaluate(measure: Measure, sessions: Iterable[SessionFacts], *, today: date) -> Result:
    """One measure over sessions, in their order."""
    kept: list[int] = []
    fell_short: list[int] = []
    for facts in sessions:
        answer = measure.answer(facts, today)
        if answer is None:
            continue
        (kept if answer else fell_short).append(facts.pk)
    return Result(measure, len(kept) + len(fell_short), len(kept), tuple(fell_short), tuple(kept))
