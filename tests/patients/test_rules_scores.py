"""Scales: shipped definitions, totals and bands, the suicide item, and what can't be."""

import tomllib
from datetime import date, timedelta

import pytest

from patients.rules.scores import OLDEST, band_of, is_suicide_positive, parse_scale, score_problems, suicide_threshold, total_of, unanswered
from patients.scales import SHIPPED, scale_of, scales
from tests.factories.scores import answers

TODAY = date(2026, 6, 10)
PHQ, MADRS = scale_of("phq-9"), scale_of("madrs")


def test_the_shipped_scales() -> None:
    assert [(scale.name, len(scale.items), scale.highest, scale.suicide_number) for scale in scales().values()] == [
        ("PHQ-9", 9, 27, 9),
        ("MADRS", 10, 60, 10),
    ]
    assert [item.id for item in PHQ.beside] == ["function"]
    with pytest.raises(LookupError):
        scale_of("hamd")


@pytest.mark.parametrize(
    ("scale", "total", "band"),
    [(PHQ, 0, "minimal"), (PHQ, 4, "minimal"), (PHQ, 5, "mild"), (PHQ, 10, "moderate"), (PHQ, 15, "moderately severe"), (PHQ, 20, "severe"), (PHQ, 27, "severe"),
     (MADRS, 6, "none"), (MADRS, 7, "mild"), (MADRS, 19, "mild"), (MADRS, 20, "moderate"), (MADRS, 34, "moderate"), (MADRS, 35, "severe"), (MADRS, 60, "severe")],
)  # fmt: skip
def test_bands(scale, total: int, band: str) -> None:
    assert total_of(scale, answers(scale, total, suicide=scale.items[-1].highest if total == scale.highest else 0)) == total
    assert band_of(scale, total) == band


def test_what_stands_beside_counts_in_no_total_and_a_gap_is_no_zero() -> None:
    given = answers(PHQ, 12) | {"function": 3}
    assert total_of(PHQ, given) == 12
    del given["sleep"]
    assert total_of(PHQ, given) is None
    assert [item.id for item in unanswered(PHQ, given)] == ["sleep"]


@pytest.mark.parametrize(
    ("scale", "answer", "site_from", "positive"),
    [(PHQ, 0, 2, False), (PHQ, 1, 6, True), (MADRS, 1, 2, False), (MADRS, 2, 2, True), (MADRS, 3, 4, False), (MADRS, 6, 6, True)],
)
def test_the_suicide_item(scale, answer: int, site_from: int, positive: bool) -> None:
    assert is_suicide_positive(scale, {scale.suicide_item: answer}, site_from=site_from) is positive
    assert is_suicide_positive(scale, {}, site_from=site_from) is None
    assert suicide_threshold(scale, site_from=site_from) == (1 if scale is PHQ else site_from)


FULL = answers(PHQ, 9)


@pytest.mark.parametrize(
    ("given", "incomplete", "on", "fields"),
    [
        (FULL, False, TODAY, []),
        (FULL | {"function": 2}, False, TODAY, []),
        (FULL | {"mood": 4}, False, TODAY, ["mood"]),
        (FULL | {"mood": -1}, False, TODAY, ["mood"]),
        (FULL | {"function": 4}, False, TODAY, ["function"]),
        (FULL | {"humour": 1}, False, TODAY, ["humour"]),
        ({key: value for key, value in FULL.items() if key != "sleep"}, False, TODAY, ["sleep"]),
        ({key: value for key, value in FULL.items() if key != "sleep"}, True, TODAY, []),
        ({}, True, TODAY, ["interest"]),
        ({"function": 1}, False, TODAY, ["interest"]),
        (FULL, True, TODAY, ["is_incomplete"]),
        (FULL, False, TODAY + timedelta(days=1), ["observed_on"]),
        (FULL, False, TODAY - OLDEST - timedelta(days=1), ["observed_on"]),
        (FULL, False, TODAY - OLDEST, []),
    ],
)
def test_what_cannot_be(given: dict[str, int], incomplete: bool, on: date, fields: list[str]) -> None:
    assert list(score_problems(PHQ, given, is_incomplete=incomplete, on=on, today=TODAY)) == fields


@pytest.mark.parametrize(
    "change",
    [{"bands": [{"name": "all", "at_most": 26}]}, {"bands": [{"name": "a", "at_most": 27}, {"name": "b", "at_most": 27}]}, {"suicide_item": "nothing"},
     {"beside": [{"id": "mood", "topic": "Twice", "choices": ["a", "b"]}]}],
)  # fmt: skip
def test_a_definition_must_hold_together(change: dict) -> None:
    data = tomllib.loads((SHIPPED / "phq-9.toml").read_text())
    with pytest.raises(ValueError):
        parse_scale(data | change)
