"""The start, and each device as it is given. Starting is a gate; a device is a fact and never refused (PRE-6, DOS-2, DOS-8)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from clinic import audit
from clinic.findings import Finding, Level, Refused, blocks, refuse, standing_in_the_way
from clinic.models import Membership, User
from clinic.rules.opening import local_day
from sessions.actions.arrival import matched_identity, require_identity
from sessions.actions.complaints import heed_failure
from sessions.actions.facts import new_fact, require_time, same_post
from sessions.actions.forms import owe_form
from sessions.actions.life import fix_policy, lock_patient, locked_picture, move
from sessions.actions.predose import decided_before_dose
from sessions.actions.safety_calls import drop_call
from sessions.models import Breach, DeviceUse, IdentityCheck, SessionEvent, TreatmentSession
from sessions.picture import Picture
from sessions.queries.course import is_started_beside, order_of
from sessions.queries.gates import GATE_PARTS, devices_planned, gate_facts
from sessions.rules import dosing as rules
from sessions.rules.gates import start_findings
from sessions.states import DOSED, Status


@dataclass(frozen=True, kw_only=True)
class Kit:
    """What stands on the box: entered once at the start, confirmed with each device."""

    route: str
    lot: str
    expires_on: date | None


@dataclass(frozen=True, kw_only=True)
class Given:
    """One device as somebody posts it."""

    kit: Kit
    sprays: int
    given_at: datetime
    observed_by: User | None
    indicator_ok: bool = True
    label_checked: bool = False
    has_failed: bool = False


@transaction.atomic
def start(
    session: TreatmentSession, *, kit: Kit, said_name: bool, said_birth_date: bool, client_key: UUID, by: User, membership: Membership, now: datetime
) -> TreatmentSession:
    """The start press: all gates are asked again, identity at the chair and the kit's expiry too (PRE-5, PRE-6, DOS-2).

    Raises Refused before the clearing, and with every block and every undecided decision; nothing is written then.
    """
    lock_patient(session)
    picture = locked_picture(session, GATE_PARTS)
    row = picture.session
    if same_post(IdentityCheck, client_key, row) is not None:
        return row
    require_cleared(row)
    require_identity(said_name, said_birth_date)
    picture.identity_checks.append(matched_identity(row, IdentityCheck.Moment.DOSE, client_key=client_key, by=by, now=now))
    asked = start_findings(gate_facts(picture, at=now, membership=membership))
    asked += rules.kit_findings(kit.expires_on, row.treatment_on, kit.lot)
    if is_started_beside(row):
        asked.append(Finding("DOS-7", Level.BLOCK, "Another visit of this patient has been started today.", code="DOS-7.started"))
    in_the_way = standing_in_the_way(asked, decided_before_dose(picture))
    if in_the_way:
        raise Refused(in_the_way)
    fields = {"kit_route": kit.route, "kit_lot": kit.lot, "kit_expires_on": kit.expires_on, "order": order_of(row), "monitor": row.monitor or by}
    move(row, Status.DOSING, by=by, now=now, also=fields)
    return row


def require_cleared(session: TreatmentSession) -> None:
    """The start follows the clearing; the other ways into `dosing` are for devices that were given all the same."""
    if session.status != Status.CLEARED:
        raise refuse("PRE-6", f"This session is {Status(session.status).label.lower()}, not cleared for dosing.", code="start.state")


@transaction.atomic
def record_device(session: TreatmentSession, *, given: Given, client_key: UUID, by: User, membership: Membership, now: datetime) -> DeviceUse:
    """Keep one device. Never refused but for a time that can't be, or a session that was voided.

    What broke a rule becomes a breach beside it: at the first spray one per unmet block of the start gate, as it stood when
    the device was given. The first spray makes the form owed; the last planned device begins the monitoring.
    """
    lock_patient(session)
    picture = locked_picture(session)
    row = picture.session
    earlier = same_post(DeviceUse, client_key, row)
    if earlier is not None:
        return earlier
    if row.status == Status.VOIDED:
        raise refuse("SESSION", "This session was voided. Record the device in the right one.", code="device.voided")
    require_time(given.given_at, now)
    broken = device_breaches(picture, given, membership=membership, now=now)
    made = new_fact(
        DeviceUse, row, observed_at=given.given_at, by=by, now=now, client_key=client_key, observed_by=given.observed_by or by,
        number=next_number(picture), route=given.kit.route, lot=given.kit.lot, expires_on=given.kit.expires_on, sprays=given.sprays,
        indicator_ok=given.indicator_ok, has_failed=given.has_failed, label_checked=given.label_checked,
        counts_from=first_counts_from(picture, given, now),
    )  # fmt: skip
    keep_breaches(row, broken, happened_at=given.given_at, by=by, now=now)
    audit.record(
        action="device.recorded", target=made, by=by, now=now, site=row.site, patient_pk=row.patient_id,
        changes={
            "session": row.pk, "number": made.number, "sprays": made.sprays, "given_at": made.observed_at, "breaches": [one.key for one in broken],
        },
    )  # fmt: skip
    if made.has_failed:
        heed_failure(row, made, now)
    picture.devices.append(made)
    after_device(picture, by=by, now=now)
    return made


def next_number(picture: Picture) -> int:
    return min(12, max((device.number for device in picture.devices), default=0) + 1)


def device_breaches(picture: Picture, given: Given, *, membership: Membership, now: datetime) -> list[Finding]:
    """The blocks that this device goes past, as they stood when it was given."""
    row = picture.session
    broken = blocks(rules.device_findings(plain_device(picture, given), rest=picture.clock_policy.rest))
    if given.sprays and not picture.sprayed:
        broken += blocks(start_findings(gate_facts(picture, at=given.given_at, membership=membership)))
    if row.status in (Status.DISCHARGED, Status.LEFT, Status.TRANSFERRED):
        text = "A device recorded after the patient had gone."
        broken.append(Finding("OUT-2", Level.BLOCK, text, code="OUT-2.device_after"))
    if first_counts_from(picture, given, now) is not None:
        text = f"Device written down {int((now - given.given_at).total_seconds() // 60)} minutes after its time by one person alone."
        broken.append(Finding("OUT-4", Level.BLOCK, text, code=f"OUT-4.backdated.{next_number(picture)}"))
    return broken


def first_counts_from(picture: Picture, given: Given, now: datetime) -> datetime | None:
    """A late first entry is kept and reported; for the gate it counts from now on, until a second person confirms it (OUT-4)."""
    if not given.sprays:
        return None
    late_after = timedelta(minutes=picture.policy.late_entry_minutes)
    return rules.counts_from(given_at=given.given_at, recorded_at=now, late_after=late_after)


def plain_device(picture: Picture, given: Given) -> rules.Device:
    before = max(picture.sprayed, key=lambda device: (device.observed_at, device.number), default=None)
    return rules.Device(
        given_at=given.given_at, given_on=local_day(given.given_at, picture.session.site.zone), sprays=given.sprays,
        expires_on=given.kit.expires_on, lot=given.kit.lot, indicator_ok=given.indicator_ok, route=given.kit.route, label_checked=given.label_checked,
        previous_at=before.observed_at if before is not None else None, previous_route=before.route if before is not None else "",
        devices_before=len(picture.sprayed), devices_ordered=devices_planned(picture),
    )  # fmt: skip


def keep_breaches(session: TreatmentSession, findings: list[Finding], *, happened_at: datetime, by: User, now: datetime) -> None:
    """One row per broken rule, beside the fact (design.md, "Gates guard intentions")."""
    Breach.objects.bulk_create(
        Breach(
            site=session.site, session=session, rule=finding.rule, finding=finding.key[:60], text=finding.text[:300],
            happened_at=happened_at, recorded_at=now, recorded_by=by,
        )
        for finding in findings
    )  # fmt: skip


def after_device(picture: Picture, *, by: User, now: datetime) -> None:
    """The first spray makes the form owed and takes the session to dosing; the last planned device to monitoring."""
    row = picture.session
    if not picture.sprayed:
        return
    fix_policy(row, picture.policy, now)
    if row.status in (Status.HELD, Status.MISSED, Status.CANCELLED):
        drop_call(row, "The patient was dosed after all.", by=by, now=now)
    if row.status not in DOSED:
        move(row, Status.DOSING, by=by, now=now, also={"monitor": row.monitor or by, "order": order_of(row)})
    owe_form(picture, by=by, now=now)
    if row.status == Status.DOSING and len(picture.sprayed) >= devices_planned(picture):
        move(row, Status.MONITORING, by=by, now=now)


@transaction.atomic
def stop_dosing(session: TreatmentSession, *, reason: str, client_key: UUID, by: User, now: datetime) -> TreatmentSession:
    """No further device, with the reason; the watch goes on (DOS-2). Raises Refused before any spray: then hold instead."""
    picture = locked_picture(session, ("devices",))
    row = picture.session
    if same_post(SessionEvent, client_key, row) is not None:
        return row
    if not picture.sprayed:
        raise refuse("DOS-2", "No spray was given yet. Hold the session instead.", code="stop.no_spray")
    if not reason.strip():
        raise refuse("DOS-2", "Say why dosing was stopped.", code="stop.reason", field="reason")
    what = rules.stopped_words(reason.strip(), given=len(picture.sprayed), planned=devices_planned(picture))
    new_fact(SessionEvent, row, observed_at=now, by=by, now=now, client_key=client_key, kind=SessionEvent.Kind.STOPPED_EARLY, what=what)
    move(row, Status.MONITORING, by=by, now=now)
    return row
