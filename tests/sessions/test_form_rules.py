"""Whether a form is fully and possibly answered; whether it may be confirmed, sent, proven, corrected (PMF-4, PMF-5)."""

from datetime import date, timedelta
from typing import Any

import pytest

from clinic.findings import Finding
from sessions.rules import form as rules
from sessions.rules.definition import YES_NO, Choice, Definition, FieldSpec, Kind, Section, When
from sessions.rules.proposals import NOT_OBTAINED, Proposal
from tests.cast import NOW

SIZES = (Choice("s", "Small"), Choice("l", "Large"))
FIELDS = (
    FieldSpec("name", "Name", Kind.TEXT),
    FieldSpec("note", "Note", Kind.LONG_TEXT, is_required=False),
    FieldSpec("ill", "Ill", Kind.YES_NO, choices=YES_NO),
    FieldSpec("bad", "Bad", Kind.YES_NO, choices=YES_NO, when=When("ill", "yes")),
    FieldSpec("days", "Days", Kind.NUMBER, when=When("bad", "yes")),
    FieldSpec("sizes", "Sizes", Kind.MANY, choices=SIZES, is_required=False),
    FieldSpec("pressure", "Pressure", Kind.PRESSURE, may_be_absent=True),
    FieldSpec("judged", "Judged", Kind.YES_NO, choices=YES_NO, is_judgement=True),
)
FORM = Definition("X", "X", date(2026, 1, 1), "", (Section("One", FIELDS),))
GOOD: dict[str, Any] = {"name": " Ada ", "ill": "no", "bad": "yes", "days": "3", "sizes": ["s"], "pressure": "128/82", "judged": "yes", "note": ""}


def codes(findings: list[Finding]) -> list[str]:
    return [finding.code for finding in findings]


def test_only_what_applies_is_asked_and_kept():
    assert [spec.id for spec in rules.asked(FORM, GOOD)] == ["name", "note", "ill", "sizes", "pressure", "judged"]
    assert rules.settled(FORM, GOOD) == {"name": "Ada", "ill": "no", "sizes": ["s"], "pressure": "128/82", "judged": "yes"}
    assert rules.answer_findings(FORM, GOOD) == []


def test_a_condition_under_a_condition():
    assert "days" in rules.settled(FORM, GOOD | {"ill": "yes"})
    assert "days" not in rules.settled(FORM, GOOD | {"ill": "yes", "bad": "no"})


def test_everything_missing_at_once_in_order():
    found = rules.answer_findings(FORM, {"ill": "yes"})
    assert [finding.field for finding in found] == ["name", "bad", "pressure", "judged"]
    assert {finding.rule for finding in found} == {"PMF-4"}


def problem(kind: Kind, answer: Any, **spec: Any) -> str:
    return rules.problem_of(FieldSpec("x", "X", kind, **spec), answer)


@pytest.mark.parametrize(
    ("kind", "answer", "spec"),
    [
        (Kind.TEXT, "Łukasz 😀 שלום", {}), (Kind.TEXT, "a" * 300, {}), (Kind.LONG_TEXT, "one\ntwo\tthree", {}), (Kind.DATE, "2026-02-28", {}), (Kind.NUMBER, "0", {}),
        (Kind.NUMBER, "100", {"unit": "%"}), (Kind.PRESSURE, "300/20", {}), (Kind.PRESSURE, NOT_OBTAINED, {"may_be_absent": True}), (Kind.MANY, ["s", "l"], {"choices": SIZES}),
        (Kind.CHOICE, "s", {"choices": SIZES}), (Kind.TEXT, "", {"is_required": False}),
    ],
)  # fmt: skip
def test_good_answers(kind, answer, spec):
    assert problem(kind, answer, **spec) == ""


@pytest.mark.parametrize(
    ("kind", "answer", "spec", "says"),
    [
        (Kind.TEXT, "", {}, "not answered"), (Kind.TEXT, "a" * 301, {}, "at most 300"), (Kind.LONG_TEXT, "a" * 2001, {}, "at most 2000"),
        (Kind.TEXT, "one\ntwo", {}, "can't be printed"), (Kind.TEXT, "a\x00b", {}, "can't be printed"), (Kind.LONG_TEXT, "a\x85b", {}, "can't be printed"), (Kind.TEXT, ["a"], {}, "can't be printed"),
        (Kind.DATE, "2026-02-30", {}, "not a date"), (Kind.DATE, "yesterday", {}, "not a date"),
        (Kind.NUMBER, "-1", {}, "whole number"), (Kind.NUMBER, "1.5", {}, "whole number"), (Kind.NUMBER, "10000", {}, "0 to 9999"), (Kind.NUMBER, "٣", {}, "whole number"), (Kind.NUMBER, "9" * 400, {}, "whole number"), (Kind.NUMBER, "101", {"unit": "%"}, "0 to 100"),
        (Kind.PRESSURE, "128", {}, "128/82"), (Kind.PRESSURE, "80/120", {}, "not possible"), (Kind.PRESSURE, "301/80", {}, "not possible"), (Kind.PRESSURE, "120/19", {}, "not possible"), (Kind.PRESSURE, NOT_OBTAINED, {}, "128/82"),
        (Kind.CHOICE, "x", {"choices": SIZES}, "not one of"), (Kind.CHOICE, ["s"], {"choices": SIZES}, "not one of"), (Kind.MANY, "s", {"choices": SIZES}, "not one of"), (Kind.MANY, ["s", "x"], {"choices": SIZES}, "not one of"),
    ],
)  # fmt: skip
def test_bad_answers(kind, answer, spec, says):
    assert says in problem(kind, answer, **spec)


def test_what_was_changed():
    proposals = {"name": Proposal("Ada"), "ill": Proposal("yes"), "note": Proposal("")}
    assert rules.changed_fields({"name": "Ada", "ill": "no", "note": "new", "other": "x"}, proposals) == ["ill"]


def test_what_the_record_lacks():
    proposals = {spec.id: Proposal("") for spec in FIELDS} | {"ill": Proposal("no"), "name": Proposal("Ada")}
    assert [spec.id for spec, _ in rules.missing_proposals(FORM, proposals)] == ["pressure"]


def confirm(**changes: Any) -> list[str]:
    return codes(rules.confirm_findings(**({"is_over": True, "status": "owed", "credential": "rn", "licensed": frozenset({"rn"})} | changes)))


def test_who_may_confirm_and_when():
    assert confirm() == []
    assert confirm(status="sent", is_over=False, credential="ma") == ["PMF-4.done", "PMF-4.open", "PMF-4.credential"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"sent_at": NOW - timedelta(minutes=30)}, []),
        ({"status": "owed"}, ["PMF-5.incomplete"]),
        ({"completed_at": None}, ["PMF-5.incomplete"]),
        ({"status": "sent"}, ["PMF-5.sent"]),
        ({"sent_at": NOW + timedelta(seconds=1)}, ["PMF-5.future"]),
        ({"sent_at": NOW - timedelta(minutes=31)}, ["PMF-5.before"]),
    ],
)
def test_what_may_be_sent(changes, expected):
    known = {"status": "complete", "completed_at": NOW - timedelta(minutes=30) + timedelta(seconds=40), "sent_at": NOW, "now": NOW}
    assert codes(rules.send_findings(**(known | changes))) == expected


def test_a_send_ends_once():
    assert codes(rules.outcome_findings(outcome="pending")) == []
    assert codes(rules.outcome_findings(outcome="proven")) == ["PMF-5.ended"]


@pytest.mark.parametrize(
    ("status", "has_later", "reason", "expected"),
    [
        ("filed", False, "Typo", []),
        ("owed", False, "Typo", ["PMF-5.amend"]),
        ("sent", True, "Typo", ["PMF-5.amend"]),
        ("complete", False, " ", ["PMF-5.reason"]),
    ],
)
def test_what_may_be_corrected(status, has_later, reason, expected):
    assert codes(rules.amend_findings(status=status, has_later=has_later, reason=reason)) == expected


def section_of(*fields: FieldSpec) -> Section:
    return Section("One", fields)


SEEN = {"ill": Proposal("no", ("10:40 well",)), "bad": Proposal(""), "name": Proposal("Ada")}


@pytest.mark.parametrize(
    ("fields", "changes", "expected"),
    [
        (FIELDS[:5], {}, {"ill": "no"}),
        (FIELDS[:1], {}, {}),
        (FIELDS[:5], {"ill": Proposal("yes", ("10:40 ill",))}, {}),
        (FIELDS[:5], {"ill": Proposal("no")}, {}),
        (FIELDS[:5], {"ill": Proposal("")}, {}),
        (FIELDS[:5], {"name": Proposal("")}, {}),
        (FIELDS[2:6], {"sizes": Proposal(["s"], ("seen",))}, {}),
        ((FIELDS[2], FIELDS[7]), {"judged": Proposal("no", ("10:40 well",))}, {}),
    ],
)
def test_one_press_answers_only_what_is_quiet_by_the_record(fields, changes, expected):
    """Never a judgement, a finding that speaks up, one without evidence, or what is missing (PMF-4)."""
    assert rules.quiet_answers(section_of(*fields), SEEN | changes) == expected
