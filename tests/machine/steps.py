"""Every act of the floor as one step: who comes through which door, what they post. A step returns the act, ready to be done and done again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from clinic.models import User
from clinic.signatures import IdentityProof
from sessions.actions import alerts, arrival, device_seconds, devices, dosing, predose, screening, watch
from sessions.actions.early import Signer
from sessions.models import Alert, DeviceUse, Observation, Round, SessionEvent
from sessions.rules.alerts import URGENT_SIGNS
from tests.factories.sessions import EXPIRY, GOOD_VITALS, LOT, good_answers
from tests.machine.snapshot import moment
from tests.machine.world import Shut, Turn

Act = partial[Any]
STEPS: dict[str, Callable[[Turn, int], Act]] = {}
EVENTS = [kind for kind in SessionEvent.Kind.values if kind != "stopped_early"]


def step(url: str) -> Callable[[Callable[[Turn, int], Act]], Callable[[Turn, int], Act]]:
    """A step that goes through the door of that page; it is called with the session that it is about."""

    def kept(make: Callable[[Turn, int], Act]) -> Callable[[Turn, int], Act]:
        def entered(turn: Turn, pk: int) -> Act:
            if url:
                turn.enter(url)
            made = make(turn, pk)
            # Somebody else may have come for it meanwhile: the door asks them, too.
            if url and not turn.world.may(turn.by, url):
                raise Shut
            return made

        STEPS[make.__name__] = entered
        return entered

    return kept


def proof(turn: Turn) -> dict[str, Any]:
    """Who signs has just proved who they are."""
    return {"proof": IdentityProof(user=turn.by, method="password"), "membership": turn.membership}


def us(turn: Turn) -> dict[str, Any]:
    return {"by": turn.by, "now": turn.now}


# --- the visit -------------------------------------------------------------------------------------------------------------
def way_home(turn: Turn) -> str:
    if turn.aim:
        return "" if turn.aim == "decide" else "driver"
    return turn.pick(["driver", "ride", ""])


@step("session_arrive")
def arrive(turn: Turn, pk: int) -> Act:
    session = turn.session(pk)
    return partial(
        arrival.arrive, session, said_name=turn.yes(), said_birth_date=turn.yes(), way_home=way_home(turn),
        escort=session.patient.contacts.first() if turn.one_in(4) else None, client_key=turn.key(), **us(turn),
    )  # fmt: skip


@step("way_home_set")
def set_way_home(turn: Turn, pk: int) -> Act:
    return partial(arrival.set_way_home, turn.session(pk), way_home=turn.pick(["driver", "transit", "van", ""]), escort=None, **us(turn))


@step("session_wait")
def wait(turn: Turn, pk: int) -> Act:
    return partial(arrival.wait, turn.session(pk), reason=turn.word(), **us(turn))


@step("session_resume")
def resume(turn: Turn, pk: int) -> Act:
    return partial(arrival.resume, turn.session(pk), **us(turn))


@step("session_hold")
def hold(turn: Turn, pk: int) -> Act:
    return partial(arrival.hold, turn.session(pk), reason=turn.word(), **us(turn))


@step("session_reopen")
def reopen(turn: Turn, pk: int) -> Act:
    return partial(arrival.reopen, turn.session(pk), reason=turn.word(), **us(turn))


# --- before the dose ---------------------------------------------------------------------------------------------------------
@step("predose_answer")
def answer_round(turn: Turn, pk: int) -> Act:
    answers = good_answers(turn.now)
    if turn.one_in(4):
        answers |= turn.pick([
            {"last_food": turn.now.isoformat()}, {"contraindications": ["vascular"]}, {"suicide_risk": "positive"}, {"enrolment": "down"},
            {"enrolment": "not_enrolled"}, {"medicines": ["alcohol"]}, {"event_since": "yes"},
        ])  # fmt: skip
    if turn.one_in(8):
        answers.pop(turn.pick(sorted(answers)))
    said = {"asked_identity": turn.yes(), "said_name": turn.yes(), "said_birth_date": turn.yes()}
    return partial(predose.answer_round, turn.session(pk), answers=answers, **said, client_key=turn.key(), **us(turn))


@step("finding_decide")
def decide(turn: Turn, pk: int) -> Act:
    keys = turn.world.undecided.get(pk) or ["PRE-3.way_home", "DOS-9.start", "PRE-2.missing"]
    key = keys[0] if turn.is_careful else turn.pick(keys)
    turn.world.undecided[pk] = [other for other in keys if other != key]
    return partial(
        predose.decide, turn.session(pk), finding_key=key, reason=turn.word(), client_key=turn.key(), membership=turn.membership, **us(turn)
    )


@step("session_clear")
def clear_for_dosing(turn: Turn, pk: int) -> Act:
    return partial(predose.clear_for_dosing, turn.session(pk), membership=turn.membership, **us(turn))


@step("patient_seen")
def see_patient(turn: Turn, pk: int) -> Act:
    return partial(screening.see_patient, turn.session(pk), note=turn.word(), client_key=turn.key(), **us(turn))


# --- the dose -------------------------------------------------------------------------------------------------------------------
def kit(turn: Turn) -> dosing.Kit:
    if turn.one_in(6):
        return dosing.Kit(
            route=turn.pick(["patient", "bulk"]), lot=turn.pick(["", "OTHER-7"]), expires_on=turn.pick([None, EXPIRY.replace(year=2020)])
        )
    return dosing.Kit(route="bulk", lot=LOT, expires_on=EXPIRY)


def given(turn: Turn) -> dosing.Given:
    return dosing.Given(
        kit=kit(turn), sprays=2 if turn.aim else turn.pick([2, 2, 2, 2, 1, 0]),
        given_at=turn.now - timedelta(minutes=25) if turn.aim == "confirm_device" else turn.seen_at(), observed_by=turn.pick([None, turn.world.cast.second_nurse]),
        indicator_ok=turn.yes(), label_checked=turn.yes(), has_failed=turn.aim == "report_complaint" or not turn.yes(),
    )  # fmt: skip


@step("dosing_start")
def start(turn: Turn, pk: int) -> Act:
    said = {"said_name": turn.yes(), "said_birth_date": turn.yes()}
    return partial(dosing.start, turn.session(pk), kit=kit(turn), **said, client_key=turn.key(), membership=turn.membership, **us(turn))


@step("device_record")
def record_device(turn: Turn, pk: int) -> Act:
    return partial(dosing.record_device, turn.session(pk), given=given(turn), client_key=turn.key(), membership=turn.membership, **us(turn))


@step("dosing_stop")
def stop_dosing(turn: Turn, pk: int) -> Act:
    return partial(dosing.stop_dosing, turn.session(pk), reason=turn.word(), client_key=turn.key(), **us(turn))


@step("device_undo")
def undo_device(turn: Turn, pk: int) -> Act:
    device = turn.row(DeviceUse, pk)
    if turn.is_careful:
        turn.by, turn.now = device.recorded_by, min(turn.now, moment(device.recorded_at) + timedelta(seconds=30))
    return partial(devices.undo_device, device, client_key=turn.key(), **us(turn))


def signer_of(turn: Turn, user: User) -> Signer:
    return Signer(proof=IdentityProof(user=user, method="password"), membership=turn.world.place_of(user))


@step("device_correct")
def correct_device(turn: Turn, pk: int) -> Act:
    device, new = turn.row(DeviceUse, pk), given(turn)
    if turn.pick([True, False]):
        shift = timedelta(minutes=turn.pick([-90, -20, -5, -1, 0, 1, 5, 20]))
        new = dosing.Given(kit=new.kit, sprays=device.sprays, given_at=device.observed_at + shift, observed_by=None)
    person = turn.pick([None, None, turn.by, turn.world.cast.second_prescriber, turn.world.cast.second_nurse])
    second = signer_of(turn, person) if person is not None else None
    return partial(devices.correct_device, device, given=new, reason=turn.word(), client_key=turn.key(), second=second, **us(turn))


@step("device_confirm")
def confirm_device(turn: Turn, pk: int) -> Act:
    """The second person proves who they are on the page of whoever is signed in."""
    device = turn.row(DeviceUse, pk)
    rows = [row for row in turn.shot.standing("deviceuse", pk) if row.counts_from is not None]
    rows = [row for row in rows if not any(one.device_id == row.id for one in turn.shot.rows("deviceconfirmation"))]
    if turn.is_careful and rows:
        device = DeviceUse.objects.get(pk=turn.pick(rows).id)
    able = [person for person in turn.world.people() if turn.world.may(person, "device_confirm")]
    second = turn.pick([person for person in able if person.pk != device.recorded_by_id] if turn.is_careful else able)
    return partial(device_seconds.confirm_device, device, second=signer_of(turn, second), client_key=turn.key(), **us(turn))


# --- the watch -------------------------------------------------------------------------------------------------------------------
VITALS: dict[str, dict[str, Any]] = {
    "high": {"systolic": 172}, "critical": {"systolic": 214, "diastolic": 124}, "low": {"spo2": 91}, "very low": {"spo2": 88}, "sedated": {"sedation": 3},
    "deep": {"sedation": 2}, "dissociated": {"dissociation": "moderate"}, "shallow": {"breathing": "shallow"}, "laboured": {"breathing": "laboured"},
    "raised": {"systolic": 148, "diastolic": 94}, "impossible": {"systolic": 70, "diastolic": 90}, "unlikely": {"pulse": 150}, "vomiting": {"nausea": "vomiting"},
}  # fmt: skip


def check(turn: Turn) -> watch.Check:
    values: dict[str, Any] = {**GOOD_VITALS, "systolic": 112 + turn.pick(range(20))}
    missing: dict[str, str] = {}
    if turn.aim in ("acknowledge_alert", "close_alert"):
        return watch.Check(values=values | VITALS[turn.pick(["high", "critical"])], observed_at=turn.now, client_key=turn.key(), is_confirmed=True)
    if turn.one_in(2):
        values |= VITALS[turn.pick(sorted(VITALS))]
    if turn.one_in(8):
        field = turn.pick(sorted(GOOD_VITALS))
        values[field], missing[field] = None, turn.word()
    signs = (turn.pick(URGENT_SIGNS)[0],) if turn.one_in(12) else ()
    return watch.Check(
        values=values, observed_at=turn.seen_at(), client_key=turn.key(), not_obtained=missing, urgent_signs=signs, is_confirmed=turn.yes(),
        observed_by=turn.pick([None, turn.world.cast.support]),
    )  # fmt: skip


@step("observation_record")
def record_observation(turn: Turn, pk: int) -> Act:
    return partial(watch.record_observation, turn.session(pk), check=check(turn), **us(turn))


@step("observation_correct")
def correct_observation(turn: Turn, pk: int) -> Act:
    return partial(watch.correct_observation, turn.row(Observation, pk), check=check(turn), reason=turn.word(), **us(turn))


@step("round_record")
def record_round(turn: Turn, pk: int) -> Act:
    return partial(watch.record_round, turn.session(pk), observed_at=turn.seen_at(), client_key=turn.key(), **us(turn))


@step("event_record")
def record_event(turn: Turn, pk: int) -> Act:
    event = watch.Event(kind=turn.pick(EVENTS), observed_at=turn.seen_at(), client_key=turn.key(), what=turn.word())
    return partial(watch.record_event, turn.session(pk), event=event, **us(turn))


@step("check_withdraw")
def withdraw(turn: Turn, pk: int) -> Act:
    fact = turn.row(turn.pick([Observation, Round, SessionEvent]), pk)
    return partial(watch.withdraw, fact, reason=turn.word(), client_key=turn.key(), **us(turn))


@step("alert_acknowledge")
def acknowledge_alert(turn: Turn, pk: int) -> Act:
    rows = [row for row in turn.shot.of("alert", pk) if row.acknowledged_at is None or not turn.is_careful]
    return partial(alerts.acknowledge_alert, Alert.objects.get(pk=turn.pick(rows).id), **us(turn))


@step("alert_close")
def close_alert(turn: Turn, pk: int) -> Act:
    rows = [row for row in turn.shot.of("alert", pk) if row.closed_at is None or not turn.is_careful]
    return partial(alerts.close_alert, Alert.objects.get(pk=turn.pick(rows).id), note=turn.word(), **us(turn))
