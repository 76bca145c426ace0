"""The patient is here: two identifiers, a way home; a wait, a hold, and back again (PRE-3, PRE-5, PRE-6)."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from clinic import audit
from clinic.actions.merging import merged
from clinic.findings import Refused, blocks, refuse
from clinic.models import User
from clinic.queries import today_at
from patients.models import Contact
from sessions.actions.booking import judge, lock_slot, require_reason, require_setting, wish_of
from sessions.actions.facts import new_fact, same_post
from sessions.actions.life import fix_policy, locked, locked_picture, move
from sessions.actions.safety_calls import drop_call, owe_call
from sessions.models import IdentityCheck, TreatmentSession
from sessions.queries.policies import policy_for
from sessions.states import PRESENT, Status

HERE = (*PRESENT, Status.HELD)


@transaction.atomic
def arrive(
    session: TreatmentSession,
    *,
    said_name: bool,
    said_birth_date: bool,
    way_home: str,
    escort: Contact | None,
    client_key: UUID,
    ride_at: datetime | None = None,
    setting: str = "",
    by: User,
    now: datetime,
) -> TreatmentSession:
    """Check a patient in: both identifiers spoken and matched (PRE-5); the day's policy is fixed from here on.

    Raises Refused when one is missing, on another day than the visit's, and for one that waits or is held: those go on by their own verbs.
    """
    row = locked(session)
    if same_post(IdentityCheck, client_key, row) is not None:
        return row
    if row.status != Status.BOOKED:
        raise refuse("SESSION", f"This session is {Status(row.status).label.lower()}; only a booked visit can be checked in.", code="arrive.state")
    require_identity(said_name, said_birth_date)
    today = today_at(row.site, now)
    if row.treatment_on != today:
        raise refuse("SESSION", f"This visit is for {row.treatment_on:%A, %d %B}. Move it to today first.", code="arrive.day")
    require_own_contact(row, escort)
    require_ride_after(row, ride_at)
    policy = policy_for(row)
    move(row, Status.ARRIVED, by=by, now=now, also={"way_home": way_home, "escort": escort, "ride_at": ride_at})
    change_setting(row, setting, by=by, now=now)
    fix_policy(row, policy, now)
    matched_identity(row, IdentityCheck.Moment.ARRIVAL, client_key=client_key, by=by, now=now)
    return row


def require_identity(said_name: bool, said_birth_date: bool) -> None:
    """Both identifiers, spoken by the patient (PRE-5)."""
    if not said_name:
        raise refuse("PRE-5", "Ask the patient to say their name.", code="PRE-5.name", field="said_name")
    if not said_birth_date:
        raise refuse("PRE-5", "Ask the patient to say their date of birth.", code="PRE-5.birth", field="said_birth_date")


def matched_identity(session: TreatmentSession, moment: str, *, client_key: UUID, by: User, now: datetime) -> IdentityCheck:
    """Keep that both identifiers were spoken and matched (PRE-5)."""
    said = {"said_name": True, "said_birth_date": True}
    return new_fact(IdentityCheck, session, observed_at=now, by=by, now=now, client_key=client_key, moment=moment, **said)


def require_own_contact(session: TreatmentSession, escort: Contact | None) -> None:
    if escort is not None and escort.patient_id != session.patient_id:
        raise refuse("PRE-3", "That contact belongs to another patient.", code="PRE-3.contact", field="escort")


def require_ride_after(session: TreatmentSession, ride_at: datetime | None) -> None:
    """A way home that leaves before the visit begins is a slip of the pen (DOS-9)."""
    if ride_at is not None and ride_at <= session.starts_at:
        raise refuse("DOS-9", "The way home leaves before the visit begins. Check the time.", code="DOS-9.ride", field="ride_at")


def change_setting(session: TreatmentSession, setting: str, *, by: User, now: datetime) -> None:
    """Another setting than the one it was booked for (SET-6); empty: as booked."""
    require_setting(session.site, setting)
    if setting in ("", session.setting):
        return
    changes = {"setting": [session.setting, setting]}
    session.setting = setting
    session.save(update_fields=["setting"])
    audit.record(action="session.setting", target=session, by=by, now=now, site=session.site, patient_pk=session.patient_id, changes=changes)


@transaction.atomic
def set_way_home(
    session: TreatmentSession,
    *,
    way_home: str,
    escort: Contact | None,
    ride_at: datetime | None = None,
    opened: Mapping[str, str] | None = None,
    by: User,
    now: datetime,
) -> None:
    """How the patient gets home, as it is known now (PRE-3), and when that leaves (DOS-9); empty: nobody knows yet.

    Raises Changed when somebody set it since `opened`.
    """
    row = locked(session)
    if row.status not in HERE:
        raise refuse("SESSION", f"This session is {Status(row.status).label.lower()}.", code="way_home.state")
    require_own_contact(row, escort)
    require_ride_after(row, ride_at)
    before, kept = (row.way_home, row.ride_at), merged(row, {"way_home": way_home, "escort": escort, "ride_at": ride_at}, opened)
    row.way_home, row.escort, row.ride_at = kept["way_home"], kept["escort"], kept["ride_at"]
    row.save(update_fields=["way_home", "escort", "ride_at"])
    changes: dict[str, object] = {"way_home": [before[0], row.way_home]}
    if before[1] != row.ride_at:
        changes["ride_at"] = [audit.plain(before[1]), audit.plain(row.ride_at)]
    audit.record(action="session.way_home", target=row, by=by, now=now, site=row.site, patient_pk=row.patient_id, changes=changes)


@transaction.atomic
def wait(session: TreatmentSession, *, reason: str, by: User, now: datetime) -> None:
    """Let a patient wait (repeat pressure, fasting, device late); food, identity and vitals are asked again afterwards (PRE-6)."""
    move(locked(session), Status.WAITING, by=by, now=now, reason=require_reason(reason))


@transaction.atomic
def resume(session: TreatmentSession, *, by: User, now: datetime) -> None:
    """The wait is over."""
    row = locked(session)
    if row.status == Status.ARRIVED:
        return
    if row.status != Status.WAITING:
        raise refuse("SESSION", f"This session is {Status(row.status).label.lower()}, not waiting.", code="resume.state")
    come_back(row, by=by, now=now)


def come_back(row: TreatmentSession, *, by: User, now: datetime, reason: str = "") -> None:
    """Coming back is no second arrival: the time of the first one stays."""
    arrived_at = row.arrived_at or now
    move(row, Status.ARRIVED, by=by, now=now, reason=reason)
    row.arrived_at = arrived_at
    row.save(update_fields=["arrived_at"])


@transaction.atomic
def hold(session: TreatmentSession, *, reason: str, by: User, now: datetime) -> None:
    """No dose today, or not now: with the reason. Raises Refused once a spray was given (then: stop early)."""
    picture = locked_picture(session, ("devices",))
    if picture.sprayed:
        raise refuse("DOS-2", "A spray was given. Stop dosing early instead; the watch goes on.", code="hold.sprayed")
    move(picture.session, Status.HELD, by=by, now=now, reason=require_reason(reason))
    owe_call(picture.session, "held", by=by, now=now)


@transaction.atomic
def reopen(session: TreatmentSession, *, reason: str, by: User, now: datetime) -> None:
    """A held session goes on, the same day, with a reason. Raises Refused when another visit has its chair or its patient by now."""
    lock_slot(wish_of(session))
    row = locked(session)
    if row.status != Status.HELD:
        raise refuse("SESSION", f"This session is {Status(row.status).label.lower()}, not held.", code="reopen.state")
    if row.treatment_on != today_at(row.site, now):
        raise refuse("SESSION", "A held session can go on the same day only.", code="reopen.day")
    in_the_way = blocks(judge(wish_of(row), now=now, session_pk=row.pk).findings)
    if in_the_way:
        raise Refused(in_the_way)
    come_back(row, by=by, now=now, reason=require_reason(reason))
    drop_call(row, "The held visit goes on.", by=by, now=now)
