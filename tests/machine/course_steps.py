"""The steps about a course and by a patient's own link: plans, wishes, preparation, what follows a missed visit, reviews."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from clinic.signatures import IdentityProof
from sessions.actions import benefit, by_patient, next_step, planning, wishes
from sessions.models import MoveWish, TreatmentSession
from sessions.queries.by_patient import offers_for
from sessions.rules import benefit as benefit_rules
from sessions.rules import preparation
from sessions.rules.next_step import BACK, END, KEEP
from sessions.rules.planning import Chosen, Wishes
from tests.machine.calendar_steps import free_chairs
from tests.machine.steps import Act, step, us
from tests.machine.world import Turn


def slot_of(turn: Turn, session: TreatmentSession) -> int:
    """The slot that the link names: mostly the present one."""
    return session.slot_version if turn.yes() else session.slot_version - 1


# --- behind the patient's link (MSG-5) ------------------------------------------------------------------------------------
@step("")
def prepare(turn: Turn, pk: int) -> Act:
    session = turn.session(pk)
    answers = {one.id: next(value for value, _ in one.choices if value not in one.red) for one in preparation.QUESTIONS}
    if turn.pick([True, False]):
        one = turn.pick(preparation.QUESTIONS)
        answers[one.id] = turn.pick(["", *one.red]) if not turn.aim else one.red[0]
    driver = {"ride_name": "Ash Wren", "ride_phone": turn.pick(["5185550144", "junk"]), "may_text_driver": True} if turn.pick([True, False]) else {}
    return partial(by_patient.prepare, session, slot_version=slot_of(turn, session), answers=answers, **driver, client_key=turn.key(), now=turn.now)


@step("")
def cancel_by_patient(turn: Turn, pk: int) -> Act:
    session, reason = turn.session(pk), turn.pick(["ill", "ride", "other"]) if turn.yes() else "junk"
    return partial(by_patient.cancel_by_patient, session, slot_version=slot_of(turn, session), reason=reason, now=turn.now)


@step("")
def ask_to_move(turn: Turn, pk: int) -> Act:
    """To a slot that the page offers; now and then one that nobody offered. Only a booked visit's page offers any: finding them is dear."""
    session = turn.session(pk)
    offered = offers_for(session, now=turn.now) if session.status == "booked" and turn.yes() else []
    at = turn.pick(offered).slot.starts_at if offered else turn.now + timedelta(days=3)
    return partial(by_patient.ask_to_move, session, slot_version=slot_of(turn, session), starts_at=at, client_key=turn.key(), now=turn.now)


def one_wish(turn: Turn) -> MoveWish:
    rows = [row for row in turn.shot.rows("movewish") if row.answer == "" or not turn.is_careful]
    return MoveWish.objects.select_related("session__patient__site", "session__site", "chair").get(pk=turn.pick(rows).id)


@step("")
def grant_at_once(turn: Turn, pk: int) -> Act:
    return partial(by_patient.grant_at_once, one_wish(turn), now=turn.now)


@step("wish_accept")
def accept_wish(turn: Turn, pk: int) -> Act:
    return partial(wishes.accept_wish, one_wish(turn), **us(turn))


@step("wish_decline")
def decline_wish(turn: Turn, pk: int) -> Act:
    return partial(wishes.decline_wish, one_wish(turn), words=turn.word(), **us(turn))


@step("answer_settle")
def settle_answer(turn: Turn, pk: int) -> Act:
    return partial(wishes.settle_answer, turn.session(pk), words=turn.word(), **us(turn))


# --- the course (DOS-3…DOS-6) ----------------------------------------------------------------------------------------------
@step("next_decide")
def decide_next(turn: Turn, pk: int) -> Act:
    """Ending a course ends what its patient can do here, so it is rare."""
    choice = END if turn.one_in(8) else turn.pick([KEEP, KEEP, BACK])
    return partial(
        next_step.decide_next, turn.session(pk), choice=choice if not turn.aim else KEEP, reason=turn.word(), client_key=turn.key(), by=turn.membership,
        now=turn.now,
    )  # fmt: skip


@step("benefit_review")
def review_benefit(turn: Turn, pk: int) -> Act:
    decision = "stop" if turn.one_in(8) else turn.pick(["continue", "change"])
    changes = {"frequency": "weekly", "dose_mg": turn.pick([56, 84])} if decision == "change" else {}
    judged = benefit.Judged(
        decision=decision, why=turn.word(), answers={one.id: "no" for one in benefit_rules.QUESTIONS}, concerns=turn.word(), client_key=turn.key(), **changes,
    )  # fmt: skip
    proof = IdentityProof(user=turn.by, method="password")
    return partial(benefit.review_benefit, turn.session(pk).course, judged, proof=proof, by=turn.membership, now=turn.now)


@step("course_plan")
def book_plan(turn: Turn, pk: int) -> Act:
    """One or two visits of the coming days, together or not at all."""
    here = {row.patient_id for row in turn.shot.rows("treatmentsession")}
    patient = turn.pick([one for one in turn.world.patients if one.pk not in here or not turn.is_careful] or turn.world.patients)
    first = turn.now.replace(second=0, microsecond=0) + timedelta(days=turn.pick([1, 1, 2, -1 if turn.one_in(6) else 1]))
    chosen = [
        Chosen(starts_at=at, chair_pk=turn.pick(free_chairs(turn, at) or turn.world.chairs).pk, dose_mg=56)
        for at in (first, first + timedelta(days=3))[: turn.pick([1, 2])]
    ]
    decider = planning.Decider(reason=turn.word(), may_decide=turn.world.may(turn.by, "finding_decide"))
    asked = Wishes(start=first.date(), usual=())
    return partial(planning.book_plan, patient, asked, chosen, decider=decider, client_key=turn.key(), **us(turn))
