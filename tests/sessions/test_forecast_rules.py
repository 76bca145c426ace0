"""May I start now? Checks that fall together, the nearest clean minute, the ratio and the latest first device (MON-9, DOS-9)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.findings import Level
from sessions.rules.forecast import (
    CHECK_TAKES,
    Due,
    Ending,
    Forecast,
    Watch,
    around,
    clean_start,
    collisions_at,
    forecast_findings,
    latest_findings,
    latest_starts,
    listed,
    minutes_from,
    planned_dues,
    prescribers_end,
)

NOW = datetime(2026, 6, 10, 14, 0, tzinfo=UTC)
WATCH = Watch(minutes=(0, 40, 120), shift=timedelta(0), ends_after=timedelta(minutes=125), final=timedelta(minutes=15))


def at(minute: float) -> datetime:
    return NOW + timedelta(minutes=minute)


def due(minute: float, chair: str = "Chair 3", check: int | None = 40) -> Due:
    return Due(at(minute), check, chair)


def forecast(*others: Due, **change: object) -> Forecast:
    good = Forecast(
        starts_at=NOW, watch=WATCH, others=others, hands=1, candidates=tuple(minutes_from(NOW, None)), watched=len(others), ratio=4,
    )  # fmt: skip
    return replace(good, **change)  # type: ignore[arg-type]


def clock(moment: datetime) -> str:
    return f"{moment:%H:%M}"


def said(plan: Forecast) -> list[str]:
    return [finding.text for finding in forecast_findings(plan, clock)]


@pytest.mark.parametrize(
    ("watch", "minutes"),
    [
        (WATCH, [(40, 40), (120, 120)]),  # the last planned check is fresh enough to be the one at the end
        (replace(WATCH, ends_after=timedelta(minutes=180)), [(40, 40), (120, 120), (180, None)]),
        (replace(WATCH, shift=timedelta(minutes=5)), [(45, 40), (125, 120)]),
        (replace(WATCH, minutes=(0,)), [(125, None)]),
    ],
)
def test_when_the_checks_come(watch: Watch, minutes: list[tuple[int, int | None]]) -> None:
    assert planned_dues(NOW, watch) == [Due(at(minute), name) for minute, name in minutes]


@pytest.mark.parametrize(
    ("others", "hands", "falls_together"),
    [
        ([], 1, False),
        ([due(40)], 1, True),
        ([due(35)], 1, False),
        ([due(35.5)], 1, True),
        ([due(45)], 1, False),
        ([due(40)], 2, False),
        ([due(40), due(41)], 2, True),
        ([due(36), due(44)], 2, False),  # one after the other: the second pair of hands takes both
        ([due(40)], 0, True),
        ([due(80)], 1, False),
    ],
)
def test_what_falls_together(others: list[Due], hands: int, falls_together: bool) -> None:
    assert bool(collisions_at(forecast(*others, hands=hands), NOW)) is falls_together


def test_the_sentence_names_the_other_chair_and_the_nearest_clean_minute() -> None:
    assert said(forecast(due(38))) == ["Its 40-minute check falls together with Chair 3’s at 14:38. Starting at 14:03 keeps them apart."]


def test_several_monitors_share_the_checks() -> None:
    text = said(forecast(due(40), due(41, "Chair 4"), hands=2))[0]
    assert text.startswith(
        "Its 40-minute check falls together with Chair 3’s at 14:40 and Chair 4’s at 14:41. 2 monitors share them. Starting at 14:"
    )


def test_no_clean_minute_is_said() -> None:
    crowd = forecast(*(due(minute) for minute in range(30, 200, 4)), ratio=None)
    assert clean_start(crowd) is None
    assert said(crowd)[0].endswith("No start within the hour keeps all checks apart.")


def test_the_last_check_has_its_word_and_a_booking_its_own() -> None:
    plan = forecast(
        due(180, check=None), watch=replace(WATCH, ends_after=timedelta(minutes=180)), verb="Coming at", lead=timedelta(minutes=30),
        candidates=tuple(around(NOW, first=at(-60), last=at(60), step=timedelta(minutes=5))),
    )  # fmt: skip
    assert said(plan) == ["Its last check falls together with Chair 3’s at 17:00. Coming at 13:25 keeps them apart."]


@given(st.lists(st.integers(0, 240), max_size=12), st.integers(1, 3))
def test_the_minute_that_is_named_is_clean(minutes: list[int], hands: int) -> None:
    plan = forecast(*(due(minute) for minute in minutes), hands=hands)
    start = clean_start(plan)
    assert start is None or not collisions_at(plan, start)
    assert all(finding.level is Level.NOTE for finding in forecast_findings(plan, clock))


@given(st.lists(st.integers(0, 240), max_size=12))
def test_with_one_pair_of_hands_no_two_checks_stand_closer_than_one_takes(minutes: list[int]) -> None:
    plan = forecast(*(due(minute) for minute in minutes))
    apart = all(abs(mine.at - other.at) >= CHECK_TAKES for mine in planned_dues(NOW, WATCH) for other in plan.others)
    assert apart is not bool(collisions_at(plan, NOW))


@pytest.mark.parametrize(
    ("cleared", "hands", "ratio", "expected"),
    [
        (("Chair 3",), 2, 4, ["Chair 3 is cleared and may start at any minute."]),
        (("Chair 2", "Chair 3"), 2, 4, ["Chair 2 and Chair 3 are cleared and may start at any minute. Started within five minutes of each other, their checks fall together: agree who goes first."]),
        (("Chair 3",), 2, 1, ["Chair 3 is cleared and may start at any minute.", "With this one and those cleared 3 chairs are watched by 2 monitors; the site wants one chair each at most."]),
    ],
)  # fmt: skip
def test_who_is_cleared_may_start_at_any_minute(cleared: tuple[str, ...], hands: int, ratio: int, expected: list[str]) -> None:
    assert said(replace(forecast(watched=1, hands=hands, ratio=ratio), cleared=cleared)) == expected


@pytest.mark.parametrize(
    ("watched", "hands", "ratio", "text"),
    [
        (3, 1, 4, None),
        (4, 1, 4, "With this one 5 chairs are watched by one monitor; the site wants 4 chairs each at most."),
        (2, 2, 1, "With this one 3 chairs are watched by 2 monitors; the site wants one chair each at most."),
        (9, 0, 4, None),
        (9, 1, None, None),
    ],
)
def test_chairs_per_monitor(watched: int, hands: int, ratio: int | None, text: str | None) -> None:
    assert said(forecast(watched=watched, hands=hands, ratio=ratio)) == ([text] if text else [])


def test_minutes_and_moments_around() -> None:
    assert list(minutes_from(at(0.5), at(2.5))) == [at(1), at(2)]
    assert around(NOW, first=at(-10), last=at(5), step=timedelta(minutes=5)) == [at(-5), at(5), at(-10)]
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"]) == "a, b and c"


def test_the_latest_start_is_the_tightest_of_all_ends() -> None:
    """DOS-9: dosing, the patient's own minimum, half an hour."""
    ends = [Ending(at(480), "closing"), Ending(at(240), "ride"), Ending(at(300), "prescriber")]
    latest = latest_starts(ends, dosing=timedelta(minutes=10), minimum_watch=timedelta(minutes=120))
    assert [(one.ending.kind, one.at) for one in latest] == [("ride", at(80)), ("prescriber", at(140)), ("closing", at(320))]
    found = latest_findings(latest, at=at(141), clock=clock)
    assert [(finding.key, finding.level) for finding in found] == [("DOS-9.ride.101800", Level.DECISION), ("DOS-9.prescriber.101900", Level.DECISION)]
    assert found[1].text == "The latest start today was 16:20: two hours and the way out would run past the last prescriber’s leaving (19:00)."
    assert latest_findings(latest, at=at(80), clock=clock) == []
    assert latest_starts([], dosing=timedelta(), minimum_watch=timedelta()) == []


@pytest.mark.parametrize(("leaving", "end"), [([], None), ([None], None), ([at(60)], at(60)), ([at(60), at(90)], at(90)), ([at(60), None], None)])
def test_when_the_last_prescriber_leaves(leaving: list[datetime | None], end: datetime | None) -> None:
    assert prescribers_end(leaving) == end
