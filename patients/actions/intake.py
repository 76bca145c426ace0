"""Run an intake: begin it, record what no chart holds, hand it to somebody, let it end, open it again."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from clinic import audit
from clinic.findings import refuse
from clinic.models import Membership, Site, User
from clinic.roles import Permission, may
from patients.actions.course import earlier_problems
from patients.actions.facts import correction
from patients.actions.writing import locked, moment_of, posted_before, refuse_fields, today_of
from patients.models import Intake, IntakeFact, Patient
from patients.queries.intake import lines
from patients.rules.intake import CLINICAL, RECORDED

RULE = "PAT-1"


@transaction.atomic
def begin_intake(patient: Patient, *, fields: Mapping[str, Any], client_key: UUID, by: User, now: datetime) -> Intake:
    """Begin an intake: where from, by whom referred and when, who owns it; of a transfer in, what was given elsewhere (DOS-3).

    Raises Refused for a day to come, an open intake, an owner of another site. Returns the earlier row for a repeated key.
    """
    row = locked(patient)
    if earlier := posted_before(Intake, row, client_key):
        return earlier
    today = today_of(row.site, now)
    refuse_fields(RULE, earlier_problems(fields, today) | ({"referred_on": "This date lies in the future."} if fields["referred_on"] > today else {}))
    require_member(fields["owner"], row.site, "owner")
    try:
        with transaction.atomic():
            intake = Intake.objects.create(site=row.site, patient=row, client_key=client_key, opened_at=now, opened_by=by, **fields)
    except IntegrityError as error:
        raise refuse(RULE, "This patient already has an open intake.", code="intake.open") from error
    changes = {"origin": intake.origin, "owner": intake.owner_id}
    audit.record(action="intake.begun", target=intake, by=by, now=now, site=row.site, patient_pk=row.pk, changes=changes)
    return intake


def require_member(person: User, site: Site, field: str) -> None:
    if not Membership.objects.filter(site=site, user=person, is_active=True).exists():
        raise refuse("SET-10", "This person doesn't belong to the site.", field=field)


@transaction.atomic
def record_step(intake: Intake, *, step: str, done_on: date, done_by: User, note: str, client_key: UUID, by: Membership, now: datetime) -> IntakeFact:
    """Record what no chart holds: the evaluation, the PDMP, that no authorisation or that a device was asked for; who did it and when.

    Raises Refused for a step that the chart holds, a role that may not, a closed intake, a day to come, "none needed" without why.
    """
    row = locked_open(intake)
    if earlier := _posted(row, client_key):
        return earlier
    if step not in RECORDED:
        raise refuse(RULE, "This step is read off the chart.", code="intake.step", field="step")
    if step in CLINICAL and not may(by.role, Permission.CLINICAL_CHART):
        raise refuse("SET-10", "Your role doesn't record this step.", code="intake.role", field="step")
    if done_on > today_of(row.site, now):
        raise refuse(RULE, "This date lies in the future.", field="done_on")
    if step == IntakeFact.Kind.NO_AUTHORISATION and not note:
        raise refuse(RULE, "Say why none is needed.", field="note")
    require_member(done_by, row.site, "done_by")
    fact = IntakeFact(kind=step, note=note, observed_by=done_by, client_key=client_key)
    return _add(fact, row, moment_of(done_on, row.site, now), by.user, now)


def locked_open(intake: Intake) -> Intake:
    row = locked(intake)
    if row.status != Intake.Status.OPEN:
        raise refuse(RULE, "This intake is closed. Reopen it first.", code="intake.closed")
    return row


def _posted(intake: Intake, client_key: UUID) -> IntakeFact | None:
    """What an earlier post with this key made. Raises Refused for the key of another intake's post."""
    fact = IntakeFact.objects.filter(client_key=client_key).first()
    if fact is not None and fact.intake_id != intake.pk:
        raise refuse("MON-7", "This page is out of date. Load it again.", code="client_key")
    return fact


def _add(fact: IntakeFact, intake: Intake, observed_at: datetime, by: User, now: datetime) -> IntakeFact:
    fact.intake, fact.site, fact.observed_at, fact.recorded_at, fact.recorded_by = intake, intake.site, observed_at, now, by
    fact.save(force_insert=True)
    act = "intake.taken_back" if fact.is_withdrawn else f"intake.{fact.kind}"
    changes = {"drop_reason": fact.drop_reason} if fact.drop_reason else {}
    audit.record(action=act, target=intake, by=by, now=now, site=intake.site, patient_pk=intake.patient_id, changes=changes)
    return fact


@transaction.atomic
def take_step_back(fact: IntakeFact, *, reason: str, client_key: UUID, by: Membership, now: datetime) -> IntakeFact:
    """A step that was recorded by mistake: the row is kept and stands no longer. Raises Refused without a reason, or when it was taken back."""
    row = locked_open(fact.intake)
    if earlier := _posted(row, client_key):
        return earlier
    if fact.kind not in RECORDED:
        raise refuse(RULE, "This stays on record.", code="intake.step")
    if fact.kind in CLINICAL and not may(by.role, Permission.CLINICAL_CHART):
        raise refuse("SET-10", "Your role doesn't record this step.", code="intake.role")
    gone = IntakeFact(kind=fact.kind, observed_by=fact.observed_by, client_key=client_key, is_withdrawn=True, **correction(fact, reason))
    return _add(gone, row, fact.observed_at, by.user, now)


@transaction.atomic
def give_intake(intake: Intake, *, owner: User, by: User, now: datetime) -> Intake:
    """Another owner. Raises Refused for somebody of another site, and for a closed intake."""
    row = locked_open(intake)
    require_member(owner, row.site, "owner")
    if row.owner_id == owner.pk:
        return row
    changes = {"owner": [row.owner_id, owner.pk]}
    row.owner = owner
    row.save(update_fields=["owner"])
    audit.record(action="intake.given", target=row, by=by, now=now, site=row.site, patient_pk=row.patient_id, changes=changes)
    return row


@transaction.atomic
def drop_intake(intake: Intake, *, drop_reason: str, note: str, client_key: UUID, by: User, now: datetime) -> Intake:
    """The patient drops out: why, of the short list and in words. Raises Refused for "other" without words, and when it is closed."""
    row = locked(intake)
    if _posted(row, client_key):
        return row
    locked_open(row)
    if drop_reason == "other" and not note:
        raise refuse(RULE, "Say it in words.", field="note")
    _add(IntakeFact(kind=IntakeFact.Kind.DROPPED, drop_reason=drop_reason, note=note, client_key=client_key), row, now, by, now)
    return _close(row, Intake.Status.DROPPED, now)


@transaction.atomic
def finish_intake(intake: Intake, *, client_key: UUID, by: User, now: datetime) -> Intake:
    """Bookable: nothing is left to do here. Raises Refused while a step is open, with what it waits for."""
    row = locked(intake)
    if row.status == Intake.Status.FINISHED:
        return row
    locked_open(row)
    stands = lines(Intake.objects.filter(pk=row.pk), row.site, today_of(row.site, now))[0]
    if not stands.is_bookable:
        raise refuse(RULE, f"Not bookable yet: {stands.present.words}", code="intake.not_bookable")
    _add(IntakeFact(kind=IntakeFact.Kind.FINISHED, client_key=client_key), row, now, by, now)
    return _close(row, Intake.Status.FINISHED, now)


def _close(row: Intake, status: str, now: datetime) -> Intake:
    row.status, row.closed_at = status, now
    row.save(update_fields=["status", "closed_at"])
    return row


@transaction.atomic
def reopen_intake(intake: Intake, *, client_key: UUID, by: User, now: datetime) -> Intake:
    """It goes on: its steps count from now, what was recorded still stands, how it had ended stays on record.

    Raises Refused when the patient has another open intake. Reopening an open one changes nothing.
    """
    locked(intake.patient)
    row = locked(intake)
    if row.status == Intake.Status.OPEN:
        return row
    if Intake.objects.filter(patient=row.patient_id, status=Intake.Status.OPEN).exists():
        raise refuse(RULE, "This patient has another open intake.", code="intake.open")
    row.status, row.closed_at, row.reopened_at = Intake.Status.OPEN, None, now
    row.save(update_fields=["status", "closed_at", "reopened_at"])
    _add(IntakeFact(kind=IntakeFact.Kind.REOPENED, client_key=client_key), row, now, by, now)
    return row
