"""Safety calls: which are due, what a patient's last suicide item said; the one answer for pages, and for messages that wait (MSG-7)."""

from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet

from clinic.models import Site
from patients.models import Patient
from patients.models.course import Indication
from patients.queries.scores import last_suicide_answer
from sessions.models import CallAttempt, PreDoseCheck, ReadinessCheck, SafetyCall, TreatmentSession
from sessions.rules import safety_calls as rules
from sessions.states import Status

CALL_NOTICE = "safety_call"
# After these a call may be owed; the pages of other sessions don't ask.
MAY_OWE = (Status.LEFT, Status.DISCHARGED, Status.HELD, Status.MISSED, Status.CANCELLED)


def open_calls(site: Site) -> QuerySet[SafetyCall]:
    """Calls that nobody has closed, the soonest due first."""
    return SafetyCall.objects.filter(site=site, closed_at__isnull=True).select_related("session__patient", "owner").order_by("due_at", "pk")


def open_call_of(session: TreatmentSession) -> SafetyCall | None:
    return SafetyCall.objects.filter(session=session, closed_at__isnull=True).select_related("owner").first()


def calls_of(patient: Patient) -> QuerySet[SafetyCall]:
    """A patient's open calls, for the chart."""
    return SafetyCall.objects.filter(session__patient=patient, closed_at__isnull=True).select_related("session", "owner").order_by("due_at", "pk")


def patients_waiting_for_a_call(patient_pks: Collection[int]) -> set[int]:
    """Those of these patients to whom a clinician owes a call: automatic texts about the visit wait for it (MSG-7)."""
    rows = SafetyCall.objects.filter(session__patient_id__in=patient_pks, closed_at__isnull=True)
    return set(rows.values_list("session__patient_id", flat=True))


def is_call_due(patient: Patient) -> bool:
    """Whether a clinician owes this patient a call now (MSG-7)."""
    return bool(patients_waiting_for_a_call([patient.pk]))


def attempts_of(call: SafetyCall) -> list[CallAttempt]:
    return list(CallAttempt.objects.standing().filter(call=call).select_related("recorded_by"))


def is_call_owed(session: TreatmentSession, why: str) -> bool:
    """MSG-7 about one visit, by the course's indication and the patient's last suicide item."""
    is_mdsi = session.course.indication == Indication.MDSI
    must_ask = why not in rules.ALWAYS and not is_mdsi
    return rules.is_owed(why=why, is_mdsi=is_mdsi, was_positive=must_ask and last_item_positive(session.patient_id))


def last_item_positive(patient_pk: int) -> bool:
    """Whether the newest suicide item was positive: of a visit (the screen before a dose, and what was answered at leaving after it), or of
    a score, whichever is of the later day; of one day, either (PRE-4, OUT-1, MSG-7)."""
    screen = newest_answer(PreDoseCheck.objects.standing(), patient_pk)
    asked = ReadinessCheck.objects.standing()
    again = newest_answer(asked.filter(observed_at__gte=screen.observed_at) if screen is not None else asked, patient_pk)
    at_visit = rules.was_positive(
        screen=str(screen.answers["suicide_risk"]) if screen else "", readiness=str(again.answers["suicide_risk"]) if again else ""
    )
    visit_on = max((one.session.treatment_on for one in (screen, again) if one is not None), default=None)
    scored_on, at_score = last_suicide_answer(patient_pk) or (None, False)
    return rules.last_was_positive(visit_on=visit_on, at_visit=at_visit, scored_on=scored_on, at_score=at_score)


def newest_answer(rows: QuerySet[Any], patient_pk: int) -> Any:
    """The newest check of a patient in which the suicide item was asked, or None; they are read here, since answers may be sealed."""
    found = rows.filter(session__patient_id=patient_pk).exclude(session__status=Status.VOIDED).select_related("session")
    return next((row for row in found.order_by("-observed_at", "-pk") if "suicide_risk" in row.answers), None)
