"""Voided sessions: the task to tell the REMS, and where what was written has been entered again."""

from django.db.models import Exists, OuterRef, QuerySet

from clinic.models import Notice
from sessions.models import TreatmentSession
from sessions.rules.voiding import CLOSED, GONE, WRITTEN
from sessions.states import PRESENT

TELL_REMS = "tell_rems"


def is_reentered() -> Exists:
    """For a query of sessions: entries were first written in another patient's session; without a query of its own."""
    return Exists(TreatmentSession.objects.filter(replaced_by=OuterRef("pk")))


def must_tell_rems(session: TreatmentSession) -> bool:
    return Notice.objects.filter(site_id=session.site_id, kind=TELL_REMS, target_pk=session.pk, resolved_at__isnull=True).exists()


def may_replace(session: TreatmentSession) -> QuerySet[TreatmentSession]:
    """Sessions of other patients on the same day that could take it: among them is the right one. The act asks in full."""
    rows = TreatmentSession.objects.filter(site_id=session.site_id, treatment_on=session.treatment_on).exclude(patient_id=session.patient_id)
    rows = rows.exclude(status__in=(*CLOSED, *GONE) if session.status in PRESENT else CLOSED)
    return rows.select_related("patient", "chair").order_by("starts_at", "pk")


def may_swap(session: TreatmentSession) -> QuerySet[TreatmentSession]:
    """Sessions of other patients on the same day in which something is written, closed ones too."""
    rows = TreatmentSession.objects.filter(site_id=session.site_id, treatment_on=session.treatment_on, status__in=WRITTEN)
    return rows.exclude(patient_id=session.patient_id).select_related("patient", "chair").order_by("starts_at", "pk")
