"""Rescuing the visits of a closed day: all that were accepted move in one transaction, or none; or a prescriber keeps one (DOS-9)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from clinic import audit
from clinic.findings import Finding, Level, Refused, refuse
from clinic.models import Chair, Site, User
from patients.models import Patient
from sessions.actions.booking import Wish, move_visit, require_reason
from sessions.actions.deciding import NOBODY, Decider, keep_decision
from sessions.actions.life import locked
from sessions.actions.settled import note_settled, place_of
from sessions.models import Settled, TreatmentSession
from sessions.queries.rescue import stranded_on


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """A slot that somebody takes for a visit; `version` is the one the page showed."""

    session_pk: int
    version: int
    chair: Chair
    starts_at: datetime


@transaction.atomic
def accept(site: Site, day: date, accepted: Iterable[Accepted], *, decider: Decider = NOBODY, by: User, now: datetime) -> int:
    """Move the visits to the slots that were accepted; how many. One that somebody settled meanwhile is left as it is.

    Raises Refused with a sentence for each slot that was taken meanwhile, or that only a prescriber may decide, with a reason (DOS-5):
    nothing is moved then.
    """
    wanted = {one.session_pk: one for one in accepted}
    lock_all(site, wanted.values())
    moved, in_the_way = 0, []
    for session in stranded_on(site, day):
        if session.pk in wanted:
            try:
                moved += move_one(session, wanted[session.pk], decider, by=by, now=now)
            except Refused as refused:
                in_the_way.append(taken(session, wanted[session.pk], refused))
    if in_the_way:
        raise Refused(in_the_way)
    return moved


def lock_all(site: Site, accepted: Iterable[Accepted]) -> None:
    """Every chair, then every patient, in key order, as one booking does: two rescues wait for each other and never deadlock."""
    listed = list(accepted)
    rows = TreatmentSession.objects.filter(site=site, pk__in=[one.session_pk for one in listed])
    sessions = list(rows.values_list("chair_id", "patient_id"))
    chairs = {one.chair.pk for one in listed} | {chair for chair, _ in sessions}
    list(Chair.objects.select_for_update().filter(pk__in=chairs).order_by("pk"))
    list(Patient.objects.select_for_update().filter(pk__in={patient for _, patient in sessions}).order_by("pk"))


def move_one(session: TreatmentSession, to: Accepted, decider: Decider, *, by: User, now: datetime) -> int:
    session.patient.site = session.site
    wish = Wish(
        patient=session.patient, chair=to.chair, starts_at=to.starts_at, dose_mg=session.planned_dose_mg, reason=decider.reason,
        may_decide=decider.may_decide,
    )  # fmt: skip
    move_visit(session, wish, seen_version=to.version, by=by, now=now)
    return 1


def taken(session: TreatmentSession, to: Accepted, refused: Refused) -> Finding:
    """What stood in the way of one visit, in words."""
    local = to.starts_at.astimezone(session.site.zone)
    where = f"{local:%A} {local.day} {local:%B}, {local:%H:%M}, {to.chair.name}"
    if all(finding.level is Level.DECISION for finding in refused.findings):
        text = f"{where}: {refused} A prescriber decides this, with a reason. Nothing was moved."
        return Finding("DOS-5", Level.DECISION, text, code=f"rescue.{session.pk}")
    return Finding("BOOK", Level.BLOCK, f"{where}: {refused} Nothing was moved; here is what is free now.", code=f"rescue.{session.pk}")


@transaction.atomic
def keep(session: TreatmentSession, *, reason: str, by: User, now: datetime) -> None:
    """A prescriber keeps a visit though the day is closed: the decision of DOS-9, with its reason. Twice has the effect of once.

    Raises Refused for a visit that stands on no closed day.
    """
    row = locked(session)
    said = require_reason(reason)
    if Settled.objects.filter(session=row, closed_on=row.treatment_on, outcome=Settled.Outcome.KEPT).exists():
        return
    if row.pk not in {one.pk for one in stranded_on(row.site, row.treatment_on)}:
        raise refuse("DOS-9", "This visit stands on no closed day.", code="rescue.open")
    closed = Finding("DOS-9", Level.DECISION, "The site is closed on that day.", code="DOS-9.closed")
    keep_decision(row, closed, reason=said, by=by, now=now)
    note_settled(row, place_of(row), Settled.Outcome.KEPT, by=by, now=now)
    changes = {"closed_on": row.treatment_on}
    audit.record(action="session.kept", target=row, by=by, now=now, site=row.site, patient_pk=row.patient_id, changes=changes)
