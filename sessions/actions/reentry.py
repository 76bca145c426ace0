"""Wrong patient: everything that was written is entered again in the right session, by two people and in one transaction (OUT-4, MON-7).

Each new row names the old one and keeps when it was seen; the old session is voided and leads to the new one.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import transaction

from clinic import audit
from clinic.actions.notices import raise_notice, resolve_notices
from clinic.facts import written_at
from clinic.findings import Finding, Level, Refused, blocks
from clinic.models import Membership, User
from patients.models import Patient
from sessions.actions.adverse import tell_about
from sessions.actions.complaints import heed_failure
from sessions.actions.departures import SIGN_WITHIN, UNSIGNED_TEXT
from sessions.actions.dosing import Given, Kit, keep_breaches, plain_device
from sessions.actions.early import Signer
from sessions.actions.emergency import set_place
from sessions.actions.facts import after_signature, copied_fields
from sessions.actions.forms import owe_form
from sessions.actions.life import fix_policy, locked, move
from sessions.actions.predose import tell_prescriber
from sessions.actions.reentered_alerts import follow_alerts
from sessions.actions.safety_calls import owe_call
from sessions.actions.voiding import make_void
from sessions.models import (
    AdverseEvent,
    Departure,
    DeviceUse,
    HelpCall,
    Observation,
    PreDoseCheck,
    ReadinessCheck,
    Round,
    SessionEvent,
    TreatmentSession,
)
from sessions.picture import Picture, bare_pictures_of
from sessions.queries.adverse import NOTICE as EVENT_NOTICE
from sessions.queries.complaints import COMPLAINT, open_complaints
from sessions.queries.course import order_of
from sessions.queries.gates import devices_planned, gate_facts
from sessions.queries.leaving import UNSIGNED
from sessions.queries.policies import policy_for
from sessions.rules.dosing import device_findings
from sessions.rules.gates import start_findings
from sessions.rules.questions import SUICIDE
from sessions.rules.voiding import target_findings, void_findings
from sessions.states import DOSED, PRESENT, Status

# Identity was matched against the wrong chart: that stays where it was said, and the right session is seen to lack it (PRE-5).
MOVED = (PreDoseCheck, DeviceUse, Observation, Round, SessionEvent, ReadinessCheck, Departure, AdverseEvent)
GONE = (Status.DISCHARGED, Status.LEFT, Status.TRANSFERRED)
SIGNED_ELSEWHERE = "Signed out under another patient’s chart; entered again here"


@transaction.atomic
def reenter(
    session: TreatmentSession, *, target: TreatmentSession, reason: str, second: Signer | None, by: User, membership: Membership, now: datetime
) -> TreatmentSession:
    """Enter a session again for the right patient. Doing it twice has one effect; returns the right session.

    Raises Refused without a reason or another person, and for a target that can't take it (sessions.rules.voiding). Clocks,
    form, alerts and breaches of the target follow what moved; nothing is half done.
    """
    source, right = locked_both(session, target)
    if source.status == Status.VOIDED and source.replaced_by_id == right.pk:
        return right
    is_same = second is not None and second.proof.user.pk == by.pk
    found = void_findings(reason=reason, has_devices=True, has_second=second is not None, is_same_person=is_same)
    sprayed = DeviceUse.objects.standing().filter(session=source, sprays__gt=0)
    found += target_findings(
        is_same_patient=source.patient_id == right.patient_id, source_on=source.treatment_on, target_on=right.treatment_on,
        target_status=right.status, has_sprays=sprayed.exists(), is_present=source.status in PRESENT,
    )  # fmt: skip
    if source.status == Status.VOIDED:
        found.append(Finding("SESSION", Level.BLOCK, "This session is voided already.", code="reenter.voided"))
    if found:
        raise Refused(found)
    assert second is not None
    moved = move_facts(source, right, reason=reason, by=by, now=now)
    follow(source, right, moved, reason=reason, second=second, by=by, membership=membership, now=now)
    return right


def follow(
    source: TreatmentSession,
    right: TreatmentSession,
    moved: list[Any],
    *,
    reason: str,
    second: Signer,
    by: User,
    membership: Membership,
    now: datetime,
) -> None:
    """Clocks, breaches, alerts, tasks and form go where the facts have gone; the session that they stood in is void."""
    was, picture = source.status, picture_after(right, now)
    keep_breaches_of(picture, moved, by=by, membership=membership, now=now)
    follow_alerts(source, picture, moved)
    carry_on(picture, source, was, by=by, now=now)
    tell_again(moved, now)
    follow_help(source, right)
    follow_complaints(source, right, moved, now)
    for emergency in source.emergencies.all():
        set_place(emergency, session=right, chair=None, place="", by=by, now=now)
    make_void(source, reason=reason, second=second, by=by, now=now, replaced_by=right)
    audit.record(
        action="session.reentered", target=right, by=by, now=now, site=right.site, patient_pk=right.patient_id,
        changes={"from": source.pk, "facts": len(moved), "second": second.proof.user.pk},
    )  # fmt: skip


def locked_both(session: TreatmentSession, target: TreatmentSession) -> tuple[TreatmentSession, TreatmentSession]:
    """Patients, then sessions, each in key order: two of these at once wait for each other and never deadlock."""
    list(Patient.objects.select_for_update().only("pk").filter(pk__in={session.patient_id, target.patient_id}).order_by("pk"))
    rows = {pk: locked(TreatmentSession(pk=pk)) for pk in sorted({session.pk, target.pk})}
    return rows[session.pk], rows[target.pk]


def move_facts(source: TreatmentSession, right: TreatmentSession, *, reason: str, by: User, now: datetime) -> list[Any]:
    """The new rows: seen when the old ones were, by whom the old ones were, written now; each supersedes its old one."""
    recorded_at, made = after_signature(source, now), []
    offset = max(DeviceUse.objects.standing().filter(session=right).values_list("number", flat=True), default=0)
    for model in MOVED:
        manager: Any = model._default_manager
        for old in manager.standing().filter(session=source).order_by("observed_at", "pk"):
            row: Any = model(
                site_id=right.site_id, session=right, observed_at=old.observed_at, observed_by_id=old.observed_by_id or old.recorded_by_id,
                recorded_at=written_at(old.observed_at, recorded_at), recorded_by=by, client_key=uuid4(), supersedes=old, reason=f"Wrong patient: {reason.strip()}"[:300],
                **{**copied_fields(old), **own_fields(old, right, offset)},
            )  # fmt: skip
            row.save(force_insert=True)
            made.append(row)
    return made


def own_fields(old: Any, right: TreatmentSession, offset: int) -> dict[str, object]:
    """A device's number comes behind those that are there, and one whose time was confirmed counts by it (OUT-4).

    An adverse event becomes the right patient's: a case of its own, since what was reported named the wrong one (PMF-6).
    """
    if isinstance(old, AdverseEvent):
        return {"patient_id": right.patient_id, "case": uuid4()}
    if not isinstance(old, DeviceUse):
        return {}
    fields: dict[str, object] = {"number": min(12, old.number + offset)}
    return fields | ({"counts_from": None} if hasattr(old, "confirmation") else {})


def tell_again(moved: list[Any], now: datetime) -> None:
    """What the moved facts owe somebody: the prescriber about a positive screen (PRE-4), the REMS about a serious event (PMF-6)."""
    for fact in moved:
        if isinstance(fact, PreDoseCheck) and fact.session.status in PRESENT:
            tell_prescriber(fact.session, fact.answers.get(SUICIDE.id), now)
        if isinstance(fact, AdverseEvent):
            resolve_notices(fact.site, EVENT_NOTICE, AdverseEvent(pk=fact.supersedes_id), "Entered again for the right patient.", now)
            tell_about(fact, now=now)


def follow_help(source: TreatmentSession, right: TreatmentSession) -> None:
    """A patient who waits for help goes on waiting under their own name: nobody answers a voided session."""
    if not HelpCall.objects.filter(session=right, answered_at__isnull=True).exists():
        HelpCall.objects.filter(session=source, answered_at__isnull=True).update(session=right)


def follow_complaints(source: TreatmentSession, right: TreatmentSession, moved: list[Any], now: datetime) -> None:
    """The maker is told of a failed device under the session that it stands in now; of whom they have heard already they needn't hear again (DOS-2)."""
    waiting = open_complaints(source)
    for device in (row for row in moved if isinstance(row, DeviceUse)):
        old: Any = device.supersedes
        if old.number in waiting:
            heed_failure(right, device, now)
    resolve_notices(source.site, COMPLAINT, source, "Entered again for the right patient.", now)


def picture_after(right: TreatmentSession, now: datetime) -> Picture:
    """The right session as it stands with what moved, under its day's policy."""
    fix_policy(right, policy_for(right), now)
    return bare_pictures_of([right], {right.pk: policy_for(right)})[0]


def keep_breaches_of(picture: Picture, moved: list[Any], *, by: User, membership: Membership, now: datetime) -> None:
    """The rules that each moved device went past for this patient, as they stood when it was given (DOS-2, PRE-5)."""
    known = {breach.finding for breach in picture.breaches}
    for device in sorted((row for row in moved if isinstance(row, DeviceUse)), key=lambda row: (row.observed_at, row.number)):
        earlier = [other for other in picture.devices if (other.observed_at, other.number) < (device.observed_at, device.number)]
        so_far = replace(picture, devices=earlier)
        broken = blocks(device_findings(plain_device(so_far, given_of(device)), rest=picture.clock_policy.rest))
        if device.sprays and not so_far.sprayed:
            broken += blocks(start_findings(gate_facts(so_far, at=device.observed_at, membership=membership)))
        fresh = [finding for finding in broken if finding.key[:60] not in known]
        known |= {finding.key[:60] for finding in fresh}
        keep_breaches(picture.session, fresh, happened_at=device.observed_at, by=by, now=now)


def given_of(device: DeviceUse) -> Given:
    kit = Kit(route=device.route, lot=device.lot, expires_on=device.expires_on)
    return Given(
        kit=kit, sprays=device.sprays, given_at=device.observed_at, observed_by=None, indicator_ok=device.indicator_ok, label_checked=device.label_checked
    )  # fmt: skip


def carry_on(picture: Picture, source: TreatmentSession, was: str, *, by: User, now: datetime) -> None:
    """The right session goes as far as the wrong one had come, with its times; the form follows the spray (PMF-1)."""
    row = picture.session
    arrived_at = row.arrived_at or source.arrived_at
    if picture.sprayed:
        owe_form(picture, by=by, now=now)
        if row.status not in DOSED:
            kit = {name: getattr(row, name) or getattr(source, name) for name in ("kit_route", "kit_lot", "kit_expires_on")}
            fields = {
                **kit,
                "arrived_at": arrived_at,
                "dosing_at": picture.first_device_at,
                "monitor": row.monitor or source.monitor or by,
                "order": order_of(row),
            }
            move(row, Status.DOSING, by=by, now=now, also=fields)
        if row.status == Status.DOSING and (was in (Status.MONITORING, *GONE) or len(picture.sprayed) >= devices_planned(picture)):
            move(row, Status.MONITORING, by=by, now=now, also={"monitoring_at": source.monitoring_at or now})
    elif row.status == Status.BOOKED and arrived_at is not None:
        move(row, Status.ARRIVED, by=by, now=now, also={"arrived_at": arrived_at})
    if was in GONE and row.status not in GONE:
        follow_out(row, source, was, by=by, now=now)


def follow_out(row: TreatmentSession, source: TreatmentSession, was: str, *, by: User, now: datetime) -> None:
    """The patient has gone: as the wrong session says. A discharge signed under another chart is no sign-off of this patient (OUT-2, OUT-3)."""
    if was == Status.TRANSFERRED:
        move(row, Status.TRANSFERRED, by=by, now=now, reason=source.status_reason, also={"transferred_at": source.transferred_at})
        return
    at = source.discharged_at or source.left_at or now
    if was == Status.DISCHARGED:
        Departure.objects.create(
            site_id=row.site_id, session=row, kind=Departure.Kind.LEFT, condition=SIGNED_ELSEWHERE, observed_at=at,
            observed_by_id=source.discharge.discharged_by_id if hasattr(source, "discharge") else None, recorded_at=written_at(at, now), recorded_by=by, client_key=uuid4(),
        )  # fmt: skip
    move(row, Status.LEFT, by=by, now=now, reason=SIGNED_ELSEWHERE if was == Status.DISCHARGED else source.status_reason, also={"left_at": at})
    owe_call(row, "left", by=by, now=now)
    raise_notice(row.site, UNSIGNED, "OUT-3", row, UNSIGNED_TEXT, now, due_at=at + SIGN_WITHIN)
