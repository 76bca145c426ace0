"""The only door to one session: hidden ones are 404, forbidden acts are 403."""

from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.urls import reverse

from clinic.access import row_for
from clinic.audit import chain_of, chain_seq
from clinic.prepared import prepared
from clinic.queries.presence import LONGEST_STAY
from clinic.roles import Permission
from sessions.models import AdverseEvent, Alert, BenefitReview, Departure, Emergency, MonitoringForm, SafetyCall, TreatmentSession
from sessions.picture import has_standing
from sessions.queries.adverse import with_reported
from sessions.queries.numbering import with_place
from sessions.queries.presence import is_covered
from sessions.queries.screening import screen_is_open
from sessions.queries.screens import had_help
from sessions.queries.voiding import is_reentered


@prepared
def sessions_by_key(site_pk: int, pk: int, chain: str, now: datetime, since: datetime) -> QuerySet[TreatmentSession]:
    rows = TreatmentSession.objects.select_related("patient", "chair", "course", "order", "policy", "monitor").annotate(
        needs_prescriber=screen_is_open(),
        is_covered=is_covered(now, since),
        had_help=had_help(),
        had_emergency=Exists(Emergency.objects.filter(session=OuterRef("pk"))),
        is_reentered=is_reentered(),
        has_standing=has_standing(),
        chain_seq=chain_seq(chain),
    )
    return with_place(rows).filter(site_id=site_pk, pk=pk)


def session_for(request: HttpRequest, pk: int, permission: Permission) -> TreatmentSession:
    """One session of the request's site, with its patient, chair, course and order; `needs_prescriber` after a positive screen (PRE-4), `had_help` when the patient ever called for help, `had_emergency` when an emergency was theirs, `chain_seq` is the number of the last audited act. `clinic.access.site_for` comes first."""
    chain, now = chain_of(request.site), request.now  # type: ignore[attr-defined]
    session: TreatmentSession = row_for(request, sessions_by_key, pk, permission, "treatmentsession", chain, now, now - LONGEST_STAY)
    session.site = request.site  # type: ignore[attr-defined]
    request.at_session = session.pk  # type: ignore[attr-defined]  # what the emergency button of this page is about
    return session


def form_for(request: HttpRequest, pk: int, permission: Permission) -> MonitoringForm:
    """One monitoring form of the request's site, with its session and patient."""
    rows = MonitoringForm.objects.select_related("session", "session__patient", "session__course", "session__policy", "completed_by")
    form: MonitoringForm = row_for(request, rows, pk, permission, "monitoringform")
    return form


def alert_for(request: HttpRequest, pk: int, permission: Permission) -> Alert:
    """One alert of the request's site, with its session."""
    alert: Alert = row_for(request, Alert.objects.select_related("session"), pk, permission, "alert")
    return alert


def departure_for(request: HttpRequest, pk: int, permission: Permission) -> Departure:
    """How a patient of the request's site went, with the session."""
    rows = Departure.objects.standing().select_related("session", "session__patient", "recorded_by", "observed_by")
    departure: Departure = row_for(request, rows, pk, permission, "departure")
    departure.session.site = request.site  # type: ignore[attr-defined]
    return departure


def call_for(request: HttpRequest, pk: int, permission: Permission) -> SafetyCall:
    """One safety call of the request's site, with its session and patient."""
    rows = SafetyCall.objects.select_related("session", "session__patient", "owner", "closed_by")
    call: SafetyCall = row_for(request, rows, pk, permission, "safetycall")
    call.session.site = request.site  # type: ignore[attr-defined]
    return call


def fact_for(request: HttpRequest, model: Any, pk: int, permission: Permission) -> Any:
    """One fact (a check, a round, an event) of the request's site, with its session and patient."""
    rows = model.objects.select_related("session", "session__patient", "session__chair", "session__policy", "recorded_by")
    fact = row_for(request, rows, pk, permission, model._meta.model_name)
    fact.session.site = request.site  # type: ignore[attr-defined]
    return fact


def open_session(request: HttpRequest, pk: int) -> TreatmentSession:
    """The door for what hangs on a session: its attachments and notices."""
    return session_for(request, pk, Permission.VIEW_RECORD)


def session_address(site_slug: str, pk: int) -> str:
    """Where a notice about a session leads."""
    return reverse("flowsheet", args=[site_slug, pk])


def open_form(request: HttpRequest, pk: int) -> MonitoringForm:
    """The door for what hangs on a monitoring form."""
    return form_for(request, pk, Permission.VIEW_RECORD)


def form_address(site_slug: str, pk: int) -> str:
    """Where a notice about a monitoring form leads."""
    return reverse("form", args=[site_slug, pk])


def emergency_for(request: HttpRequest, pk: int, permission: Permission) -> Emergency:
    """One emergency of the request's site, with its patient, chair and session."""
    rows = Emergency.objects.select_related("session", "patient", "chair", "recorded_by", "ended_by")
    emergency: Emergency = row_for(request, rows, pk, permission, "emergency")
    emergency.site = request.site  # type: ignore[attr-defined]
    return emergency


def open_emergency(request: HttpRequest, pk: int) -> Emergency:
    """The door for what hangs on an emergency."""
    return emergency_for(request, pk, Permission.VIEW_RECORD)


def emergency_address(site_slug: str, pk: int) -> str:
    """Where a notice about an emergency leads."""
    return reverse("emergency", args=[site_slug, pk])


def adverse_for(request: HttpRequest, pk: int, permission: Permission) -> AdverseEvent:
    """One adverse event of the request's site, with its patient and session, and whether it has been reported."""
    rows = with_reported(AdverseEvent.objects.select_related("patient", "session", "recorded_by"))
    event: AdverseEvent = row_for(request, rows, pk, permission, "adverseevent")
    event.site = request.site  # type: ignore[attr-defined]
    return event


def open_adverse(request: HttpRequest, pk: int) -> AdverseEvent:
    """The door for what hangs on an adverse event."""
    return adverse_for(request, pk, Permission.VIEW_RECORD)


def adverse_address(site_slug: str, pk: int) -> str:
    """Where a notice about an adverse event leads."""
    return reverse("adverse_event", args=[site_slug, pk])


def review_for(request: HttpRequest, pk: int, permission: Permission) -> BenefitReview:
    """A standing benefit review of the request's site, with its course and patient."""
    rows = BenefitReview.objects.standing().select_related("course", "course__patient", "course__prescriber")
    review: BenefitReview = row_for(request, rows, pk, permission, "benefitreview")
    return review
