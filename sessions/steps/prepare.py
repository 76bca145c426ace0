"""The step before the dose: questions, vitals, what the gate says, a prescriber's decisions, clearing, a wait or a hold (PRE-1…PRE-6)."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.http import HttpRequest

from clinic.roles import Permission, may
from sessions.actions.predose import BEFORE_DOSE
from sessions.forms.arrival import ReasonForm, WayHomeForm
from sessions.forms.check import CheckForm
from sessions.forms.check_layout import drawn_check
from sessions.forms.predose import DecideForm, RoundForm
from sessions.picture import Picture
from sessions.queries.by_patient import said_of
from sessions.queries.gates import gate_facts, questions_of
from sessions.rules.gates import GateFacts, clear_findings
from sessions.rules.predose_vitals import REPEAT_AFTER
from sessions.rules.questions import QUESTIONS, Question, words_of
from sessions.states import Status
from sessions.steps.arrive import way_home_form
from sessions.steps.gate_rows import errors_of, gate_rows

TEMPLATE = "sessions/_step_prepare.html"
WAIT_REASONS = ("Pressure: rest and repeat", "Ate or drank too recently", "Left the room", "Device not here yet", "Waiting for the prescriber")
REOPEN_REASONS = ("Pressure is down", "Way home found", "By mistake")
HOLD_REASONS = ("Pressure too high", "Ill today", "No way home", "Patient declined")


def context(picture: Picture, *, request: HttpRequest, now: datetime, bound_form: Any = None) -> dict[str, Any]:
    """What `_step_prepare.html` shows; `bound_form` is a form that was refused (the round, a check, a decision, a reason)."""
    session = picture.session
    if session.status not in (*BEFORE_DOSE, Status.HELD):
        is_behind = session.status not in (Status.BOOKED, Status.CANCELLED, Status.MISSED)
        return {**base(picture, request, now, bound_form), **behind(picture), "is_behind": is_behind}
    facts = gate_facts(picture, at=now, membership=request.membership)  # type: ignore[attr-defined]
    rows = gate_rows(picture, clear_findings(facts), bound_form if isinstance(bound_form, DecideForm) else None)
    return {
        **base(picture, request, now, bound_form),
        "is_waiting": session.status == Status.WAITING,
        "is_held": session.status == Status.HELD,
        "is_cleared": session.status == Status.CLEARED,
        "rows": rows,
        "is_open": any(row["is_open"] for row in rows),
        "way_home_form": way_home_form(session, bound_form) if not session.way_home or type(bound_form) is WayHomeForm else None,
        "wait_reasons": WAIT_REASONS,
        "hold_reasons": HOLD_REASONS,
        "reopen_reasons": REOPEN_REASONS,
        "asked_at": picture.predose_checks[-1].observed_at if picture.predose_checks else None,
        **round_context(picture, facts, request=request, now=now, bound_form=bound_form),
        **vitals_context(facts, bound_form, is_asking=bool(facts.unasked) and may(request.membership.role, Permission.PREPARE)),  # type: ignore[attr-defined]
    }


def base(picture: Picture, request: HttpRequest, now: datetime, bound_form: Any) -> dict[str, Any]:
    """What every state of the step shows: what was refused, who may do what."""
    other = bound_form if isinstance(bound_form, ReasonForm | WayHomeForm) else None
    is_said_elsewhere = bound_form is None or isinstance(bound_form, CheckForm | DecideForm | ReasonForm | WayHomeForm)
    return {
        "session": picture.session,
        "site": request.site,  # type: ignore[attr-defined]
        "now": now,
        "is_booked": picture.session.status == Status.BOOKED,
        "is_behind": False,
        "at_home": said_of(picture.session) if picture.session.status in (*BEFORE_DOSE, Status.HELD) else None,
        "other_errors": errors_of(other),
        "form_findings": [] if is_said_elsewhere else getattr(bound_form, "findings", []),
        **permissions(request),
    }


def behind(picture: Picture) -> dict[str, Any]:
    """What was answered, once the dose has begun."""
    named = {question.id: question for question in QUESTIONS}
    answers: dict[str, object] = {}
    for row in picture.predose_checks:
        answers |= row.answers
    told = [
        {"label": named[name].text, "value": words_of(named[name], value, picture.session.site.zone), "hint": "", "url": ""}
        for name, value in answers.items()
        if name in named
    ]
    told.append({"label": "Way home", "value": picture.session.get_way_home_display(), "hint": "", "url": ""})
    return {"told": told}


def permissions(request: HttpRequest) -> dict[str, bool]:
    role = request.membership.role  # type: ignore[attr-defined]
    return {
        "may_prepare": may(role, Permission.PREPARE),
        "may_decide": may(role, Permission.DECIDE),
        "may_take_vitals": may(role, Permission.TAKE_VITALS),
        "may_check_in": may(role, Permission.CHECK_IN),
        "may_dose": may(role, Permission.DOSE),
    }


def round_context(picture: Picture, facts: GateFacts, *, request: HttpRequest, now: datetime, bound_form: Any) -> dict[str, Any]:
    """The questions that are still open; `?ask=all` asks every one again."""
    asks_again = request.GET.get("ask") == "all"
    questions = questions_of(picture.session) if asks_again else facts.unasked
    form = bound_form if isinstance(bound_form, RoundForm) else round_form(picture, facts, questions, now=now) if questions else None
    return {"round_form": form, "round_is_done": not facts.unasked, "asked_all": len(questions) == len(questions_of(picture.session))}


def round_form(picture: Picture, facts: GateFacts, questions: tuple[Question, ...], *, now: datetime, data: Any = None) -> RoundForm:
    """The round as it has to be asked now: identity with it where a wait has voided it (PRE-6)."""
    form = RoundForm(data, questions=questions, asks_identity=asks_identity(facts), now=now, initial={"client_key": uuid4()})
    form.helper.form_id = "round"
    return form


def asks_identity(facts: GateFacts) -> bool:
    return facts.identified_at is None or (facts.reset_at is not None and facts.identified_at < facts.reset_at)


def vitals_context(facts: GateFacts, bound_form: Any, *, is_asking: bool) -> dict[str, Any]:
    """The baseline's form, open when its turn has come: after the questions, while there is no fresh reading."""
    check_form = bound_form if isinstance(bound_form, CheckForm) else None
    findings = getattr(check_form, "findings", [])
    is_fresh = facts.vitals is not None and facts.at - facts.vitals.observed_at <= facts.limits.max_age
    return {
        "vitals": facts.vitals,
        "vitals_are_fresh": is_fresh,
        "repeat_at": facts.repeat_at,
        "repeat_by": facts.repeat_at + REPEAT_AFTER if facts.repeat_at is not None else None,
        "vitals_open": (not is_fresh and not is_asking) or check_form is not None,
        "check": drawn_check(check_form),
        "check_key": uuid4(),
        "check_findings": findings,
        "is_unlikely": bool(findings) and all(finding.code.startswith("unlikely.") for finding in findings),
    }
