"""Two people change one row: only the same field changed twice is a clash."""

from datetime import date

import pytest

from clinic.forms.opened import OpenedField
from clinic.rules.merging import as_text, merge


class Row:
    pk = 7


@pytest.mark.parametrize(
    ("value", "text"), [(None, ""), (False, ""), (True, "yes"), (Row(), "7"), (date(2026, 6, 10), "2026-06-10"), (3, "3"), ("Ö", "Ö")]
)
def test_a_value_as_the_page_carries_it(value: object, text: str) -> None:
    assert as_text(value) == text


@pytest.mark.parametrize(
    ("opened", "typed", "stands", "kept", "clashes"),
    [
        ({"a": "1"}, "2", "1", "2", False),
        ({"a": "1"}, "2", "2", "2", False),
        ({"a": "1"}, "1", "2", "2", False),
        ({"a": "1"}, "3", "2", None, True),
        ({}, "3", "2", "3", False),
    ],
)
def test_what_each_typed_is_put_together(opened: dict[str, str], typed: str, stands: str, kept: str | None, clashes: bool) -> None:
    assert merge(opened=opened, typed={"a": typed}, current={"a": stands}) == ({} if kept is None else {"a": kept}, ["a"] if clashes else [])


@pytest.mark.parametrize("junk", ["", "x", "[]", '{"a": 1}', "null", "🫀", '{"a": null}'])
def test_a_page_that_did_not_say(junk: str) -> None:
    assert OpenedField().clean(junk) is None


def test_a_page_that_did() -> None:
    assert OpenedField().clean('{"a": "1"}') == {"a": "1"}
