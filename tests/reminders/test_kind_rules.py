"""When each kind is due, what is news, how many texts a week: tables, and laws over the nights of both clock changes."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reminders.models import OutboxMessage
from reminders.rules.governor import Budget, Verdict, budget_of, verdict
from reminders.rules.kinds import NEWS, PAST, RULES, UPCOMING, Kind, Slot, window_of
from reminders.rules.moments import HORIZON, is_quiet
from reminders.rules.news import Told, is_told, news_of

NEW_YORK = ZoneInfo("America/New_York")
US_ZONES = [
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Anchorage",
    "Pacific/Honolulu",
]
NOON = datetime(2026, 6, 10, 16, tzinfo=UTC)
VISIT = datetime(2026, 6, 17, 18, tzinfo=UTC)
SLOT = Slot(VISIT, VISIT + timedelta(hours=3), NOON, NEW_YORK)


def test_every_kind_has_a_rule_a_turn_and_a_word() -> None:
    assert set(RULES) == set(Kind) == {Kind(value) for value in OutboxMessage.Kind.values}
    assert {*UPCOMING, *NEWS, *PAST, Kind.SUMMARY, Kind.ANSWER, Kind.DRIVER} == set(Kind)
    assert len({rule.rank for rule in RULES.values()}) == len(Kind)


@pytest.mark.parametrize(
    ("kind", "due", "useless"),
    [
        (Kind.BOOKED, NOON, NOON + timedelta(days=2)),
        (Kind.THREE_DAYS, datetime(2026, 6, 14, 14, tzinfo=UTC), datetime(2026, 6, 16, 14, tzinfo=UTC)),
        (Kind.DAY_BEFORE, datetime(2026, 6, 16, 14, tzinfo=UTC), VISIT - timedelta(hours=3)),
        (Kind.MORNING, datetime(2026, 6, 17, 12, tzinfo=UTC), VISIT - timedelta(hours=1)),
        (Kind.MISSED, VISIT, VISIT + timedelta(days=2)),
        (Kind.AFTER, datetime(2026, 6, 18, 14, tzinfo=UTC), datetime(2026, 6, 20, 14, tzinfo=UTC)),
    ],
)
def test_when_a_kind_is_due_and_useless(kind: Kind, due: datetime, useless: datetime) -> None:
    window = window_of(kind, SLOT, now=NOON)
    assert window is not None
    assert (window.due_at, window.useless_at) == (due, useless)


def test_news_of_a_visit_that_begins_soon_is_useless_once_it_has_begun() -> None:
    soon = Slot(NOON + timedelta(hours=1), NOON + timedelta(hours=4), NOON, NEW_YORK)
    assert window_of(Kind.MOVED, soon, now=NOON + timedelta(hours=2)) is None


def test_too_late_is_none() -> None:
    assert window_of(Kind.DAY_BEFORE, SLOT, now=VISIT - timedelta(hours=2)) is None


@pytest.mark.parametrize("zone", US_ZONES)
@given(
    starts_at=st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2027, 12, 31), timezones=st.just(UTC)), kind=st.sampled_from(UPCOMING)
)
def test_a_reminder_is_never_sent_in_the_night_nor_before_the_sweep_can_see_its_visit(zone: str, starts_at: datetime, kind: Kind) -> None:
    slot = Slot(starts_at, starts_at + timedelta(hours=3), starts_at - timedelta(days=30), ZoneInfo(zone))
    due_at = RULES[kind].window(slot).due_at
    assert not is_quiet(due_at, ZoneInfo(zone))
    assert starts_at - due_at <= HORIZON


OTHER = VISIT + timedelta(hours=1)


@pytest.mark.parametrize(
    ("is_booked", "told", "news"),
    [
        (True, [], Kind.BOOKED),
        (True, [Told(Kind.BOOKED, VISIT)], None),
        (True, [Told(Kind.BOOKED, OTHER)], Kind.MOVED),
        # There and back again: the last word counts.
        (True, [Told(Kind.BOOKED, VISIT), Told(Kind.MOVED, OTHER)], Kind.MOVED),
        (True, [Told(Kind.BOOKED, VISIT), Told(Kind.MOVED, OTHER), Told(Kind.MOVED, VISIT)], None),
        (True, [Told(Kind.BOOKED, VISIT), Told(Kind.CANCELLED, VISIT)], Kind.MOVED),
        (False, [], None),
        (False, [Told(Kind.DAY_BEFORE, VISIT)], Kind.CANCELLED),
        (False, [Told(Kind.BOOKED, VISIT), Told(Kind.CANCELLED, VISIT)], None),
    ],
)
def test_what_is_news(is_booked: bool, told: list[Told], news: Kind | None) -> None:
    assert news_of(is_booked=is_booked, slot_at=VISIT, told=told) == news


@pytest.mark.parametrize(
    ("told", "is_known"),
    [
        ([], False),
        ([Told(Kind.DAY_BEFORE, VISIT)], True),
        ([Told(Kind.BOOKED, VISIT)], False),
        ([Told(Kind.DAY_BEFORE, OTHER)], False),
        ([Told(Kind.DAY_BEFORE, VISIT), Told(Kind.MOVED, OTHER), Told(Kind.MOVED, VISIT)], False),
    ],
)
def test_a_reminder_is_said_once_for_a_time(told: list[Told], is_known: bool) -> None:
    assert is_told(Kind.DAY_BEFORE, slot_at=VISIT, told=told) is is_known


def ask(kind: Kind = Kind.MORNING, *, budget: Budget, sent_at: list[datetime], coming: list[Kind] | None = None) -> Verdict | None:
    return verdict(kind, now=NOON, zone=NEW_YORK, budget=budget, sent_at=sent_at, coming=coming or [])


UNASKED, AGREED = budget_of(is_express=False), budget_of(is_express=True)
DAY = timedelta(days=1)


def test_the_law_s_limits_without_express_consent() -> None:
    assert ask(budget=UNASKED, sent_at=[NOON - DAY, NOON - 2 * DAY]) is None
    tomorrow = ask(budget=UNASKED, sent_at=[NOON - timedelta(hours=2)])
    assert tomorrow is not None
    assert tomorrow.not_before == datetime(2026, 6, 11, 12, tzinfo=UTC)
    week = ask(budget=UNASKED, sent_at=[NOON - DAY, NOON - 2 * DAY, NOON - 3 * DAY])
    assert week is not None
    assert week.not_before is None


def test_four_a_week_with_it_and_older_ones_don_t_count() -> None:
    three = [NOON - timedelta(hours=hour) for hour in (1, 2, 3)]
    assert ask(budget=AGREED, sent_at=[*three, NOON - 7 * DAY]) is None
    assert ask(budget=AGREED, sent_at=[*three, NOON - 6 * DAY]) is not None


def test_a_text_yields_to_those_that_matter_more() -> None:
    coming = [Kind.DAY_BEFORE, Kind.MORNING, Kind.DAY_BEFORE, Kind.MORNING]
    assert ask(Kind.THREE_DAYS, budget=AGREED, sent_at=[], coming=coming) is not None
    assert ask(Kind.DAY_BEFORE, budget=AGREED, sent_at=[], coming=coming) is None


@given(
    sent=st.lists(st.integers(min_value=0, max_value=14 * 24 * 60), max_size=12),
    kind=st.sampled_from(list(Kind)), coming=st.lists(st.sampled_from(list(Kind)), max_size=6), is_express=st.booleans(),
)  # fmt: skip
def test_no_text_ever_goes_over_the_week_s_limit(sent: list[int], kind: Kind, coming: list[Kind], is_express: bool) -> None:
    budget = budget_of(is_express=is_express)
    sent_at = [NOON - timedelta(minutes=minutes) for minutes in sent]
    if verdict(kind, now=NOON, zone=NEW_YORK, budget=budget, sent_at=sent_at, coming=coming) is None:
        assert sum(at > NOON - 7 * DAY for at in sent_at) + 1 <= budget.per_week
