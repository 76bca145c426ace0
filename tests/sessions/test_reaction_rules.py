"""Whether there was sedation, dissociation or breathing trouble, from when until when (MON-4, MON-8, PMF-2)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.rules.reactions import reaction
from tests.sessions.form_facts import at, event, facts, reading


def test_nothing_recorded_says_nothing():
    found = reaction(facts(), "sedation")
    assert (found.has_happened, found.began_at, found.ended_at, found.evidence) == (None, None, None, ())


def test_clear_readings_say_no():
    found = reaction(facts(readings=(reading(40), reading(120))), "sedation")
    assert (found.has_happened, found.evidence) == (False, ("10:40 MOAA/S 5", "12:00 MOAA/S 5"))


def test_readings_say_from_when_until_when():
    found = reaction(facts(readings=(reading(40, sedation=4), reading(60, sedation=None), reading(90))), "sedation")
    assert (found.has_happened, found.began_at, found.ended_at) == (True, at(40), at(90))


def test_taps_are_nearer_than_readings():
    found = reaction(
        facts(readings=(reading(40, dissociation="mild"), reading(90)), events=(event(12, "dissociation_began"), event(61, "dissociation_ended"))),
        "dissociation",
    )
    assert (found.began_at, found.ended_at) == (at(12), at(61))


def test_what_came_back_is_one_reaction():
    events = (event(10, "breathing_began"), event(15, "breathing_ended"), event(50, "breathing_began"), event(70, "breathing_ended"))
    found = reaction(facts(events=events), "breathing")
    assert (found.began_at, found.ended_at) == (at(10), at(70))


def test_still_there():
    found = reaction(facts(readings=(reading(40, breathing="shallow"),)), "breathing")
    assert (found.has_happened, found.ended_at) == (True, None)


def test_an_end_without_a_beginning():
    found = reaction(facts(events=(event(50, "sedation_ended"),)), "sedation")
    assert (found.has_happened, found.began_at, found.ended_at) == (True, None, at(50))


@pytest.mark.parametrize(
    ("name", "unsaid"), [("sedation", {"sedation": None}), ("dissociation", {"dissociation": ""}), ("breathing", {"breathing": ""})]
)
def test_not_obtained_says_nothing(name, unsaid):
    assert reaction(facts(readings=(reading(40, **unsaid),)), name).has_happened is None


def test_before_the_first_device_nothing_counts():
    assert reaction(facts(readings=(reading(-10, sedation=3), reading(0, sedation=3, is_baseline=True))), "sedation").has_happened is None
    assert reaction(facts(devices=(), readings=(reading(40, sedation=3),)), "sedation").has_happened is None


@given(levels=st.lists(st.tuples(st.integers(1, 240), st.one_of(st.none(), st.integers(0, 5))), max_size=12))
def test_the_law_of_order(levels):
    """It never ends before it began, and it has happened exactly when a reading shows it."""
    found = reaction(facts(readings=tuple(reading(minute, sedation=level) for minute, level in sorted(levels, key=lambda pair: pair[0]))), "sedation")
    known = [level for _, level in levels if level is not None]
    assert found.has_happened is (None if not known else min(known) < 5)
    if found.ended_at is not None:
        assert found.began_at is not None
        assert found.began_at <= found.ended_at
