"""The steps in the chart beside a session: enrolment, screening, consent, medicines, scores, course, payer, contacts, a move elsewhere."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import partial
from typing import Any

from clinic.actions.merging import opened_as
from patients.actions import authorisations, chart, course, drivers, facts, patient, scores, transfers
from patients.models import Assessment, Contact, Course, Medicine, Screening, TransferOut
from patients.rules.consent import CONSENT_TEXTS
from patients.rules.screening import SCREENING, Answer
from patients.scales import scales
from tests.machine.steps import Act, step, us
from tests.machine.world import Turn


def who(turn: Turn) -> dict[str, Any]:
    return {"by": turn.membership, "now": turn.now}


def shown(row: Any, fields: dict[str, Any]) -> dict[str, str] | None:
    """What the page of a row that stands showed when it was opened."""
    return json.loads(opened_as(row, fields)) if row is not None else None


def row_of(turn: Turn, model: Any, is_open: Any) -> Any:
    """One row; who is careful takes one that can still be acted on."""
    rows = [row for row in turn.shot.rows(model._meta.model_name) if not turn.is_careful or is_open(row)]
    return model.objects.get(pk=turn.pick(rows[-30:]).id)


# --- what opens the gates of the chart (PAT-1…PAT-6) -----------------------------------------------------------------------
@step("enrolment_new")
def record_enrolment(turn: Turn, pk: int) -> Act:
    day = turn.today() - timedelta(days=0 if turn.yes() else -1)
    fields = {
        "patient_signed_on": day, "prescriber_signed_on": day, "submitted_on": day, "method": turn.pick(["portal", "fax"]), "rems_id": "",
        "proof_note": turn.word(),
    }  # fmt: skip
    return partial(facts.record_enrolment, turn.session(pk).patient, fields=fields, client_key=turn.key(), **us(turn))


def answers(turn: Turn) -> dict[str, str]:
    said: dict[str, str] = {question.id: Answer.NO.value for question in SCREENING}
    if turn.one_in(2):
        said[turn.pick(sorted(said))] = turn.pick(["yes", "unknown", ""])
    return {item: answer for item, answer in said.items() if answer}


@step("screening_new")
def record_screening(turn: Turn, pk: int) -> Act:
    return partial(facts.record_screening, turn.session(pk).patient, answers=answers(turn), note=turn.word(), client_key=turn.key(), **us(turn))


@step("screening_correct")
def correct_screening(turn: Turn, pk: int) -> Act:
    gone = {row.supersedes_id for row in turn.shot.rows("screening")}
    old = row_of(turn, Screening, lambda row: row.id not in gone)
    said = {"answers": answers(turn), "note": turn.word(), "reason": turn.word()}
    return partial(facts.correct_screening, old, **said, client_key=turn.key(), **who(turn))


@step("consent_new")
def record_consent(turn: Turn, pk: int) -> Act:
    fields = {
        "text_version": CONSENT_TEXTS[-1].version if turn.yes() else "none", "patient_signed_on": turn.today(), "clinician_signed_on": turn.today(),
        "medication_guide_given": turn.yes(),
    }  # fmt: skip
    return partial(facts.record_consent, turn.session(pk).patient, fields=fields, client_key=turn.key(), **us(turn))


@step("medicine_new")
def add_medicine(turn: Turn, pk: int) -> Act:
    kind = turn.pick(["benzodiazepine", "opioid", "hypnotic", "antidepressant"])
    fields = {"name": "Some medicine", "medicine_class": kind, "dose": "", "started_on": turn.today() + timedelta(days=0 if turn.yes() else 1)}
    return partial(chart.add_medicine, turn.session(pk).patient, fields=fields, client_key=turn.key(), **us(turn))


@step("medicine_stop")
def stop_medicine(turn: Turn, pk: int) -> Act:
    row = row_of(turn, Medicine, lambda row: row.stopped_on is None)
    return partial(chart.stop_medicine, row, stopped_on=turn.today() + timedelta(days=0 if turn.yes() else 2), **us(turn))


# --- scores and their suicide item (PRE-4) ---------------------------------------------------------------------------------
@step("score_new")
def record_score(turn: Turn, pk: int) -> Act:
    scale = turn.pick(sorted(scales().values(), key=lambda one: one.code))
    is_positive = turn.aim == "answer_risk" or turn.one_in(3)
    said = {item.id: item.highest if is_positive or not turn.yes() else 0 for item in scale.asked}
    answered = scores.Answered(scale=scale, answers=said, on=turn.today() + timedelta(days=0 if turn.yes() else 1), client_key=turn.key())
    return partial(scores.record_score, turn.session(pk).patient, answered, **who(turn))


def unanswered_risk(turn: Turn) -> Any:
    done = {row.case for row in turn.shot.rows("riskanswer")}
    return lambda row: row.is_suicide_positive and row.case not in done


@step("risk_answer")
def answer_risk(turn: Turn, pk: int) -> Act:
    row = row_of(turn, Assessment, unanswered_risk(turn))
    return partial(scores.answer_risk, row, done=turn.word(), client_key=turn.key(), **us(turn))


@step("score_take_back")
def withdraw_score(turn: Turn, pk: int) -> Act:
    gone = {row.supersedes_id for row in turn.shot.rows("assessment")}
    row = row_of(turn, Assessment, lambda row: row.id not in gone and not row.is_withdrawn)
    return partial(scores.withdraw_score, row, reason=turn.word(), client_key=turn.key(), **who(turn))


# --- the course (PAT-2, DOS-3) -----------------------------------------------------------------------------------------------
def open_courses(turn: Turn) -> list[Any]:
    return [row for row in turn.shot.rows("course") if row.ended_at is None]


def courseless(turn: Turn) -> list[Any]:
    mine = {row.patient_id for row in open_courses(turn)}
    return [one for one in turn.world.patients if one.pk not in mine]


@step("course_new")
def open_course(turn: Turn, pk: int) -> Act:
    fields = {
        "indication": "trd", "with_antidepressant": True, "prescriber": turn.world.cast.prescriber, "earlier_sessions": 0 if turn.yes() else 3,
        "earlier_first_on": None, "earlier_last_on": None, "earlier_last_dose_mg": None,
    }  # fmt: skip
    person = turn.pick(courseless(turn) if turn.is_careful else turn.world.patients)
    return partial(course.open_course, person, fields=fields, **who(turn))


@step("course_end")
def end_course(turn: Turn, pk: int) -> Act:
    """Also while its patient sits in the chair; who is careful spares those."""
    here = {row.patient_id for row in turn.shot.rows("treatmentsession")} if turn.is_careful else set()
    row = turn.pick([row for row in open_courses(turn) if row.patient_id not in here])
    return partial(course.end_course, Course.objects.get(pk=row.id), reason=turn.word(), **who(turn))


@step("course_elsewhere")
def put_elsewhere_right(turn: Turn, pk: int) -> Act:
    count = turn.pick([0, 1, 2])
    days = (turn.today() - timedelta(days=40), turn.today() - timedelta(days=30)) if count and turn.yes() else (None, None)
    fields = {"earlier_sessions": count, "earlier_first_on": days[0], "earlier_last_on": days[1], "earlier_last_dose_mg": 56 if count else None}
    row = row_of(turn, Course, lambda row: row.ended_at is None)
    return partial(course.put_elsewhere_right, row, fields=fields, opened=shown(row, fields), **who(turn))


@step("course_prescriber")
def change_prescriber(turn: Turn, pk: int) -> Act:
    """Also while its patient sits in the chair; now and then to somebody who doesn't prescribe."""
    cast, row = turn.world.cast, row_of(turn, Course, lambda row: row.ended_at is None)
    to = turn.pick([cast.prescriber, cast.second_prescriber]) if turn.yes() else cast.nurse
    return partial(course.change_prescriber, row, prescriber=to, opened=shown(row, {"prescriber": to}), **who(turn))


# --- payer, contacts, a move to another setting (SET-8) ------------------------------------------------------------------------
@step("authorisation_new")
def record_authorisation(turn: Turn, pk: int) -> Act:
    until = turn.today() + timedelta(days=90 if turn.yes() else -1)
    fields = {
        "payer": "Payer",
        "number": "A-1",
        "sessions_granted": turn.pick([1, 8]),
        "from_on": turn.today(),
        "until_on": until,
        "note": turn.word(),
    }
    return partial(authorisations.record_authorisation, turn.session(pk).patient, fields=fields, client_key=turn.key(), **us(turn))


@step("contact_new")
def save_contact(turn: Turn, pk: int) -> Act:
    """A new one, or the one whom the session's visit knows as the way home, changed meanwhile."""
    person = turn.session(pk).patient
    old = person.contacts.order_by("pk").first() if turn.pick([True, False]) else None
    fields = {
        "kind": "escort",
        "name": turn.pick(["Ember Sparrow", "Ash Wren"]),
        "phone": turn.pick(["+15185550177", "+15185550178"]),
        "may_text": turn.yes(),
    }
    return partial(patient.save_contact, person, contact=old, fields=fields, opened=shown(old, fields), client_key=turn.key(), **us(turn))


@step("contact_edit")
def answer_driver(turn: Turn, pk: int) -> Act:
    row = row_of(turn, Contact, lambda row: True)
    return partial(drivers.answer_driver, row, has_agreed=turn.pick([True, False]), how="chart", **us(turn))


@step("transfer_out")
def plan_move(turn: Turn, pk: int) -> Act:
    planned = {row.patient_id for row in turn.shot.rows("transferout") if row.told_at is None and row.cancelled_at is None}
    person = turn.pick([one for one in turn.world.patients if one.pk not in planned or not turn.is_careful])
    said = {"to_setting": "Another clinic", "moves_on": turn.today() + timedelta(days=turn.pick([0, 1, 9])), "owner": turn.world.cast.person("desk")}
    return partial(transfers.plan_move, person, **said, client_key=turn.key(), **us(turn))


def open_move(row: Any) -> bool:
    return row.told_at is None and row.cancelled_at is None


@step("transfer_told")
def tell_of_move(turn: Turn, pk: int) -> Act:
    said = {"told_at": turn.seen_at(), "told_by": turn.by, "told_how": "phone", "told_note": turn.word()}
    return partial(transfers.tell_of_move, row_of(turn, TransferOut, open_move), **said, **us(turn))


@step("transfer_call_off")
def call_off_move(turn: Turn, pk: int) -> Act:
    return partial(transfers.call_off_move, row_of(turn, TransferOut, open_move), reason=turn.word(), **us(turn))
