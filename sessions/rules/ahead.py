"""What will go wrong in the coming days: the one table of kinds, and what is judged of visits, authorisations and dates (SET-1…SET-4, PAT-1, PAT-5, DOS-3, DOS-8)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from clinic.rules.standing import DeviceState, TrainingSpan
from sessions.rules.authorisations import Grant, carrier, drawn
from sessions.rules.benefit import BASELINE_WITHIN

DAYS = 14


@dataclass(frozen=True, slots=True)
class Weight:
    """How much a line weighs; word and icon say it, never the tone alone. Nothing here is red: nobody is in the chair."""

    order: int
    word: str
    tone: str
    icon: str


STOPS = Weight(1, "Stops the visit", "stop", "octagon-x")
ACT = Weight(2, "Needs somebody", "warn", "triangle-alert")
SOON = Weight(3, "Coming up", "info", "clock")


@dataclass(frozen=True, slots=True)
class Kind:
    """`page` is the form that mends it (the chart for who may not), `label` the word on its link; `of`: the row in its address,

    with the scale that is to be taken.
    """

    code: str
    rule: str
    weight: Weight
    page: str
    label: str
    of: str = "patient"
    scale: str = ""


CLOSED = Kind("closed_day", "DOS-9", STOPS, "session_move", "Move the visit", "session")
TOO_SHORT = Kind("visit_too_short", "PAT-8", ACT, "session_move", "Lengthen or move", "session")
INACTIVE = Kind("patient_not_active", "PAT-7", ACT, "patient_chart", "Look at the chart")
ENROLMENT = Kind("not_enrolled", "PAT-1", STOPS, "enrolment_new", "Record the enrolment")
PROOF = Kind("enrolment_unproven", "PAT-1", STOPS, "enrolment_proof", "Add the proof", "enrolment")
SCREENING = Kind("not_screened", "PAT-3", STOPS, "screening_new", "Screen")
CONSENT = Kind("not_counselled", "PAT-5", STOPS, "consent_new", "Record the consent")
OLD_CONSENT = Kind("consent_older", "PAT-5", ACT, "consent_new", "Go through the new text")
COURSE = Kind("course_ended", "PAT-2", STOPS, "course_new", "Open a course")
ORDER = Kind("order_missing", "DOS-8", STOPS, "order_new", "Order doses", "course")
COSIGN = Kind("order_unsigned", "DOS-8", STOPS, "order_cosign", "Co-sign", "order")
DEVICE = Kind("device_not_ordered", "DEV-1", ACT, "intake_step", "Record the device’s order", "intake")
NOT_COVERED = Kind("not_authorised", "payer", ACT, "authorisation_new", "Add the authorisation")
USED_UP = Kind("authorisation_used_up", "payer", ACT, "authorisation_new", "Add a renewal")
ENDING = Kind("authorisation_ends", "payer", SOON, "authorisation_new", "Add a renewal")
BASELINE = Kind("no_baseline", "DOS-3", ACT, "score_new", "Take the score", scale="phq-9")
BENEFIT = Kind("benefit_review", "DOS-3", ACT, "benefit_review", "Review the benefit", "course")
UNDECIDED = Kind("next_step_open", "DOS-6", ACT, "session_next", "Decide", "session")
OFF_SCHEDULE = Kind("off_schedule", "DOS-5", ACT, "session_move", "Decide or move", "session")
TRANSFER = Kind("rems_not_told", "SET-8", ACT, "transfer_told", "Tell the REMS", "move")
CERTIFICATION = Kind("not_certified", "SET-1", STOPS, "certification", "Certification", "site")
REVIEW = Kind("certification_review", "SET-1", SOON, "certification", "Certification", "site")
TRAINING = Kind("training_lapses", "SET-3", ACT, "staff_member", "Record the training", "member")
EQUIPMENT = Kind("equipment_check", "SET-4", ACT, "equipment_item", "Record the check", "equipment")
NO_EQUIPMENT = Kind("equipment_missing", "SET-4", STOPS, "equipment", "Equipment", "site")
KINDS: tuple[Kind, ...] = (
    CERTIFICATION,
    NO_EQUIPMENT,
    CLOSED,
    INACTIVE,
    TOO_SHORT,
    ENROLMENT,
    PROOF,
    SCREENING,
    CONSENT,
    COURSE,
    ORDER,
    COSIGN,
    OLD_CONSENT,
    DEVICE,
    UNDECIDED,
    OFF_SCHEDULE,
    BASELINE,
    BENEFIT,
    USED_UP,
    NOT_COVERED,
    TRANSFER,
    TRAINING,
    EQUIPMENT,
    REVIEW,
    ENDING,
)


def window(today: date) -> tuple[date, date]:
    """Today and the last day that is looked at."""
    return today, today + timedelta(days=DAYS - 1)


def payer_problem(grants: Iterable[Grant], *, on: date, booked_before: Iterable[date]) -> Kind | None:
    """Whether the payer pays a visit on `on`: covered by an authorisation with a session left after the visits booked before it.

    Without any authorisation on record nothing is known, and nothing is said.
    """
    left = drawn(grants, booked_before)
    if not left:
        return None
    place = carrier(left, on)
    if place is None:
        return NOT_COVERED
    return None if left[place].left > 0 else USED_UP


def ends_ahead(grants: Iterable[Grant], today: date) -> date | None:
    """When the last authorisation ends, if that is within the days that are looked at; with another after it nothing ends."""
    last = max((one.until_on for one in grants), default=None)
    return last if last is not None and today <= last <= window(today)[1] else None


def lapse_of(spans: Iterable[TrainingSpan]) -> date | None:
    """The last valid day that a person's trainings of one kind give; None when one doesn't lapse, or none was done."""
    ends = [span.expires_on for span in spans]
    return None if not ends or None in ends else max(end for end in ends if end is not None)


def check_due_on(device: DeviceState) -> date | None:
    """The last day on which a device's check still counts (SET-4); None while it was never checked."""
    return device.checked_on + timedelta(days=device.every_days) if device.checked_on is not None else None


def has_baseline(score_days: Iterable[date], *, first_on: date) -> bool:
    """Whether a complete score of the last month before the first dose is on record, to judge the benefit against (DOS-3)."""
    return any(first_on - BASELINE_WITHIN <= day <= first_on for day in score_days)


def shown_on(due_on: date, today: date) -> date | None:
    """The day that a date stands under: overdue ones under today, later than the window none."""
    first, last = window(today)
    return max(due_on, first) if due_on <= last else None
