"""Whether a message still says what is true and may be said: asked by the sweep, and again at the moment of sending (PAT-7, MSG-1, MSG-7)."""

from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from clinic.marks import same_reach
from patients.models import Patient
from patients.models.messaging import TextConsent
from reminders.models import OutboxMessage, Undeliverable
from reminders.queries.driver_fits import is_for_driver
from reminders.rules.kinds import Kind
from sessions.models import SafetyCall, TreatmentSession
from sessions.states import Status

Channel, State = OutboxMessage.Channel, OutboxMessage.Status
# The status of a visit in which each kind tells the truth.
STATUS_OF_KIND: dict[Kind, str] = {
    Kind.BOOKED: Status.BOOKED,
    Kind.MOVED: Status.BOOKED,
    Kind.CANCELLED: Status.CANCELLED,
    Kind.THREE_DAYS: Status.BOOKED,
    Kind.DAY_BEFORE: Status.BOOKED,
    Kind.MORNING: Status.BOOKED,
    Kind.AFTER: Status.DISCHARGED,
    Kind.MISSED: Status.MISSED,
}
# They wait for a safety call that is due (MSG-7).
AFTER_THE_CALL = (Kind.MISSED, Kind.CANCELLED)


def may_write(channel: str, *, patient: str = "patient__") -> Q:
    """Whether the patient may be written to on a channel: active, and agreed; texts only where the site has a provider (PAT-7, MSG-1). `patient` is the way to the patient's row."""
    is_active = Q(**{f"{patient}status": Patient.Status.ACTIVE}) & ~is_undeliverable(channel, patient)
    if channel == Channel.EMAIL:
        return is_active & Q(**{f"{patient}may_email": True}) & ~Q(**{f"{patient}email": ""})
    has_provider = Q(**{f"{patient}site__messaging__provider__gt": ""})
    return is_active & ~Q(**{f"{patient}text_consent": TextConsent.NONE}) & ~Q(**{f"{patient}phone": ""}) & has_provider


def is_undeliverable(channel: str, patient: str) -> Exists:
    """Whether nothing reaches the patient's present address: a changed one is tried anew, and one that works after all."""
    field = "email" if channel == Channel.EMAIL else "phone"
    is_present = same_reach(chart=OuterRef(f"{patient}{field}"), kept=F("address"))
    dead = Undeliverable.objects.filter(is_present, patient_id=OuterRef(f"{patient}pk"), channel=channel, reinstatement__isnull=True)
    return Exists(dead.order_by())


def is_answer() -> Q:
    """A direct answer to a patient's own text is free of consent, pauses and hours; it only needs somebody to deliver it (MSG-3)."""
    return Q(kind=Kind.ANSWER, channel=Channel.TEXT, site__messaging__provider__gt="")


def speaks_truth() -> Q:
    """Whether the subject still stands as the message has it: the visit's present slot and state, or an open course."""
    of_status: dict[str, list[str]] = {}
    for kind, status in STATUS_OF_KIND.items():
        of_status.setdefault(status, []).append(kind)
    of_visits = Q()
    for status, kinds in of_status.items():
        of_visits |= Q(kind__in=kinds, session__status=status)
    to_come = TreatmentSession.objects.filter(course_id=OuterRef("subject_pk"), status=Status.BOOKED).order_by()
    of_course = Q(Exists(to_come), subject_kind=OutboxMessage.Subject.COURSE, session__course__ended_at__isnull=True)
    return Q(subject_kind=OutboxMessage.Subject.SESSION, session__schedule_version=F("schedule_version")) & of_visits | of_course


def still_fits() -> Q:
    """The subject stands, and the channel is allowed."""
    allowed = Q()
    for channel in Channel.values:
        allowed |= Q(channel=channel) & may_write(channel)
    return speaks_truth() & allowed | is_answer() | is_for_driver()


def call_is_owed() -> Exists:
    """Whether a clinician owes the message's patient a call: automatic words about the visit wait for it (MSG-7)."""
    return Exists(SafetyCall.objects.filter(session__patient_id=OuterRef("patient_id"), closed_at__isnull=True).order_by())


def that_no_longer_fit() -> QuerySet[OutboxMessage]:
    """Asked row by row, as a join: a list of all that fit would be searched once a row where it outgrows the database's memory for it."""
    waiting = OutboxMessage.objects.filter(status=State.DUE)
    return waiting.exclude(Exists(waiting.filter(still_fits(), pk=OuterRef("pk"))))


def that_fit_again(now: datetime) -> QuerySet[OutboxMessage]:
    """Withdrawn ones whose reason has gone while their time hasn't passed."""
    changed = OutboxMessage.objects.filter(status=State.WITHDRAWN, withdrawal=OutboxMessage.Withdrawal.CHANGED, useless_at__gt=now)
    return changed.filter(still_fits())


def claimable(now: datetime) -> QuerySet[OutboxMessage]:
    """The longest due first. No second key: thousands may be due at the same minute, and would all be sorted for each batch."""
    return OutboxMessage.objects.filter(status=State.DUE, due_at__lte=now).order_by("due_at")


def abandoned(now: datetime) -> QuerySet[OutboxMessage]:
    """Claimed by a worker that never came back."""
    return OutboxMessage.objects.filter(status=State.SENDING, lease_until__lt=now)
