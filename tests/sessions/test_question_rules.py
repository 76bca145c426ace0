"""The questions before the dose: which are asked, what a wait voids, how an answer reads (PRE-1, PRE-4, PRE-6)."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.rules import questions
from sessions.rules.questions import QUESTIONS, asked, standing_answers, unanswered, words_of

NOW = datetime(2026, 6, 10, 14, 0, tzinfo=UTC)
ZONE = ZoneInfo("America/New_York")
ALL: dict[str, object] = {question.id: "x" for question in QUESTIONS}


@pytest.mark.parametrize(
    ("is_outpatient", "can_be_pregnant", "left_out"),
    [(True, True, set()), (True, False, {"pregnancy"}), (False, True, {"enrolment"}), (False, False, {"enrolment", "pregnancy"})],
)
def test_which_are_asked(is_outpatient: bool, can_be_pregnant: bool, left_out: set[str]) -> None:
    chosen = asked(is_outpatient=is_outpatient, can_be_pregnant=can_be_pregnant)
    assert {question.id for question in chosen} == set(ALL) - left_out


def test_ids_are_unique_and_for_ever() -> None:
    ids = [question.id for question in QUESTIONS]
    assert len(set(ids)) == len(ids)
    assert set(ids) == {
        "last_food", "last_drink", "last_nasal", "enrolment", "contraindications", "pregnancy", "medicines", "event_since", "suicide_risk",
    }  # fmt: skip


def test_a_wait_voids_food_and_keeps_the_rest() -> None:
    before = (NOW, ALL)
    standing = standing_answers([before], NOW + timedelta(minutes=5))
    assert {question.id for question in unanswered(QUESTIONS, standing)} == {"last_food", "last_drink", "last_nasal"}
    after = (NOW + timedelta(minutes=15), {"last_food": "a", "last_drink": "b", "last_nasal": "c"})
    assert unanswered(QUESTIONS, standing_answers([after, before], NOW + timedelta(minutes=5))) == ()


@given(times=st.lists(st.integers(0, 240), min_size=1, max_size=6), reset=st.none() | st.integers(0, 240))
def test_the_latest_answer_stands_and_none_before_a_reset(times: list[int], reset: int | None) -> None:
    rounds = [(NOW + timedelta(minutes=minute), {"last_food": str(minute), "medicines": str(minute)}) for minute in times]
    reset_at = None if reset is None else NOW + timedelta(minutes=reset)
    standing = standing_answers(rounds, reset_at)
    fresh = [minute for minute in times if reset is None or minute >= reset]
    assert standing.get("last_food") == (str(max(fresh)) if fresh else None)
    assert standing["medicines"] == str(max(times))


@pytest.mark.parametrize(
    ("question", "answer", "words"),
    [
        (questions.LAST_FOOD, "none", "Not lately"),
        (questions.LAST_FOOD, "2026-06-10T13:30:00+00:00", "09:30"),
        (questions.MEDICINES, [], "None"),
        (questions.MEDICINES, ["opioid", "gone"], "Opioid, gone"),
        (questions.ENROLMENT, "down", "Could not be reached"),
        (questions.EVENT_SINCE, "no", "No"),
    ],
)
def test_how_an_answer_reads(question: questions.Question, answer: object, words: str) -> None:
    assert words_of(question, answer, ZONE) == words
