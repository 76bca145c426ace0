"""A definition is read whole or refused with a sentence that says what to mend (PMF-4)."""

import copy
from datetime import date
from typing import Any

import pytest

from sessions.rules.definition import BadDefinition, Kind, parse

SOURCES = frozenset({"known"})
GOOD: dict[str, Any] = {
    "code": "X-1",
    "title": "A form",
    "effective_on": date(2026, 1, 1),
    "choices": {"size": [{"value": "s", "label": "Small"}, {"value": "l", "label": "Large"}]},
    "sections": [
        {
            "title": "One",
            "fields": [
                {"id": "a", "label": "A", "kind": "yes_no", "propose": "known"},
                {"id": "b", "label": "B", "kind": "choice", "choices": "size", "when": {"field": "a", "is": "yes"}},
                {
                    "id": "c",
                    "label": "C",
                    "kind": "band",
                    "choices": [{"value": "1", "label": "one", "least": 1, "most": 2}],
                    "required": False,
                    "check": True,
                },
            ],
        }
    ],
}


def good() -> dict[str, Any]:
    return copy.deepcopy(GOOD)


def test_a_good_definition():
    found = parse(good() | {"portal_order": ["c", "a", "b"]}, sources=SOURCES, sha256="abc")
    a, b, c = found.fields
    assert (a.kind, a.propose, [choice.value for choice in a.choices]) == (Kind.YES_NO, "known", ["yes", "no"])
    assert b.when is not None
    assert (b.when.field, b.when.value, b.label_of("s"), b.label_of("?")) == ("a", "yes", "Small", "?")
    assert (c.is_required, c.is_unchecked, c.choices[0].most) == (False, True, 2)
    assert [spec.id for spec in found.in_portal_order] == ["c", "a", "b"]
    assert (found.field("b"), found.sha256) == (b, "abc")


def test_without_a_portal_order_the_forms_own():
    assert [spec.id for spec in parse(good(), sources=SOURCES).in_portal_order] == ["a", "b", "c"]


def test_an_unknown_field_is_a_key_error():
    with pytest.raises(KeyError):
        parse(good(), sources=SOURCES).field("z")


def field(**changes: Any) -> dict[str, Any]:
    """The good definition with its first field changed."""
    table = good()
    table["sections"][0]["fields"][0] |= changes
    return table


@pytest.mark.parametrize(
    ("table", "says"),
    [
        (good() | {"code": ""}, "code is missing"),
        (good() | {"title": 7}, "title is missing"),
        (good() | {"effective_on": "2026-01-01"}, "effective_on must be a date"),
        (good() | {"colour": "red"}, "colour is unknown"),
        (good() | {"sections": []}, "there is no field"),
        (good() | {"sections": [{"title": "One", "field": []}]}, "a section: field is unknown"),
        (good() | {"sections": [{"fields": []}]}, "a section: title is missing"),
        (good() | {"portal_order": ["a", "b"]}, "portal_order must name every field once"),
        (good() | {"choices": {"size": [{"value": "s", "label": "S"}, {"value": "s", "label": "T"}]}}, "the same value"),
        (field(id=""), "id is missing"),
        (field(id="b"), "used twice"),
        (field(label=None), "label is missing"),
        (field(kind="colour"), "kind “colour” is unknown"),
        (field(propose="unknown"), "nothing proposes “unknown”"),
        (field(must=True), "must is unknown"),
        (field(kind="choice"), "needs choices"),
        (field(kind="text", choices=[{"value": "x", "label": "X"}]), "has no choices"),
        (field(kind="choice", choices="nowhere"), "there is no [choices.nowhere]"),
        (field(kind="choice", choices=[{"value": "x"}]), "label is missing"),
        (field(when={"field": "b", "is": "s"}), "when must name an earlier field"),
        (field(when={"field": "b"}), "is is missing"),
    ],
)  # fmt: skip
def test_a_bad_definition_says_what_to_mend(table, says):
    with pytest.raises(BadDefinition, match=says.replace("[", r"\[").replace(".", r"\.")):
        parse(table, sources=SOURCES)


def test_a_condition_names_a_choice_of_the_earlier_field():
    table = good()
    table["sections"][0]["fields"][1]["when"] = {"field": "a", "is": "perhaps"}
    with pytest.raises(BadDefinition, match="one of its choices"):
        parse(table, sources=SOURCES)
