"""Booking, moving and giving up a visit. Chair and patient rows are locked in key order, then the slot is judged: no chair or patient twice."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from clinic import audit
from clinic.actions.merging import changed_text
from clinic.findings import Changed, Finding, Level, Refused, blocks, decisions, refuse
from clinic.models import Chair, Site, SitePolicy, User
from clinic.queries import policy_on, today_at
from clinic.rules.opening import local_day
from patients.models import Course, Patient
from patients.queries import open_course, orders_in_force
from sessions.actions.deciding import Decider, keep_decision
from sessions.actions.feeds import keep_left
from sessions.actions.life import locked, move
from sessions.actions.off_schedule import ask_on, decide_standing, keep_or_ask
from sessions.actions.safety_calls import drop_call, owe_call
from sessions.actions.settled import note_settled, place_of
from sessions.actions.slot_left import kinds_left, leave_slot
from sessions.models import Settled, TreatmentSession
from sessions.protocol import REMS_ESKETAMINE
from sessions.queries.bookings import chairs_of, day_of, minimum_watch, taken_by
from sessions.queries.off_schedule import against_booking, against_move
from sessions.queries.outgrown import outgrown
from sessions.rules.booking import Free, Visit, booking_findings, nearest_free
from sessions.rules.planning import Decision
from sessions.states import Status


@dataclass(frozen=True, kw_only=True)
class Wish:
    """A slot that somebody wants. `reason` is a prescriber's, for what only a prescriber may decide; `may_decide` says that they may.

    `setting` empty: the site's default, or what the visit has already (SET-6). `for_prescriber`: outside of the schedule, and a prescriber
    decides before the dose (DOS-5). `is_of_plan`: judged beside the other visits of its plan, which asks that of all of them together.
    """

    patient: Patient
    chair: Chair
    starts_at: datetime
    dose_mg: int
    reason: str = ""
    may_decide: bool = False
    setting: str = ""
    for_prescriber: bool = False
    is_of_plan: bool = False

    @property
    def decider(self) -> Decider:
        return Decider(reason=self.reason, may_decide=self.may_decide)


@dataclass(frozen=True)
class Judged:
    """A wish and what the rules say of it; `free` are the nearest free times when it can't be."""

    visit: Visit
    findings: list[Finding]
    free: list[Free]


@transaction.atomic
def book(wish: Wish, *, client_key: UUID, by: User, now: datetime) -> TreatmentSession:
    """Book a visit; the page's key becomes its `uid`, so that a repeated post returns the first one's session.

    Raises Refused with everything that speaks against it (DOS-3…DOS-7, DOS-9, PAT-7); decisions need a prescriber's reason, those about
    the schedule now or, where the wish says so, before the dose.
    """
    site = lock_slot(wish)
    earlier = TreatmentSession.objects.filter(uid=client_key).first()
    if earlier is not None and earlier.patient_id != wish.patient.pk:
        raise refuse("BOOK", "This page is out of date. Begin the booking again.", code="client_key")
    if earlier is not None:
        return earlier
    course = open_course(wish.patient)
    if course is None:
        raise refuse("DOS-8", "This patient has no open course. A prescriber opens one first.", code="DOS-8.course", field="patient")
    judged = judge(wish, now=now)
    against = [] if wish.is_of_plan else against_booking(course, judged.visit.treatment_on, wish.dose_mg, now)
    require_bookable(judged, wish, against)
    session = TreatmentSession.objects.create(**columns(wish, judged.visit, course), uid=client_key, booked_at=now, booked_by=by)
    keep_decisions(session, judged, wish, by=by, now=now)
    keep_or_ask(session, against, wish.decider, by=by, now=now)
    audit.record(
        action="session.booked", target=session, by=by, now=now, site=site, patient_pk=session.patient_id,
        changes={"starts_at": session.starts_at, "chair": session.chair_id, "dose_mg": session.planned_dose_mg},
    )  # fmt: skip
    return session


def lock_slot(wish: Wish, *others: int) -> Site:
    """Lock the chairs, then the patient, each in key order, so that two bookings wait for each other and never deadlock."""
    chairs = Chair.objects.select_for_update().filter(pk__in={wish.chair.pk, *others}).order_by("pk")
    site_of = {chair.pk: chair.site_id for chair in chairs}
    patient = Patient.objects.select_for_update().get(pk=wish.patient.pk)
    site = wish.patient.site
    if site_of[wish.chair.pk] != site.pk or patient.site_id != site.pk:
        raise refuse("BOOK", "Chair and patient belong to different sites.", code="BOOK.site", field="chair")
    wish.patient.status = patient.status
    require_setting(site, wish.setting)
    return site


def require_setting(site: Site, setting: str) -> None:
    """A session is held where the site holds any (SET-6); empty: as it is."""
    if setting and setting not in dict(site.settings):
        raise refuse("SET-6", "This site holds no sessions there.", code="SET-6.setting", field="setting")


def judge(wish: Wish, *, now: datetime, session_pk: int | None = None) -> Judged:
    """What the rules say of a wish. Reads only; the caller holds the locks where it matters."""
    site = wish.patient.site
    day = local_day(wish.starts_at, site.zone)
    policy = policy_on(site, day)
    watch = minimum_watch(policy, wish.patient, day)
    visit = visit_of(wish, policy, watch, session_pk)
    taken = taken_by(site=site, patient=wish.patient, starts_at=visit.starts_at, ends_at=visit.ends_at, day=day)
    hours = day_of(site, day, policy=policy, dose_mg=wish.dose_mg, protocol=REMS_ESKETAMINE, minimum_watch=watch, now=now)
    course = open_course(wish.patient)
    has_order = course is not None and orders_in_force(course, day).filter(signed_at__isnull=False).exists()
    findings = booking_findings(visit, taken=taken, day=hours, patient_status=wish.patient.status, has_order=has_order)
    needs_other = any(finding.field in ("starts_at", "chair") for finding in blocks(findings) + decisions(findings))
    chairs = [wish.chair.pk, *(chair.pk for chair in chairs_of(site) if chair.pk != wish.chair.pk)] if needs_other else []
    return Judged(visit, findings, nearest_free(visit, chairs=chairs, taken=taken, day=hours, not_before=now) if needs_other else [])


def visit_of(wish: Wish, policy: SitePolicy, watch: timedelta, session_pk: int | None) -> Visit:
    """From coming to leaving: the site's times around the dose, longer where the patient is watched longer (PAT-8)."""
    dose_at = wish.starts_at + timedelta(minutes=policy.visit_before_minutes)
    longer = watch - timedelta(minutes=policy.minimum_watch_minutes)
    ends_at = dose_at + timedelta(minutes=policy.visit_after_minutes) + longer
    on = local_day(wish.starts_at, wish.patient.site.zone)
    return Visit(
        session_pk=session_pk, chair_pk=wish.chair.pk, patient_pk=wish.patient.pk, treatment_on=on, starts_at=wish.starts_at, ends_at=ends_at,
        dose_at=dose_at,
    )  # fmt: skip


def require_bookable(judged: Judged, wish: Wish, against: Sequence[Decision]) -> None:
    """Blocks can't be passed; decisions can, by a prescriber with a reason; those about the schedule can wait for one."""
    in_the_way = blocks(judged.findings)
    if not wish.decider.decides:
        in_the_way += decisions(judged.findings)
        in_the_way += [] if wish.for_prescriber else [replace(one.finding, field="") for one in against]
    if not wish.chair.is_active:
        in_the_way.append(Finding("BOOK", Level.BLOCK, "That chair is no longer in use.", code="BOOK.chair_gone", field="chair"))
    if in_the_way:
        raise NotFree(in_the_way, judged.free)


class NotFree(Refused):
    """The slot can't be had; `free` are the nearest that can."""

    def __init__(self, findings: list[Finding], free: list[Free]) -> None:
        super().__init__(findings)
        self.free = free


def columns(wish: Wish, visit: Visit, course: Course) -> dict[str, object]:
    site = wish.patient.site
    order = orders_in_force(course, visit.treatment_on).filter(signed_at__isnull=False, dose_mg=wish.dose_mg).first()
    return {
        "site": site, "patient": wish.patient, "course": course, "order": order, "chair": wish.chair,
        "protocol_code": REMS_ESKETAMINE.code, "protocol_version": REMS_ESKETAMINE.version, "setting": wish.setting or site.default_setting,
        "planned_dose_mg": wish.dose_mg, "treatment_on": visit.treatment_on, "starts_at": visit.starts_at, "ends_at": visit.ends_at,
    }  # fmt: skip


def keep_decisions(session: TreatmentSession, judged: Judged, wish: Wish, *, by: User | None, now: datetime) -> None:
    """A prescriber's reason, beside each finding that it passes; one who books on a closed day has settled it already. A patient decides nothing."""
    if by is None:
        return
    for finding in decisions(judged.findings):
        keep_decision(session, finding, reason=wish.reason, by=by, now=now)
    if any(finding.rule == "DOS-9" for finding in decisions(judged.findings)):
        note_settled(session, place_of(session), Settled.Outcome.KEPT, by=by, now=now)


@transaction.atomic
def move_visit(session: TreatmentSession, wish: Wish, *, seen_version: int | None = None, by: User | None, now: datetime) -> TreatmentSession:
    """Give a booked visit another time, chair or dose, or its patient's longer watch (PAT-8). Its version rises, so that nothing answers for the old slot.

    Raises Refused as `book` does, and for a visit that has begun.
    """
    lock_slot(wish, session.chair_id)
    row = locked(session)
    if row.status != Status.BOOKED:
        raise refuse("SESSION", f"This session is {Status(row.status).label.lower()}; only a booked visit can be moved.", code="move.not_booked")
    require_seen(row, seen_version)
    slot = (row.starts_at, row.chair_id, row.planned_dose_mg, row.setting)
    if slot == (wish.starts_at, wish.chair.pk, wish.dose_mg, wish.setting or row.setting) and not outgrown([row]):
        decide_standing(row, wish.decider, by=by, now=now)
        return row
    judged = judge(wish, now=now, session_pk=row.pk)
    against = [] if wish.is_of_plan else against_move(row, judged.visit.treatment_on, wish.dose_mg, now)
    require_bookable(judged, wish, against)
    is_new_time, was, before = row.starts_at != wish.starts_at, place_of(row), told(row)
    is_same_day, is_same_dose = row.treatment_on == judged.visit.treatment_on, row.planned_dose_mg == wish.dose_mg
    fields: dict[str, object] = {name: value for name, value in columns(wish, judged.visit, row.course).items() if name in MOVED}
    fields |= {"schedule_version": row.schedule_version + 1, "setting": wish.setting or row.setting}
    if is_new_time:
        fields |= {"confirmed_at": None, "slot_set_at": now, "slot_version": row.schedule_version + 1}
    keep_left(row, now=now)
    write(row, fields)
    leave_slot(row, now=now, kinds=kinds_left(is_new_time=is_new_time, is_new_day=not is_same_day))
    keep_decisions(row, judged, wish, by=by, now=now)
    if by is not None:  # a patient's link never moves a visit outside of the schedule
        keep_or_ask(row, against, wish.decider, by=by, now=now)
    if is_same_day and is_same_dose and not wish.is_of_plan:
        decide_standing(row, wish.decider, by=by, now=now)
    if is_same_day:
        ask_on(row, now=now)
    changes: dict[str, object] = {name: [audit.plain(before[name]), audit.plain(new)] for name, new in told(row).items() if before[name] != new}
    audit.record(action="session.moved", target=row, by=by, now=now, site=row.site, patient_pk=row.patient_id, changes=changes)
    note_settled(row, was, Settled.Outcome.MOVED, by=by, now=now)
    return row


def told(row: TreatmentSession) -> dict[str, object]:
    """Of a slot, what the trail says of its change."""
    return {"starts_at": row.starts_at, "ends_at": row.ends_at, "chair": row.chair_id, "dose_mg": row.planned_dose_mg, "setting": row.setting}


def require_seen(row: TreatmentSession, seen_version: int | None) -> None:
    """Nobody moves a visit over another's head: raises Changed when it was moved since the page was opened. None: the page didn't say."""
    if seen_version is None or seen_version == row.schedule_version:
        return
    local = row.starts_at.astimezone(row.site.zone)
    now_at = changed_text(f"{local:%A, %d %B, %H:%M}, {row.chair.name}, {row.planned_dose_mg} mg")
    raise Changed([Finding("SESSION", Level.BLOCK, now_at, code="changed.slot", field="day")], opened=str(row.schedule_version))


MOVED = ("order", "chair", "planned_dose_mg", "treatment_on", "starts_at", "ends_at")


def write(session: TreatmentSession, fields: dict[str, object]) -> None:
    for name, value in fields.items():
        setattr(session, name, value)
    session.save(update_fields=list(fields))


@transaction.atomic
def cancel(session: TreatmentSession, *, reason: str, by: User | None, now: datetime) -> None:
    """Give up a booked visit, with the reason; it frees chair and patient. Cancelling twice has the effect of once."""
    row = locked(session)
    if row.status == Status.CANCELLED:
        return
    move(row, Status.CANCELLED, by=by, now=now, reason=require_reason(reason), also=next_version(row, now))
    note_settled(row, place_of(row), Settled.Outcome.CANCELLED, by=by, now=now)
    owe_call(row, "cancelled", by=by, now=now)


@transaction.atomic
def mark_missed(session: TreatmentSession, *, reason: str, by: User, now: datetime) -> None:
    """The patient didn't come (DOS-6). Raises Refused before the visit's time."""
    row = locked(session)
    if row.status == Status.MISSED:
        return
    if now < row.starts_at:
        raise refuse("DOS-6", "The visit's time hasn't come yet. Cancel or move it instead.", code="DOS-6.early")
    move(row, Status.MISSED, by=by, now=now, reason=require_reason(reason))
    owe_call(row, "missed", by=by, now=now)


@transaction.atomic
def rebook(session: TreatmentSession, *, reason: str, by: User, now: datetime) -> None:
    """Take back a cancelled or missed visit on its own day, if its slot is still free."""
    lock_slot(wish_of(session))
    row = locked(session)
    wish = wish_of(row)
    if row.treatment_on != today_at(row.site, now):
        raise refuse("SESSION", "A visit can be taken back on its own day only. Book a new one.", code="rebook.day")
    in_the_way = blocks(judge(wish, now=now, session_pk=row.pk).findings)
    if in_the_way:
        raise Refused(in_the_way)
    move(row, Status.BOOKED, by=by, now=now, reason=require_reason(reason), also=next_version(row, now))
    drop_call(row, "The visit was taken back.", by=by, now=now)


def wish_of(session: TreatmentSession) -> Wish:
    """The slot that a session has, as a wish."""
    return Wish(patient=session.patient, chair=session.chair, starts_at=session.starts_at, dose_mg=session.planned_dose_mg)


def next_version(session: TreatmentSession, now: datetime) -> dict[str, object]:
    version = session.schedule_version + 1
    return {"schedule_version": version, "slot_version": version, "slot_set_at": now, "confirmed_at": None}


def require_reason(reason: str) -> str:
    """Raises Refused when nothing is said."""
    if not reason.strip():
        raise refuse("SESSION", "Say why.", code="reason", field="reason")
    return reason.strip()[:300]
