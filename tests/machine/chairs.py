"""The steps of whose chair it is, and of opening and closing the day (SET-3, SET-4)."""

from __future__ import annotations

from functools import partial
from typing import Any

from sessions.actions import day, handover
from sessions.models import Handover
from sessions.queries.day import equipment_to_check
from tests.machine.steps import Act, step, us
from tests.machine.usual import HERE
from tests.machine.world import Turn


def colleague(turn: Turn) -> Any:
    cast = turn.world.cast
    return turn.world.place_of(turn.pick([cast.nurse, cast.second_nurse, cast.prescriber, cast.support]))


def licensed(turn: Turn) -> list[Any]:
    cast = turn.world.cast
    return [cast.nurse, cast.second_nurse, cast.prescriber, cast.second_prescriber]


def owner_of_some(turn: Turn) -> Any:
    """Somebody who has a chair now, and may hand it over."""
    mine = {row.monitor_id for row in turn.shot.rows("treatmentsession") if row.status in HERE}
    able = [person for person in licensed(turn) if person.pk in mine]
    return turn.pick(able) if able else None


def offer_of(turn: Turn, *, is_accepted: bool = False) -> Handover:
    """Who is careful answers an offer that waits, or comes back from one that was accepted."""
    rows = [row for row in turn.shot.rows("handover") if (row.ended_at is None and bool(row.accepted_at) is is_accepted) or not turn.is_careful]
    return Handover.objects.get(pk=turn.pick(rows).id)


@step("handover_offer")
def offer_chairs(turn: Turn, pk: int) -> Act:
    to = colleague(turn)
    if turn.is_careful:
        turn.by = owner_of_some(turn) or turn.by
        to = turn.world.place_of(turn.pick([one for one in licensed(turn) if one.pk != turn.by.pk]))
    said = {"to": to, "minutes": 15 if turn.aim == "come_back" else turn.pick([None, 15]), "note": turn.word()}
    return partial(handover.offer_chairs, turn.membership, **said, client_key=turn.key(), **us(turn))


@step("handover_accept")
def accept_chairs(turn: Turn, pk: int) -> Act:
    row = offer_of(turn)
    turn.by = row.to if turn.is_careful else turn.by
    return partial(handover.accept_chairs, row, **us(turn))


@step("handover_decline")
def decline_chairs(turn: Turn, pk: int) -> Act:
    row = offer_of(turn)
    turn.by = row.to if turn.is_careful else turn.by
    return partial(handover.decline_chairs, row, **us(turn))


@step("handover_withdraw")
def withdraw_offer(turn: Turn, pk: int) -> Act:
    row = offer_of(turn)
    turn.by = row.offered_by if turn.is_careful else turn.by
    return partial(handover.withdraw_offer, row, **us(turn))


@step("handover_return")
def come_back(turn: Turn, pk: int) -> Act:
    row = offer_of(turn, is_accepted=True)
    turn.by = row.offered_by if turn.is_careful else turn.by
    return partial(handover.come_back, row, **us(turn))


@step("handover_take")
def take_over(turn: Turn, pk: int) -> Act:
    owner = (owner_of_some(turn) if turn.is_careful else turn.session(pk).monitor) or colleague(turn).user
    if turn.is_careful and owner.pk == turn.by.pk:
        turn.by = turn.pick([one for one in licensed(turn) if one.pk != owner.pk])
    return partial(handover.take_over, turn.membership, owner=owner, reason=turn.word(), client_key=turn.key(), **us(turn))


@step("day_open")
def open_day(turn: Turn, pk: int) -> Act:
    site = turn.world.cast.riverside
    found = {device.pk: turn.pick(["good", "good", "good", "skipped"]) for device in equipment_to_check(site)}
    opening = day.Opening(devices=found, kit="yes", rooms="yes", counts={"patient": 4, "bulk": 9}, note="", reason=turn.word())
    return partial(day.open_day, site, opening=opening, client_key=turn.key(), **us(turn))


@step("day_close")
def close_day(turn: Turn, pk: int) -> Act:
    why = {row.id: turn.word() for row in turn.shot.rows("treatmentsession")}
    closing = day.Closing(
        day=turn.today(), counts={"patient": 4, "bulk": 9}, why=why, note=turn.word(), reason=turn.word(), is_leaving=turn.one_in(3)
    )
    return partial(day.close_day, turn.membership, closing=closing, client_key=turn.key(), **us(turn))
