"""The steps around the floor: who is on duty, orders and limits of a patient, the monitoring form's way to its proof."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

from clinic.actions import duty, presence
from clinic.models import DutyPeriod
from patients.actions import chart, orders, patient
from patients.models import Order, Patient, StandingParameters
from sessions import definitions
from sessions.actions import confirming, filing
from sessions.models import FormSend, MonitoringForm
from sessions.rules.definition import FieldSpec, Kind
from tests.factories.forms import good_answers
from tests.machine.snapshot import moment
from tests.machine.steps import Act, proof, step, us
from tests.machine.world import Turn

LICENSED_ON_FLOOR = ("nurse", "prescriber", "second_nurse", "second_prescriber")


# --- duty (SET-2): one's own -------------------------------------------------------------------------------------------------
def on_floor(turn: Turn) -> None:
    if turn.is_careful:
        turn.by = turn.world.cast.person(turn.pick(LICENSED_ON_FLOOR))


@step("duty_come")
def come(turn: Turn, pk: int) -> Act:
    on_floor(turn)
    return partial(duty.check_in, turn.membership, **us(turn))


@step("duty_leave")
def go(turn: Turn, pk: int) -> Act:
    return partial(duty.check_out, turn.membership, **us(turn))


@step("duty_stay")
def stay_on(turn: Turn, pk: int) -> Act:
    on_floor(turn)
    zone, rows = turn.world.cast.riverside.zone, turn.shot.rows("dutyperiod")
    here = {row.membership_id for row in rows if row.left_at is None and moment(row.came_at).astimezone(zone).date() == turn.today()}
    able = [one for one in turn.world.people() if (member := turn.world.member(one)) is not None and member.pk in here]
    turn.by = turn.pick(able) if able and turn.is_careful else turn.by
    return partial(duty.stay_on, turn.membership, **us(turn))


@step("duty_record")
def record_presence(turn: Turn, pk: int) -> Act:
    """Somebody writes down that a prescriber came, or left."""
    act = turn.pick([presence.record_coming, presence.record_leaving])
    both = [one for one in (turn.world.cast.prescriber, turn.world.cast.second_prescriber) if one.pk != turn.by.pk or not turn.is_careful]
    who = turn.world.place_of(turn.pick(both))
    if turn.is_careful:
        here = {row.membership_id for row in turn.shot.rows("dutyperiod") if row.left_at is None and moment(row.lapses_at) > turn.now}
        act = presence.record_leaving if who.pk in here else presence.record_coming
    return partial(act, who, at=turn.seen_at(), **us(turn))


@step("duty_confirm")
def confirm_presence(turn: Turn, pk: int) -> Act:
    rows = turn.shot.rows("dutyperiod")
    if turn.is_careful:
        user = {row.id: row.user_id for row in turn.shot.rows("membership")}
        rows = [row for row in rows if row.is_prescriber and row.confirmed_at is None and row.recorded_by_id != user[row.membership_id]]
    period = DutyPeriod.objects.select_related("membership__user").get(pk=turn.pick(rows).id)
    turn.by = period.membership.user if turn.is_careful else turn.by
    return partial(presence.confirm_presence, period, **us(turn))


@step("duty_hand_over")
def hand_presence(turn: Turn, pk: int) -> Act:
    both = [turn.world.place_of(one) for one in (turn.world.cast.prescriber, turn.world.cast.second_prescriber)]
    here = {row.membership_id for row in turn.shot.rows("dutyperiod") if row.left_at is None and moment(row.lapses_at) > turn.now}
    giver = turn.pick([one for one in both if one.pk in here] or both)
    turn.by = giver.user if turn.is_careful else turn.by
    to = turn.pick([one for one in both if one.pk != giver.pk] if turn.is_careful else both)
    return partial(presence.hand_presence_to, turn.membership, to=to, **us(turn))


@step("duty_correct")
def correct_presence(turn: Turn, pk: int) -> Act:
    mine = [row for row in turn.shot.rows("dutyperiod") if row.membership_id == turn.membership.pk]
    period = DutyPeriod.objects.get(pk=turn.pick(mine).id) if mine and turn.pick([True, False]) else None
    said = {"came_at": turn.seen_at(), "left_at": turn.pick([None, turn.seen_at()]), "reason": turn.word()}
    if turn.is_careful and mine:
        period = DutyPeriod.objects.get(pk=mine[-1].id)
        said |= {"came_at": period.came_at, "left_at": period.left_at and turn.now}
    return partial(presence.correct_presence, turn.membership, period=period, **said, client_key=turn.key(), **us(turn))


# --- what a prescriber says about a patient ---------------------------------------------------------------------------------
@step("standing_new")
def set_limits(turn: Turn, pk: int) -> Act:
    fields = {
        "minimum_watch_minutes": turn.pick([None, 120, 150, 180, 60]), "high_systolic": turn.pick([None, 170]), "reason": turn.word() or "Known",
        "from_on": turn.today() - timedelta(days=turn.pick([0, 0, 3])), "until_on": turn.today() + timedelta(days=turn.pick([0, 9])),
    }  # fmt: skip
    return partial(chart.set_standing_parameters, turn.session(pk).patient, fields=fields, by=turn.membership, now=turn.now)


@step("standing_end")
def end_limits(turn: Turn, pk: int) -> Act:
    rows = [row for row in turn.shot.rows("standingparameters") if row.ended_at is None or not turn.is_careful]
    return partial(chart.end_standing_parameters, StandingParameters.objects.get(pk=turn.pick(rows).id), by=turn.membership, now=turn.now)


def terms(turn: Turn) -> dict[str, Any]:
    return {
        "dose_mg": turn.pick([56, 56, 84]), "other_dose_reason": "", "sessions": turn.pick([1, 4, 8]), "note": "",
        "valid_from_on": turn.today(), "valid_until_on": turn.today() + timedelta(days=turn.pick([0, 30])),
    }  # fmt: skip


@step("order_new")
def sign_order(turn: Turn, pk: int) -> Act:
    who = {"proof": proof(turn)["proof"], "by": turn.membership}
    return partial(orders.sign_order, turn.session(pk).course, fields=terms(turn), **who, client_key=turn.key(), now=turn.now)


def who_orders(turn: Turn) -> list[Any]:
    both = [turn.world.cast.prescriber, turn.world.cast.second_prescriber]
    return [one for one in both if one.pk != turn.by.pk] if turn.is_careful else [*both, turn.by]


@step("order_spoken")
def take_spoken_order(turn: Turn, pk: int) -> Act:
    who = {"ordered_by": turn.pick(who_orders(turn)), "by": turn.membership}
    return partial(orders.take_spoken_order, turn.session(pk).course, fields=terms(turn), **who, client_key=turn.key(), now=turn.now)


@step("order_cosign")
def cosign_order(turn: Turn, pk: int) -> Act:
    rows = [row for row in turn.shot.rows("order") if row.is_spoken and (not turn.is_careful or not (row.signed_at or row.cancelled_at))]
    order = Order.objects.select_related("ordered_by").get(pk=turn.pick(rows).id)
    turn.by = order.ordered_by if turn.is_careful else turn.by
    return partial(orders.cosign_order, order, proof=proof(turn)["proof"], by=turn.membership, now=turn.now)


@step("order_cancel")
def cancel_order(turn: Turn, pk: int) -> Act:
    rows = [row for row in turn.shot.rows("order") if row.cancelled_at is None or not turn.is_careful]
    return partial(orders.cancel_order, Order.objects.get(pk=turn.pick(rows[-20:]).id), by=turn.membership, now=turn.now)


@step("patient_status")
def change_status(turn: Turn, pk: int) -> Act:
    person: Patient = turn.session(pk).patient
    status = turn.pick(["active", "active", "active", "paused", "ended"])
    if turn.is_careful:
        status = "paused" if person.status == "active" else "active"
    return partial(patient.change_status, person, status=status, reason=turn.word(), **us(turn))


# --- the monitoring form -----------------------------------------------------------------------------------------------------
def form_of(turn: Turn, pk: int, *statuses: str) -> MonitoringForm:
    rows = [row for row in turn.shot.of("monitoringform", pk) if row.status in statuses or not turn.is_careful]
    return MonitoringForm.objects.select_related("session__site", "session__patient", "site").get(pk=turn.pick(rows).id)


def full_answers(form: MonitoringForm) -> dict[str, Any]:
    """As proposed, and what nothing proposes as somebody would type it."""
    definition = definitions.of_code(form.definition_code)
    proposed = good_answers(form)
    return {spec.id: proposed.get(spec.id) or typed(spec) for spec in definition.fields}


def typed(spec: FieldSpec) -> Any:
    if spec.choices:
        return [spec.choices[0].value] if spec.kind is Kind.MANY else spec.choices[0].value
    return {Kind.DATE: "2026-06-10", Kind.NUMBER: "90", Kind.PRESSURE: "120/80"}.get(spec.kind, "no")


@step("form_confirm")
def confirm_form(turn: Turn, pk: int) -> Act:
    form = form_of(turn, pk, "owed")
    answers = full_answers(form)
    if turn.is_careful and "monitored_minutes" in answers:
        answers["monitored_minutes"] = "130"
    if turn.one_in(6):
        answers.pop(turn.pick(sorted(answers)))
    return partial(confirming.confirm_form, form, answers=answers, **proof(turn), client_key=turn.key(), now=turn.now)


@step("form_amend")
def amend_form(turn: Turn, pk: int) -> Act:
    return partial(confirming.amend_form, form_of(turn, pk, "complete", "sent", "filed"), reason=turn.word(), client_key=turn.key(), **us(turn))


@step("form_send")
def send_form(turn: Turn, pk: int) -> Act:
    return partial(
        filing.send_form,
        form_of(turn, pk, "complete"),
        method=turn.pick(["fax", "portal"]),
        sent_at=turn.seen_at(),
        client_key=turn.key(),
        **us(turn),
    )


def send_of(turn: Turn, pk: int) -> FormSend:
    mine = {row.id for row in turn.shot.of("monitoringform", pk)}
    rows = [row for row in turn.shot.rows("formsend") if row.form_id in mine and (row.outcome == "pending" or not turn.is_careful)]
    return FormSend.objects.select_related("form").get(pk=turn.pick(rows).id)


@step("form_prove")
def prove_send(turn: Turn, pk: int) -> Act:
    return partial(filing.prove_send, send_of(turn, pk), proof=turn.word(), proof_file=None, **us(turn))


@step("form_fail")
def fail_send(turn: Turn, pk: int) -> Act:
    return partial(filing.fail_send, send_of(turn, pk), failure=turn.word(), **us(turn))
