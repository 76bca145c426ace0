"""What stands on a patient's chart today: one query each, superseded rows left out."""

from datetime import date

from django.db.models import Q, QuerySet

from clinic.models import Attachment, Membership, Site, User
from clinic.roles import PRESCRIBING, Role
from clinic.rules.opening import local_day
from patients.models import AntidepressantTrial, Consent, Course, Enrolment, Medicine, Order, Patient, Screening, StandingParameters
from patients.rules.orders import OrderFacts


def current_enrolment(patient: Patient) -> Enrolment | None:
    """The newest standing enrolment (PAT-1)."""
    return Enrolment.objects.standing().filter(patient=patient).select_related("recorded_by").first()


def standing_screenings(patient: Patient) -> list[Screening]:
    """All standing screenings, newest first: a contraindication in any of them blocks (PAT-3)."""
    return list(Screening.objects.standing().filter(patient=patient).select_related("recorded_by"))


def current_consent(patient: Patient) -> Consent | None:
    """The newest standing consent (PAT-5)."""
    return Consent.objects.standing().filter(patient=patient).select_related("recorded_by").first()


def has_proof(enrolment: Enrolment | None) -> bool:
    """Whether a confirmation number or a file proves the submission (PAT-1)."""
    if enrolment is None:
        return False
    return bool(enrolment.proof_note) or proofs_of(enrolment.patient).exists()


def proofs_of(patient: Patient) -> QuerySet[Attachment]:
    """The files beside a patient's enrolment; a correction (the REMS id came later) keeps those of the row it supersedes."""
    rows = Enrolment.objects.filter(patient=patient).values("pk")
    return Attachment.objects.filter(site_id=patient.site_id, target_kind="enrolment", target_pk__in=rows).defer("content")


def medicines_on(patient: Patient, on: date) -> QuerySet[Medicine]:
    """Medicines taken on a day (PAT-6)."""
    begun = Q(started_on__isnull=True) | Q(started_on__lte=on)
    going_on = Q(stopped_on__isnull=True) | Q(stopped_on__gt=on)
    return Medicine.objects.filter(begun, going_on, patient=patient)


def trials_of(patient: Patient) -> QuerySet[AntidepressantTrial]:
    return AntidepressantTrial.objects.filter(patient=patient)


def standing_parameters(patient: Patient, on: date) -> StandingParameters | None:
    """The parameters in force on a day, the newest of several (PAT-8)."""
    rows = StandingParameters.objects.filter(patient=patient, ended_at__isnull=True, from_on__lte=on, until_on__gte=on)
    return rows.select_related("set_by").first()


def open_course(patient: Patient) -> Course | None:
    """The course that is going on; there is one at most."""
    return Course.objects.filter(patient=patient, ended_at__isnull=True).select_related("prescriber").first()


def orders_in_force(course: Course, on: date) -> QuerySet[Order]:
    """Orders that cover a day and weren't cancelled, newest first; signed or not (DOS-8)."""
    return Order.objects.filter(course=course, cancelled_at__isnull=True, valid_from_on__lte=on, valid_until_on__gte=on).select_related("ordered_by")


def order_facts(order: Order, site: Site) -> OrderFacts:
    """An order as the plain value that `rules.order_findings` asks for."""
    return OrderFacts(
        dose_mg=order.dose_mg, sessions=order.sessions, valid_from_on=order.valid_from_on, valid_until_on=order.valid_until_on,
        ordered_on=local_day(order.ordered_at, site.zone), is_signed=order.signed_at is not None, is_spoken=order.is_spoken,
        is_cancelled=order.cancelled_at is not None,
    )  # fmt: skip


def prescribers_of(site: Site) -> QuerySet[User]:
    """Who may sign an order at a site: active members in the role with a prescribing credential."""
    members = Membership.objects.filter(site=site, is_active=True, role=Role.PRESCRIBER, credential__in=PRESCRIBING)
    return User.objects.filter(pk__in=members.values("user_id"), is_active=True).order_by("printed_name", "pk")
