"""Scores: entered, corrected, taken back; a positive suicide item calls a clinician at once and stays red until one has acted (DOS-3, PRE-4)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction

from clinic import audit
from clinic.actions.notices import raise_notice, resolve_notices
from clinic.facts import written_at
from clinic.findings import refuse
from clinic.models import Membership, User
from clinic.queries import policy_on
from clinic.roles import Permission, may
from patients.actions.facts import correction
from patients.actions.writing import locked, moment_of, posted_before, refuse_fields, today_of
from patients.models import Assessment, Patient, RiskAnswer
from patients.queries.scores import RISK_NOTICE
from patients.queries.standing import open_course
from patients.rules.scores import Scale, is_suicide_positive, score_problems, total_of

TEXT = "The suicide item of a score is positive: a clinician sees or calls the patient now."


@dataclass(frozen=True, kw_only=True)
class Answered:
    """One scale as somebody posts it; `rated_by` is empty for whoever enters it. `is_incomplete`: the gaps are meant."""

    scale: Scale
    answers: Mapping[str, int]
    on: date
    is_incomplete: bool = False
    rated_by: User | None = None
    client_key: UUID = field(default_factory=uuid4)


@transaction.atomic
def record_score(
    patient: Patient, answered: Answered, *, supersedes: Assessment | None = None, reason: str = "", by: Membership, now: datetime
) -> Assessment:
    """Keep one scale's answers with their total, or as incomplete; a positive suicide item raises its notice in the same moment.

    A correction names the old row and says why; only a clinician takes back a positive suicide item. Raises Refused for what can't be.
    Returns the earlier row for a repeated key.
    """
    row = locked(patient)
    if before := posted_before(Assessment, row, answered.client_key):
        return before
    problems = score_problems(answered.scale, answered.answers, is_incomplete=answered.is_incomplete, on=answered.on, today=today_of(row.site, now))
    refuse_fields("DOS-3", problems)
    site_from = policy_on(row.site, answered.on).madrs_suicide_from
    is_positive = is_suicide_positive(answered.scale, answered.answers, site_from=site_from)
    if supersedes is not None:
        require_clinician(supersedes, lowers=not is_positive, by=by)
    told = columns(answered, supersedes, row, now)
    made = Assessment.objects.create(
        site=row.site, patient=row, **told, is_suicide_positive=is_positive,
        recorded_at=written_at(told["observed_at"], now), recorded_by=by.user, client_key=answered.client_key, **correction(supersedes, reason),
    )  # fmt: skip
    verb, changes = ("corrected", {"supersedes": supersedes.pk}) if supersedes is not None else ("recorded", {})
    write_down(f"score.{verb}", made, by.user, now, {"instrument": made.instrument, "is_complete": made.total is not None, **changes})
    if supersedes is not None:
        resolve_notices(row.site, RISK_NOTICE, supersedes, "Corrected.", now)
    call_clinician(made, now)
    return made


def columns(answered: Answered, supersedes: Assessment | None, patient: Patient, now: datetime) -> dict[str, Any]:
    """A score of today is of this moment, one of an earlier day of its noon; a correction of the same day keeps its moment."""
    scale, on = answered.scale, answered.on
    observed_at = now if on == today_of(patient.site, now) else moment_of(on, patient.site, now)
    case = uuid4()
    if supersedes is not None:
        observed_at = supersedes.observed_at if on == supersedes.observed_on else observed_at
        case = case_of(supersedes, answered)
    return {
        "case": case, "instrument": scale.code, "version": scale.version, "observed_at": observed_at, "observed_on": on,
        "answers": dict(answered.answers), "total": total_of(scale, answered.answers), "observed_by": answered.rated_by,
    }  # fmt: skip


def case_of(old: Assessment, answered: Answered) -> UUID:
    """What was done about the old answer holds for the new one, unless the suicide item turns out to be higher."""
    item = answered.scale.suicide_item
    return uuid4() if answered.answers.get(item, 0) > old.answers.get(item, 0) else old.case


def require_clinician(old: Assessment, *, lowers: bool, by: Membership) -> None:
    if old.is_suicide_positive and lowers and not may(by.role, Permission.ANSWER_RISK):
        raise refuse("PRE-4", "Only a clinician takes back a positive suicide item.", code="PRE-4.clinician")


def call_clinician(made: Assessment, now: datetime) -> None:
    """The notice of a positive item, the course's prescriber its owner; nothing where it was answered before it was corrected."""
    if not made.is_suicide_positive or RiskAnswer.objects.standing().filter(case=made.case).exists():
        return
    course = open_course(made.patient)
    raise_notice(made.site, RISK_NOTICE, "PRE-4", made, TEXT, now, due_at=now, owner=course.prescriber if course is not None else None)


@transaction.atomic
def withdraw_score(assessment: Assessment, *, reason: str, client_key: UUID, by: Membership, now: datetime) -> Assessment:
    """Take back a score that was never this patient's; both rows stay (MON-7). Raises Refused without a reason, and for a stale page."""
    patient = locked(assessment.patient)
    if before := posted_before(Assessment, patient, client_key):
        return before
    require_clinician(assessment, lowers=True, by=by)
    same = ("case", "instrument", "version", "observed_at", "observed_on", "answers", "total", "is_suicide_positive", "observed_by_id")
    kept = {name: getattr(assessment, name) for name in same}
    made = Assessment.objects.create(
        site=patient.site, patient=patient, **kept, recorded_at=written_at(assessment.observed_at, now), recorded_by=by.user, client_key=client_key, is_withdrawn=True,
        **correction(assessment, reason),
    )  # fmt: skip
    write_down("score.withdrawn", made, by.user, now, {"supersedes": assessment.pk})
    resolve_notices(patient.site, RISK_NOTICE, assessment, "Taken back.", now)
    return made


@transaction.atomic
def answer_risk(assessment: Assessment, *, done: str, client_key: UUID, by: User, now: datetime) -> RiskAnswer:
    """A clinician says what was done about a positive suicide item: only this ends its red. The caller has asked for the right.

    Raises Refused without words, and where nothing is positive. A repeated key returns the earlier row.
    """
    patient = locked(assessment.patient)
    before = RiskAnswer.objects.filter(client_key=client_key).first()
    if before is not None and before.case != assessment.case:
        raise refuse("MON-7", "This page is out of date. Load it again.", code="client_key")
    if before is not None:
        return before
    if not assessment.is_suicide_positive:
        raise refuse("PRE-4", "The suicide item of this score is not positive.", code="PRE-4.negative")
    if not done.strip():
        raise refuse("PRE-4", "Say what was done: who saw the patient, what was found and agreed.", field="done")
    made = RiskAnswer.objects.create(
        site=patient.site, assessment=assessment, case=assessment.case, done=done.strip()[:500], observed_at=now, recorded_at=now,
        recorded_by=by, client_key=client_key,
    )  # fmt: skip
    write_down("risk.answered", assessment, by, now, {"answer": made.pk})
    resolve_notices(patient.site, RISK_NOTICE, assessment, "A clinician has acted.", now)
    return made


def write_down(action: str, target: Assessment, by: User, now: datetime, changes: Mapping[str, object]) -> None:
    audit.record(action=action, target=target, by=by, now=now, site=target.site, patient_pk=target.patient_id, changes=changes)
