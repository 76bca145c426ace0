"""Whether a monitoring form is fully and possibly answered, and whether it may be confirmed, sent, proven (PMF-4, PMF-5)."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime

from clinic.findings import Finding, Level
from sessions.rules.definition import Definition, FieldSpec, Kind, Section
from sessions.rules.proposals.core import NOT_OBTAINED, Proposal

Answer = str | list[str]
Answers = Mapping[str, Answer]

PRESSURE = re.compile(r"^(\d{2,3})/(\d{2,3})$", re.ASCII)
LONGEST = {Kind.TEXT: 300, Kind.LONG_TEXT: 2000}
HIGHEST_NUMBER = 9999


def asked(definition: Definition, answers: Answers) -> Iterator[FieldSpec]:
    """The fields that apply, in order: one with a condition only when the field it names applies and has that answer."""
    given: dict[str, Answer] = {}
    for spec in definition.fields:
        if spec.when is None or given.get(spec.when.field) == spec.when.value:
            given[spec.id] = answers.get(spec.id, "")
            yield spec


def settled(definition: Definition, answers: Answers) -> dict[str, Answer]:
    """The answers of the fields that apply, without empty ones: what is stored and signed."""
    trimmed = {spec.id: trim(answers.get(spec.id, "")) for spec in asked(definition, answers)}
    return {name: answer for name, answer in trimmed.items() if answer}


def trim(answer: Answer) -> Answer:
    return answer.strip() if isinstance(answer, str) else answer


def answer_findings(definition: Definition, answers: Answers) -> list[Finding]:
    """Every field that is missing or impossible, in the form's order; `field` is its id (PMF-4)."""
    found = []
    for spec in asked(definition, answers):
        problem = problem_of(spec, trim(answers.get(spec.id, "")))
        if problem:
            found.append(Finding("PMF-4", Level.BLOCK, f"{spec.label.rstrip('?')}: {problem}", f"PMF-4.{spec.id}", spec.id))
    return found


def problem_of(spec: FieldSpec, answer: Answer) -> str:
    """What is wrong with one answer; empty when nothing is."""
    if not answer:
        return "not answered." if spec.is_required else ""
    if answer == NOT_OBTAINED and spec.may_be_absent:
        return ""
    if spec.is_chosen:
        return "" if are_choices(spec, answer) else "not one of the choices."
    if not isinstance(answer, str) or any(is_control(letter, spec.kind) for letter in answer):
        return "has characters that can't be printed."
    return TYPED[spec.kind](answer, spec)


def are_choices(spec: FieldSpec, answer: Answer) -> bool:
    known = {choice.value for choice in spec.choices}
    picked = answer if isinstance(answer, list) else [answer]
    return isinstance(answer, list) == (spec.kind is Kind.MANY) and set(picked) <= known


def is_control(letter: str, kind: Kind) -> bool:
    allowed = "\n\r\t" if kind is Kind.LONG_TEXT else ""
    return (ord(letter) < 32 and letter not in allowed) or 127 <= ord(letter) < 160


def text_problem(answer: str, spec: FieldSpec) -> str:
    longest = LONGEST[spec.kind]
    return f"at most {longest} characters." if len(answer) > longest else ""


def date_problem(answer: str, spec: FieldSpec) -> str:
    try:
        date.fromisoformat(answer)
    except ValueError:
        return "not a date."
    return ""


def number_problem(answer: str, spec: FieldSpec) -> str:
    is_whole = answer.isascii() and answer.isdigit() and len(answer) <= 6
    highest = 100 if spec.unit == "%" else HIGHEST_NUMBER
    return "" if is_whole and int(answer) <= highest else f"a whole number from 0 to {highest}."


def pressure_problem(answer: str, spec: FieldSpec) -> str:
    match = PRESSURE.match(answer)
    if match is None:
        return "write it like 128/82."
    systolic, diastolic = int(match[1]), int(match[2])
    return "" if 40 <= systolic <= 300 and 20 <= diastolic < systolic else "that pressure is not possible."


TYPED = {Kind.TEXT: text_problem, Kind.LONG_TEXT: text_problem, Kind.DATE: date_problem, Kind.NUMBER: number_problem, Kind.PRESSURE: pressure_problem}


def changed_fields(answers: Answers, proposals: Mapping[str, Proposal]) -> list[str]:
    """Ids of the fields whose confirmed answer differs from what was proposed, sorted."""
    return sorted(name for name, answer in answers.items() if name in proposals and proposals[name].value and proposals[name].value != answer)


def quiet_answers(section: Section, proposals: Mapping[str, Proposal]) -> dict[str, Answer]:
    """What one press may answer in a section: all of its findings, where each is "no" by evidence (PMF-4).

    Empty where anything speaks up: a judgement, a finding that is not "no", one without evidence, a required value that is missing.
    """
    given: dict[str, Answer] = {}
    taken: dict[str, Answer] = {}
    for spec in section.fields:
        proposal = proposals.get(spec.id, Proposal(""))
        if spec.when is not None and given.get(spec.when.field) != spec.when.value:
            continue
        given[spec.id] = proposal.value
        if spec.is_judgement or (spec.is_required and not proposal.value):
            return {}
        if spec.is_chosen and not spec.is_fact:
            if proposal.value != "no" or not proposal.evidence:
                return {}
            taken[spec.id] = "no"
    return taken


def missing_proposals(definition: Definition, proposals: Mapping[str, Proposal]) -> list[tuple[FieldSpec, Proposal]]:
    """Required fields that nothing could be proposed for, with the reason and the place that mends it.

    A judgement is never missing, and a field under a condition only when the proposals meet it.
    """
    values: dict[str, Answer] = {name: proposal.value for name, proposal in proposals.items()}
    listed = [(spec, proposals[spec.id]) for spec in asked(definition, values)]
    return [(spec, proposal) for spec, proposal in listed if spec.is_required and not spec.is_judgement and not proposal.value]


def confirm_findings(*, is_over: bool, status: str, credential: str, licensed: frozenset[str]) -> list[Finding]:
    """Why this person can't confirm this form now (PMF-1, PMF-4, SET-10)."""
    found = []
    if status != "owed":
        found.append(block("This form has been confirmed already. To change it, correct it.", "PMF-4.done"))
    if not is_over:
        found.append(block("The patient is still here. Confirm the form when monitoring has ended.", "PMF-4.open", "PMF-1"))
    if credential not in licensed:
        found.append(block("A licensed provider who monitors confirms the form.", "PMF-4.credential", "SET-10"))
    return found


def send_findings(*, status: str, completed_at: datetime | None, sent_at: datetime, now: datetime) -> list[Finding]:
    """Why a send can't be recorded (PMF-5): only what is complete goes out, never before it was confirmed."""
    if status == "sent":
        return [block("It has been sent already. Record its proof, or that it failed, first.", "PMF-5.sent", "PMF-5")]
    if status != "complete" or completed_at is None:
        return [block("Only a confirmed form can be sent.", "PMF-5.incomplete", "PMF-5")]
    if sent_at > now:
        return [block("That time hasn't come yet.", "PMF-5.future", "PMF-5", "sent_at")]
    # Times are typed in whole minutes.
    if sent_at < completed_at.replace(second=0, microsecond=0):
        return [block("It can't have been sent before it was confirmed.", "PMF-5.before", "PMF-5", "sent_at")]
    return []


def outcome_findings(*, outcome: str) -> list[Finding]:
    """A send is proven or failed once (PMF-5)."""
    return [] if outcome == "pending" else [block("Somebody has recorded how this send ended since you opened the page.", "PMF-5.ended", "PMF-5")]


def amend_findings(*, status: str, has_later: bool, reason: str) -> list[Finding]:
    """Why a form can't be corrected now: what nobody has confirmed is simply changed; the newest revision alone is corrected."""
    found = []
    if status not in ("complete", "sent", "filed") or has_later:
        found.append(block("This form can't be corrected: open the newest revision.", "PMF-5.amend"))
    if not reason.strip():
        found.append(block("Say what is corrected.", "PMF-5.reason", field="reason"))
    return found


def block(text: str, code: str, rule: str = "PMF-4", field: str = "") -> Finding:
    return Finding(rule, Level.BLOCK, text, code, field)
