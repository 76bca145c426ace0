"""Which answers of a patient need somebody before the visit, and by when."""

from datetime import timedelta

import pytest

from sessions.rules.preparation import QUESTIONS, kept_answers, look_by, red_ids, unanswered, words_of
from tests.cast import NOW

GOOD = {"food": "yes", "drink": "yes", "nasal": "none", "pressure": "none", "sedatives": "no", "stimulants": "no", "opioids": "no", "ride": "service"}


@pytest.mark.parametrize(
    ("changed", "red"),
    [
        ({}, []),
        ({"food": "no"}, ["food"]),
        ({"drink": "no", "nasal": "no"}, ["drink", "nasal"]),
        ({"pressure": "no"}, ["pressure"]),
        ({"sedatives": "yes", "stimulants": "yes", "opioids": "yes"}, ["sedatives", "stimulants", "opioids"]),
        ({"ride": "no"}, ["ride"]),
    ],
)
def test_red_answers(changed: dict[str, str], red: list[str]) -> None:
    assert red_ids(GOOD | changed) == red


def test_only_what_was_offered_is_kept() -> None:
    assert kept_answers({**GOOD, "food": "maybe", "ride": "", "other": "yes"}) == {key: GOOD[key] for key in GOOD if key not in ("food", "ride")}
    assert unanswered(kept_answers({})) == [one.id for one in QUESTIONS]
    assert unanswered(GOOD) == []
    assert red_ids({}) == []


def test_words_are_the_staffs() -> None:
    assert words_of(QUESTIONS[2], "none") == "Uses none"
    assert words_of(QUESTIONS[0], "gone") == "gone"


@pytest.mark.parametrize(("hours", "expected"), [(25, 22), (2, 0), (-1, 0)])
def test_somebody_looks_three_hours_before_or_at_once(hours: int, expected: int) -> None:
    assert look_by(starts_at=NOW + timedelta(hours=hours), now=NOW) == NOW + timedelta(hours=expected)
