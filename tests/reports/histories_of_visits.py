"""What may stand about a random visit: devices, checks, alerts, calls, signatures, a form with its revisions and sends."""

import random
from datetime import date, datetime, timedelta
from typing import Any

from clinic.models import Signature
from sessions.models import (
    AdverseEvent,
    Alert,
    Breach,
    Departure,
    DeviceUse,
    Discharge,
    Emergency,
    FormSend,
    HelpCall,
    MonitoringForm,
    Observation,
    Override,
    ReadinessCheck,
    SafetyCall,
    SessionEvent,
    TreatmentSession,
)
from tests.reports.histories import MINUTE, OVER, History, person, presence, visit

SECOND = timedelta(seconds=1)
DOSED = (*OVER, "dosing", "monitoring")
YES_NO = ("sedation", "sedation_resolved", "dissociation", "dissociation_resolved", "acceptable_end", "serious")
MOMENTS = (-20, -1, 0, 1, 29, 30, 40, 45, 46, 50, 51, 60, 70, 115, 120, 125, 130, 140)


def course(made: History, day: date) -> None:
    """Several visits of one course, most of them dosed: eight in time, eight too late, fewer, twice on one day."""
    whose, is_steady = person(made, day), made.perhaps(0.6)
    gaps = made.one((3, 4), (3, 4), (0, 1, 3), (4, 5, 7), (1, 2, 6, 14))
    for _ in range(made.one(3, 8, 9)):
        state = "discharged" if is_steady else made.one("discharged", "discharged", "left", "voided", None)
        one = visit(made, whose, day, status=state)
        if is_steady:
            made.fact(DeviceUse, start_of(one), session=one, number=1, route="bulk")
        else:
            devices(made, one)
        day += timedelta(days=made.one(*gaps))


def some_visits(made: History, day: date) -> None:
    """A few visits with everything that may stand about them."""
    whose = person(made, day)
    for count in range(made.one(1, 2, 3)):
        one = visit(made, whose, day + timedelta(days=count * made.one(0, 1, 2)))
        devices(made, one)
        checks(made, one)
        beside(made, one)
        gone(made, one)
        papers(made, one)
        if one.status in OVER:
            presence(made, start_of(one), end_of(one))


def start_of(one: TreatmentSession) -> datetime:
    return one.starts_at + 30 * MINUTE


def end_of(one: TreatmentSession) -> datetime:
    return one.discharged_at or one.left_at or one.transferred_at or one.starts_at + 160 * MINUTE


def devices(made: History, one: TreatmentSession) -> None:
    if one.status not in (*DOSED, "voided", "held"):
        return
    for number in range(1, made.one(1, 2, 3) + 1):
        sprays = 0 if one.status == "held" else made.one(2, 2, 2, 2, 1, 0)
        who = {"observed_by": made.one(None, made.cast.second_nurse, made.cast.support)}
        told = {"session": one, "number": number, "route": "bulk", "sprays": sprays, **who}
        row = made.fact(DeviceUse, start_of(one) + (number - 1) * made.one(5, 10) * MINUTE, delay=made.one(0, 0, 5, 6, 10, 11), **told)
        if made.perhaps(0.15):
            row = made.again(row, is_withdrawn=made.perhaps(0.4), sprays=made.one(0, 2))
            if not row.is_withdrawn and made.perhaps(0.3):
                made.again(row, observed_at=row.observed_at + made.one(-1, 1, 5) * MINUTE)


def checks(made: History, one: TreatmentSession) -> None:
    previous: dict[str, Any] = {}
    for _ in range(made.dice.randrange(7)):
        kind, minute = made.one(
            ("extra", None), ("planned", 0), ("planned", 30), ("planned", 40), ("planned", 60), ("planned", 120), ("planned", 130)
        )
        values = {"systolic": made.one(120, 131, 136, 141, 151, None), "diastolic": made.one(70, 86, 91, 96, None), "pulse": made.one(70, 71, None)}
        values |= {
            "spo2": made.one(98, 97, None),
            "breaths": made.one(14, None),
            "sedation": made.one(5, 4, 0, None),
            "cadss": made.one(None, None, 0, 4),
        }
        values |= {"dissociation": made.one("none", "mild", ""), "nausea": made.one("none", ""), "breathing": made.one("normal", "")}
        values = (
            {**previous, made.one(*values): made.one(None, 0)}
            if previous and made.perhaps(0.3)
            else previous
            if previous and made.perhaps(0.4)
            else values
        )
        values = possible(values)
        told = {"session": one, "kind": kind, "planned_minute": minute, **values}
        row = made.fact(Observation, start_of(one) + made.one(*MOMENTS) * MINUTE, delay=made.one(0, 0, 5, 6, 10, 11), **told)
        previous = values
        while made.perhaps(0.2):
            row = made.again(row, is_withdrawn=made.perhaps(0.3), systolic=made.one(120, 141), diastolic=made.one(70, 91))
            if row.is_withdrawn:
                break


def possible(values: dict[str, Any]) -> dict[str, Any]:
    """What the columns take: texts stay texts, and no pressure is upside down."""
    found = {name: (value or "") if name in ("dissociation", "nausea", "breathing") else value for name, value in values.items()}
    if found["systolic"] is not None and found["diastolic"] is not None and found["systolic"] <= found["diastolic"]:
        found["diastolic"] = None
    return found


def beside(made: History, one: TreatmentSession) -> None:
    cast, start = made.cast, start_of(one)
    if made.perhaps(0.3):
        made.add(Breach, session=one, rule="SET-2", finding="x", text="Nobody.", happened_at=start, recorded_at=start)
    for finding in ("PRE-2.pressure.7", "PRE-2.unrepeated.7", "DOS-3.first_dose", "DOS-4.first_dose", "DOS-5.interval", "DOS-5.dose", "DOS-4.beyond"):
        if made.perhaps(0.2):
            told = {"gate": "clear", "rule": finding[:5], "finding": finding, "text": "x", "reason": "Weighed"}
            made.add(Override, session=one, decided_at=start, decided_by=cast.prescriber, client_key=made.uuid(), **told)
    seen = next((row for row in made.rows[Observation] if row.session_id == one.pk), None)
    for what in ("systolic", "spo2") if seen is not None else ():
        if made.perhaps(0.3):
            taken = {"acknowledged_at": start + made.one(0, 1, 3) * MINUTE, "acknowledged_by": cast.nurse} if made.perhaps(0.6) else {}
            made.add(Alert, session=one, observation=seen, tier=made.one("high", "critical"), what=what, text="x", raised_at=start, **taken)
    if made.perhaps(0.3):
        answered = {"answered_at": start + made.one(0, 2) * MINUTE, "answered_by": cast.nurse} if made.perhaps(0.7) else {}
        made.add(HelpCall, session=one, screen=made.screen, client_key=made.uuid(), asked_at=start, **answered)
    serious(made, one)
    if made.perhaps(0.2):
        ended = {"ended_at": start + MINUTE, "ended_by": cast.nurse, "outcome": made.one("settled", "false_alarm"), "outcome_reason": "x"}
        told = {
            "pressed_at": start,
            "recorded_at": start,
            "recorded_by": cast.nurse,
            "client_key": made.uuid(),
            **(ended if made.perhaps(0.8) else {}),
        }
        made.add(Emergency, session=one, patient=one.patient, **told)
    if made.perhaps(0.4):
        due = made.at(one.treatment_on, made.one(0, 18, 23), made.one(0, 59))
        closed = (
            {"closed_at": due + made.one(-SECOND, 0 * SECOND, SECOND), "closed_by": cast.nurse, "closed_how": "Reached"} if made.perhaps(0.6) else {}
        )
        made.add(SafetyCall, session=one, why="left", raised_at=start, due_at=due, **closed)


def serious(made: History, one: TreatmentSession) -> None:
    """An event on the session or at home, put right or taken back; by dice of its own."""
    others, made.dice = made.dice, random.Random(one.pk)
    if made.perhaps(0.3):
        told = {"patient": one.patient, "session": made.one(one, one, None), "case": made.uuid(), "kind": "x", "narrative": "x"}
        row = made.fact(AdverseEvent, start_of(one), is_serious=made.perhaps(0.7), **told)
        if made.perhaps(0.4):
            made.again(row, is_withdrawn=made.perhaps(0.3), is_serious=made.perhaps(0.5))
    made.dice = others


def gone(made: History, one: TreatmentSession) -> None:
    """Ready, discharged early or not, or simply gone; the signature within a day, to the second."""
    cast, end = made.cast, end_of(one)
    for _ in range(made.one(0, 1, 2)):
        row = made.fact(
            SessionEvent, end + made.one(-20, -5, 0, 1) * MINUTE, session=one, kind=made.one("clinically_ready", "clinically_ready", "note")
        )
        if made.perhaps(0.2):
            made.again(row, is_withdrawn=made.perhaps(0.5))
    if one.status == "discharged" and made.perhaps(0.7):
        ready = made.fact(ReadinessCheck, end, session=one, answers={})
        early = {"is_early": True, "early_reason": "Ill", "second_signer": cast.prescriber} if made.perhaps(0.4) else {}
        told = {"discharged_at": end, "discharged_by": cast.nurse, "recorded_at": end, "client_key": made.uuid()}
        made.add(Discharge, session=one, readiness=ready, **told, **early)
    if one.status in (*OVER, "voided") and made.perhaps(0.5):
        row = made.fact(Departure, end, session=one, kind=made.one("left", "left", "transferred"), condition="Awake", destination="Hospital")
        if made.perhaps(0.3):
            row = made.again(row, is_withdrawn=made.perhaps(0.3))
        if made.perhaps(0.6):
            at = end + timedelta(days=1) + made.one(-SECOND, 0 * SECOND, SECOND)
            told = {"signer": cast.prescriber, "printed_name": "P", "credential": "md", "role": "prescriber", "meaning": "review", "signed_at": at}
            made.add(Signature, target_kind="departure", target_pk=row.pk, content_schema=1, content_sha256="0" * 64, **told)


def papers(made: History, one: TreatmentSession) -> None:
    """A form with up to three revisions, each with its sends; of a voided visit they are void."""
    if one.status not in (*DOSED, "voided") or made.perhaps(0.2):
        return
    day, end = one.treatment_on, end_of(one)
    for revision in range(1, made.one(1, 1, 2, 3) + 1):
        status = "void" if one.status == "voided" else made.one("owed", "complete", "sent", "filed")
        given = {name: made.one("yes", "no", "") for name in YES_NO} | {"ready_minutes": made.one("", "120", "121", 121, "long")}
        done = {"completed_at": end, "completed_by": made.cast.nurse, "answers": given} if status not in ("owed", "void") or made.perhaps(0.2) else {}
        filed = {"filed_at": end} if status == "filed" else {}
        days = {"treatment_on": day, "due_on": day + timedelta(days=6 + revision), "staffed_due_on": day + timedelta(days=5), "owed_at": end}
        told = {"definition_code": "x", "definition_sha256": "0" * 64, "client_key": made.uuid(), "reason": "" if revision == 1 else "Slip"}
        form = made.add(MonitoringForm, session=one, revision=revision, status=status, **days, **told, **done, **filed)
        for _ in range(made.one(0, 1, 2)):
            send(made, form, made.one("proven", "failed", "pending"))


def send(made: History, form: MonitoringForm, outcome: str) -> None:
    """Around the site's midnight after day 7, in winter or summer time."""
    at = made.at(form.treatment_on + timedelta(days=made.one(3, 8)), 0, 0) - made.one(SECOND, 0 * SECOND)
    ended = {} if outcome == "pending" else {"outcome_at": at, "outcome_by": made.cast.desk}
    told = {"method": "fax", "sent_at": at, "sent_by": made.cast.desk, "recorded_at": at, "proof": "1", "failure": "busy", "client_key": made.uuid()}
    made.add(FormSend, form=form, outcome=outcome, **told, **ended)
