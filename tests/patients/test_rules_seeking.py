"""What a search means: dates in many forms, MRNs, words."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patients.rules.seeking import plain, understand
from tests.moment import TODAY

BORN = date(1984, 3, 7)


@pytest.mark.parametrize(
    "typed",
    [
        "1984-03-07",
        "1984/3/7",
        "3/7/1984",
        "03-07-1984",
        "3/7/84",
        "7.3.1984",
        "7 Mar 1984",
        "7 march 1984",
        "Mar 7 1984",
        "March 7, 1984",
        "3 / 7 / 1984",
    ],
)
def test_dates(typed: str) -> None:
    assert understand(typed, TODAY).births == {BORN}


@pytest.mark.parametrize(
    ("typed", "born"),
    [("30/7/1955", date(1955, 7, 30)), ("7.30.1955", date(1955, 7, 30)), ("1/2/26", date(2026, 1, 2)), ("1/2/27", date(1927, 1, 2))],
)
def test_the_only_possible_order_and_century_are_taken(typed: str, born: date) -> None:
    assert understand(typed, TODAY).births == {born}


@pytest.mark.parametrize("typed", ["99/99/1984", "1984-13-01", "31 feb 1984", "9 xyz 1984", "1/2/123", "1984-03-0700"])
def test_what_is_no_date_is_a_number_or_a_word(typed: str) -> None:
    sought = understand(typed, TODAY)
    assert not sought.births
    assert not sought.is_empty


def test_a_run_of_digits_may_be_a_date_or_an_mrn() -> None:
    assert understand("03071984", TODAY).runs == (("03071984", frozenset({BORN})),)
    assert understand("030784", TODAY).runs == (("030784", frozenset({BORN})),)
    assert understand("99999999", TODAY).runs == (("99999999", frozenset()),)


def test_words_numbers_and_dates_together() -> None:
    sought = understand("García  r-10 3/7/1984 José-María", TODAY)
    assert (sought.words, sought.numbers, sought.births) == (("garcia", "jose", "maria"), ("r10",), {BORN})
    assert understand(" , ", TODAY).is_empty
    assert plain("AB 77/9") == "ab779"


@given(st.text(max_size=200))
def test_anything_can_be_typed(text: str) -> None:
    understand(text, TODAY)
