"""The steps about the house: closed days and their rescue, chairs, devices' checks, coming policies, and who belongs to it."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import Any

from clinic.actions import duty, equipment, furniture, people, policy
from clinic.models import Chair, Closure, Equipment, SitePolicy
from clinic.rules.opening import day_bounds
from sessions.actions import redraw, rescue
from sessions.actions.deciding import Decider
from sessions.queries.next_step import decided
from sessions.queries.redraw import lines_of
from sessions.queries.rescue import stranded_on
from sessions.queries.rescue_offers import Rescue, rescues_of
from tests.machine.snapshot import moment
from tests.machine.steps import Act, step, us
from tests.machine.world import NothingToDo, Turn


# --- closed days (DOS-9) ---------------------------------------------------------------------------------------------------
def closed_days(turn: Turn) -> list[date]:
    return [row.closed_on for row in turn.shot.rows("closure") if row.site_id == turn.world.cast.riverside.pk]


def stranded(turn: Turn) -> list[Any]:
    """Booked visits on closed days that nobody has kept; by raw rows, so an early closing counts too."""
    closed = set(closed_days(turn))
    kept = {row.session_id for row in turn.shot.rows("settled") if row.outcome == "kept"}
    rows = turn.shot.rows("treatmentsession")
    return [row for row in rows if row.status == "booked" and row.treatment_on in closed and row.treatment_on >= turn.today() and row.id not in kept]


@step("closures")
def add_closure(turn: Turn, pk: int) -> Act:
    """A day to come on which somebody is booked; now and then this very day, or from the afternoon on."""
    closed = closed_days(turn)
    booked = {row.treatment_on for row in turn.shot.rows("treatmentsession") if row.status == "booked" and row.treatment_on > turn.today()} - set(
        closed
    )
    first = (
        turn.pick(sorted(booked) or [turn.today() + timedelta(days=9)])
        if turn.is_careful
        else turn.today() + timedelta(days=turn.pick([-1, 0, 0, 1, 2]))
    )
    said = {"first": first, "last": first + timedelta(days=-1 if turn.one_in(12) else 0), "reason": turn.word() or "Snow"}
    return partial(furniture.add_closure, turn.world.cast.riverside, **said, closes_at=None if turn.yes() else turn.now.time(), **us(turn))


@step("remove_closure")
def remove_closure(turn: Turn, pk: int) -> Act:
    rows = [row for row in turn.shot.rows("closure") if row.closed_on >= turn.today() or not turn.is_careful]
    return partial(furniture.remove_closure, Closure.objects.select_related("site").get(pk=turn.pick(rows).id), **us(turn))


def decider(turn: Turn) -> Decider:
    return Decider(reason=turn.word(), may_decide=turn.world.may(turn.by, "finding_decide"))


def taken(turn: Turn, one: Rescue) -> list[rescue.Accepted]:
    """A slot that the page offers, or one that a prescriber decides on; nothing where it offers none. Sometimes one that nobody offered."""
    both = [*one.offers[:3], *one.marked[:3]] if turn.world.may(turn.by, "finding_decide") else one.offers[:3] or one.marked[:1]
    if not both:
        return []
    offer, chairs = turn.pick(both).slot, {chair.pk: chair for chair in turn.world.chairs}
    at = offer.starts_at if turn.yes() else turn.now + timedelta(days=2)
    version = one.session.schedule_version - (0 if turn.yes() else 1)
    return [rescue.Accepted(session_pk=one.session.pk, version=version, chair=chairs[offer.chair_pk], starts_at=at)]


@step("rescue_accept")
def accept(turn: Turn, pk: int) -> Act:
    """One visit, or all of the day."""
    site, days = turn.world.cast.riverside, sorted({row.treatment_on for row in stranded(turn)} if turn.is_careful else closed_days(turn))
    if turn.is_careful and not turn.one_in(3):
        turn.by = turn.pick([turn.world.cast.prescriber, turn.world.cast.desk])
        turn.enter("rescue_accept")
    day = turn.pick(days)
    shown = rescues_of(site, day, stranded_on(site, day), turn.now)
    wanted = [slot for one in shown for slot in taken(turn, one)]
    wanted = wanted if turn.pick([True, False]) else wanted[:1]
    if not wanted and turn.is_careful:
        raise NothingToDo
    return partial(rescue.accept, site, day, wanted, decider=decider(turn), **us(turn))


@step("rescue_keep")
def keep(turn: Turn, pk: int) -> Act:
    """A prescriber keeps a visit though the day is closed."""
    rows = [row.id for row in stranded(turn)]
    return partial(rescue.keep, turn.session(turn.pick(rows) if turn.is_careful else pk), reason=turn.word(), **us(turn))


# --- the rest of a course, proposed anew (DOS-6) -----------------------------------------------------------------------------
def decided_sessions(turn: Turn) -> list[int]:
    gone = {row.supersedes_id for row in turn.shot.rows("nextstep")}
    standing = {row.session_id for row in turn.shot.rows("nextstep") if row.id not in gone}
    return [pk for pk in sorted(standing) if turn.shot.session(pk).status in ("missed", "held")]


@step("next_accept")
def accept_lines(turn: Turn, pk: int) -> Act:
    """All lines, or one; now and then one that no longer stands."""
    session = turn.session(pk)
    decision = decided(session)
    if decision is None or turn.one_in(8):
        keys = ["drop-1-1"]
    else:
        lines = [line for line in lines_of(session, decision.choice, turn.now) if line.is_change]
        every = [line.key for line in lines if not line.is_alone]
        keys = every if every and turn.pick([True, False]) else [turn.pick(lines).key]
    if turn.is_careful and not turn.world.may(turn.by, "finding_decide"):
        turn.by = turn.world.cast.prescriber
        turn.enter("next_accept")
    return partial(redraw.accept_lines, session, keys, client_key=turn.key(), decider=decider(turn), **us(turn))


# --- the house ---------------------------------------------------------------------------------------------------------------
@step("chair")
def change_chair(turn: Turn, pk: int) -> Act:
    """Taken out of use, or back into it; also while somebody sits there."""
    chair = Chair.objects.select_related("site").get(pk=turn.pick(turn.world.chairs[-4:] if turn.is_careful else turn.world.chairs).pk)
    name = chair.name if turn.yes() else turn.world.chairs[0].name
    return partial(furniture.change_chair, chair, name=name, position=chair.position, is_active=not chair.is_active, **us(turn))


@step("equipment_check")
def record_equipment_check(turn: Turn, pk: int) -> Act:
    device = turn.pick(list(Equipment.objects.filter(site=turn.world.cast.riverside).order_by("pk")))
    said = {"checked_at": turn.seen_at(), "is_good": turn.yes(), "note": turn.word()}
    return partial(equipment.record_equipment_check, device, **said, client_key=turn.key(), **us(turn))


@step("new_policy")
def plan_policy(turn: Turn, pk: int) -> Act:
    """From a coming day on: another minimum, anchor or time for late entries."""
    taken_on = {row.effective_on for row in turn.shot.rows("sitepolicy") if row.site_id == turn.world.cast.riverside.pk}
    days = [turn.today() + timedelta(days=n) for n in (1, 2, *range(3, 40))]
    free = [day for day in days if day not in taken_on][:2] if turn.is_careful else [turn.today() + timedelta(days=n) for n in (-1, 0, 1, 2)]
    values = turn.pick([
        {"minimum_watch_minutes": 150, "visit_after_minutes": 180}, {"minimum_watch_minutes": 130}, {"late_entry_minutes": 7},
        {"final_check_minutes": 20}, {"minimum_watch_minutes": 60},
    ][: 4 if turn.is_careful else 5])  # fmt: skip
    values = values | {"visit_before_minutes": turn.pick(range(20, 60))}
    return partial(policy.plan_policy, turn.world.cast.riverside, effective_on=turn.pick(free), values=values, reason=turn.word(), **us(turn))


@step("withdraw_policy")
def withdraw_policy(turn: Turn, pk: int) -> Act:
    site = turn.world.cast.riverside
    rows = [row for row in turn.shot.rows("sitepolicy") if row.site_id == site.pk and (row.effective_on > turn.today() or not turn.is_careful)]
    return partial(policy.withdraw_policy, SitePolicy.objects.select_related("site").get(pk=turn.pick(rows).id), **us(turn))


# --- who belongs to it (SET-2, SET-10) -----------------------------------------------------------------------------------------
@step("duty_plan")
def plan_leaving(turn: Turn, pk: int) -> Act:
    here = {row.membership_id for row in turn.shot.rows("dutyperiod") if row.left_at is None and moment(row.lapses_at) > turn.now}
    able = [one for one in turn.world.people() if (member := turn.world.member(one)) is not None and member.pk in here]
    turn.by = turn.pick(able) if able and turn.is_careful else turn.by
    end = day_bounds(turn.today(), turn.world.cast.riverside.zone)[1]
    at = turn.pick([None, turn.now + timedelta(hours=6), end - timedelta(minutes=1)]) if turn.yes() else turn.now - timedelta(hours=1)
    return partial(duty.plan_leaving, turn.membership, leaves_at=at, **us(turn))


def colleague_of(turn: Turn) -> Any:
    """Mostly one of those whom a day can spare."""
    cast = turn.world.cast
    spared = [cast.support, cast.desk, cast.second_nurse]
    user = turn.pick(spared if turn.is_careful else [*spared, cast.second_prescriber, cast.prescriber, cast.nurse, cast.admin, cast.former])
    return cast.of(user)


@step("change_member")
def change_membership(turn: Turn, pk: int) -> Act:
    """Another role from the next request on; also in the middle of a watch."""
    role, credential = turn.pick([("support", "ma"), ("monitor", "rn"), ("front_desk", "none"), ("prescriber", "np"), ("monitor", "ma")])
    return partial(people.change_membership, colleague_of(turn), role=role, credential=credential, **us(turn))


@step("end_membership")
def end_membership(turn: Turn, pk: int) -> Act:
    return partial(people.end_membership, colleague_of(turn), **us(turn))
