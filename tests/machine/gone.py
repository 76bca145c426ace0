"""The steps of leaving: readiness, the signed discharge, early, gone without a sign-off, by ambulance; and what is owed afterwards."""

from __future__ import annotations

from functools import partial
from typing import Any

from clinic.signatures import IdentityProof
from sessions.actions import departures, early, emergency, leaving, reentry, safety_calls, swapping, voiding
from sessions.models import Departure, Emergency, EmergencyEntry, SafetyCall, TreatmentSession
from sessions.picture import picture_of
from sessions.queries.policies import policy_for
from tests.machine.oracle import READY
from tests.machine.steps import Act, proof, step, us
from tests.machine.usual import HERE
from tests.machine.world import Turn


@step("readiness_record")
def record_readiness(turn: Turn, pk: int) -> Act:
    answers = {item: min(good) for item, good in READY.items()}
    if turn.one_in(3):
        answers[turn.pick(sorted(READY))] = turn.pick(["no", "", "prescriber"])
    if not turn.one_in(8):
        answers |= {"taken_by": "other", "taken_name": "Ember Sparrow", "taken_seen": "known"}
    return partial(leaving.record_readiness, turn.session(pk), answers=answers, observed_at=turn.seen_at(), client_key=turn.key(), **us(turn))


@step("session_discharge")
def discharge(turn: Turn, pk: int) -> Act:
    return partial(leaving.discharge, turn.session(pk), **proof(turn), client_key=turn.key(), now=turn.now)


@step("session_discharge_early")
def discharge_early(turn: Turn, pk: int) -> Act:
    """Two people on one page, which shows what stands in the way (OUT-3)."""
    row = TreatmentSession.objects.select_related("site", "policy").get(pk=pk)
    found = leaving.sign_off_findings(picture_of(row, policy_for(row)), turn.membership, turn.now)
    shown = [finding.key for finding in found if turn.aim or turn.yes()]
    cast = turn.world.cast
    second = turn.pick([cast.prescriber, cast.second_prescriber, cast.second_nurse, turn.by])
    if turn.is_careful and not turn.one_in(4):
        second = turn.pick([one for one in (cast.prescriber, cast.second_prescriber) if one.pk != turn.by.pk])
    signers = {
        name: early.Signer(proof=IdentityProof(user=user, method="password"), membership=turn.world.place_of(user))
        for name, user in (("signer", turn.by), ("second", second))
    }
    return partial(
        early.discharge_early, turn.session(pk), early=early.Early(reason=turn.word(), shown=shown), **signers, client_key=turn.key(), now=turn.now
    )


def departing(turn: Turn) -> departures.Departing:
    return departures.Departing(
        seen_at=turn.seen_at(), condition=turn.word(), seen_by=turn.pick([None, turn.world.cast.desk]), destination=turn.word()
    )


@step("session_left")
def record_left(turn: Turn, pk: int) -> Act:
    return partial(departures.record_left, turn.session(pk), departing=departing(turn), client_key=turn.key(), **us(turn))


@step("session_transfer")
def record_transfer(turn: Turn, pk: int) -> Act:
    return partial(departures.record_transfer, turn.session(pk), departing=departing(turn), client_key=turn.key(), **us(turn))


@step("departure_sign")
def sign_departure(turn: Turn, pk: int) -> Act:
    return partial(departures.sign_departure, turn.row(Departure, pk), **proof(turn), now=turn.now)


@step("addendum_add")
def add_addendum(turn: Turn, pk: int) -> Act:
    said = {"text": turn.word(), "reason": turn.word(), "observed_at": turn.seen_at()}
    return partial(leaving.add_addendum, turn.session(pk), **said, **proof(turn), client_key=turn.key(), now=turn.now)


# --- wrong patient, wrong entry (OUT-4) ------------------------------------------------------------------------------------
def second_signer(turn: Turn) -> early.Signer | None:
    cast = turn.world.cast
    others = [one for one in (cast.second_prescriber, cast.second_nurse) if one.pk != turn.by.pk]
    user = turn.pick(others if turn.is_careful and not turn.one_in(4) else [*others, turn.by, None])
    return early.Signer(proof=IdentityProof(user=user, method="password"), membership=turn.world.place_of(user)) if user is not None else None


@step("session_void")
def void_session(turn: Turn, pk: int) -> Act:
    return partial(voiding.void_session, turn.session(pk), reason=turn.word(), second=second_signer(turn), **us(turn))


def could_take(row: Any, mine: Any) -> bool:
    return bool(row.treatment_on == mine.treatment_on and row.patient_id != mine.patient_id and row.status in ("booked", *HERE))


@step("session_reenter")
def reenter(turn: Turn, pk: int) -> Act:
    mine = turn.shot.session(pk)
    others = [row.id for row in turn.shot.rows("treatmentsession") if row.id != pk and (not turn.is_careful or could_take(row, mine))]
    target = turn.session(turn.pick(others))
    said = {"reason": turn.word(), "second": second_signer(turn), "membership": turn.membership}
    return partial(reentry.reenter, turn.session(pk), target=target, **said, **us(turn))


@step("session_swap")
def swap(turn: Turn, pk: int) -> Act:
    """Two charts exchanged; with somebody in whose session something is written, too."""
    mine = turn.shot.session(pk)
    others = [row.id for row in turn.shot.rows("treatmentsession") if row.id != pk and (not turn.is_careful or could_swap(row, mine))]
    other, said = turn.session(turn.pick(others)), {"reason": turn.word(), "second": second_signer(turn), "membership": turn.membership}
    return partial(swapping.swap, turn.session(pk), other, **said, **us(turn))


def could_swap(row: Any, mine: Any) -> bool:
    return bool(row.treatment_on == mine.treatment_on and row.patient_id != mine.patient_id and row.status in (*HERE, "discharged", "left"))


# --- safety calls (MSG-7) ---------------------------------------------------------------------------------------------------
def call_of(turn: Turn, pk: int) -> SafetyCall:
    rows = [row for row in turn.shot.of("safetycall", pk) if row.closed_at is None or not turn.is_careful]
    return SafetyCall.objects.get(pk=turn.pick(rows).id)


@step("safety_call")
def log_attempt(turn: Turn, pk: int) -> Act:
    call = call_of(turn, pk)
    attempt = safety_calls.Attempt(
        made_at=turn.seen_at(), was_reached=turn.yes(), note=turn.word(), settles=turn.pick([True, False]), client_key=turn.key()
    )  # fmt: skip
    return partial(safety_calls.log_attempt, call, attempt, **us(turn))


@step("call_take")
def take_call(turn: Turn, pk: int) -> Act:
    return partial(safety_calls.take_call, call_of(turn, pk), **us(turn))


# --- an emergency (MON-5) -----------------------------------------------------------------------------------------------------
@step("emergency_press")
def press(turn: Turn, pk: int) -> Act:
    session = turn.session(pk) if pk and turn.yes() else None
    return partial(emergency.press, turn.world.cast.riverside, session=session, client_key=turn.key(), **us(turn))


def one_emergency(turn: Turn) -> Emergency:
    rows = [row for row in turn.shot.rows("emergency") if row.ended_at is None or not turn.is_careful]
    return Emergency.objects.get(pk=turn.pick(rows).id)


@step("emergency_place")
def set_place(turn: Turn, pk: int) -> Act:
    place = {"session": turn.session(pk) if turn.yes() else None, "chair": turn.world.cast.chairs[0], "place": turn.word()}
    return partial(emergency.set_place, one_emergency(turn), **place, **us(turn))


@step("emergency_step")
def record_entry(turn: Turn, pk: int) -> Act:
    said: dict[str, Any] = {"kind": turn.pick(EmergencyEntry.Kind.values), "text": turn.word(), "observed_at": turn.seen_at()}
    return partial(emergency.record_entry, one_emergency(turn), **said, client_key=turn.key(), **us(turn))


@step("emergency_end")
def end_emergency(turn: Turn, pk: int) -> Act:
    outcome = turn.pick(Emergency.Outcome.values)
    return partial(emergency.end, one_emergency(turn), outcome=outcome, reason=turn.word(), ended_at=turn.seen_at(), **us(turn))


@step("emergency_tell")
def tell(turn: Turn, pk: int) -> Act:
    return partial(emergency.tell, one_emergency(turn), told={"what": turn.word(), "came": turn.word()}, client_key=turn.key(), **us(turn))
