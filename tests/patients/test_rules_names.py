"""Folding, likeness, and what can't be a name (PRE-5)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patients.rules.names import FOLDED_LENGTH, alike_pairs, are_alike, fold, folded_name, name_problem


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Élodie", "elodie"),
        ("  O’Brien-Łoś ", "obrien los"),
        ("STRAUß", "strauss"),
        ("Æsir Œuvre Øst", "aesir oeuvre ost"),
        ("ﬁn", "fin"),
        ("İstanbul", "istanbul"),
        ("Nguyễn", "nguyen"),
        ("李 小龍", "李 小龍"),
        ("---", ""),
    ],
)
def test_folding(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_the_stored_name_is_last_then_first() -> None:
    assert folded_name("García-Márquez", "José", "A") == "garcia marquez, jose a"
    assert len(folded_name("ﷺ" * 80, "ﷺ" * 80)) == FOLDED_LENGTH


@given(st.text(max_size=60))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("smith, john", "smith, mary", True),
        ("smith, john", "john, smith", True),
        ("hansen, karen", "hanson, karen", True),
        ("smith, john", "okafor, chidi", False),
    ],
)
def test_likeness(one: str, other: str, alike: bool) -> None:
    assert are_alike(one, other) is alike
    assert are_alike(other, one) is alike


def test_pairs_of_a_day() -> None:
    assert alike_pairs({1: "smith, john", 2: "okafor, chidi", 3: "smith, mary"}) == {1: [3], 3: [1]}


@pytest.mark.parametrize("text", ["", "123", "😀", "An\x07na", "Anna\u202e", "\u200bAnna"])
def test_what_is_no_name(text: str) -> None:
    assert name_problem(text)


@pytest.mark.parametrize("text", ["Anna", "O'Neil 3rd", "عائشة", "می\u200cخواهم", "Zoë 😀"])
def test_what_is_a_name(text: str) -> None:
    assert not name_problem(text)
