"""The measures by tables: kept, fell short, or not spoken about."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from clinic.rules.presence import Presence
from reports.rules import MEASURE_BY_CODE, MEASURES, Reading, SessionFacts, evaluate

FIRST = datetime(2026, 6, 10, 14, tzinfo=UTC)
DAY = date(2026, 6, 10)
TODAY = date(2026, 6, 25)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


GOOD = SessionFacts(
    pk=1, treatment_on=DAY, is_over=True, owes_form=True,
    first_device_at=FIRST, last_device_at=FIRST + minutes(10), ended_at=FIRST + minutes(131),
    gate_from_last=True, minimum_watch=minutes(120), final_max_age=minutes(15),
    readings=[
        Reading(FIRST - minutes(10), True, True), Reading(FIRST + minutes(40), True, False), Reading(FIRST + minutes(125), True, False),
    ],
    enrolled_on=date(2026, 1, 1), form_due_on=date(2026, 6, 17), form_proven_sent_on=date(2026, 6, 12),
    prescriber_stays=[Presence(FIRST - minutes(60), FIRST + minutes(300))], was_signed_out=True,
)  # fmt: skip

CASES = [
    ("signed_out", {}, True),
    ("signed_out", {"was_signed_out": False}, False),
    ("signed_out", {"was_signed_out": None}, None),
    ("signed_out", {"is_over": False}, None),
    ("signed_out", {"first_device_at": None}, None),
    ("watched", {}, True),
    ("watched", {"ended_at": FIRST + minutes(130)}, True),
    ("watched", {"ended_at": FIRST + minutes(129)}, False),
    ("watched", {"ended_at": FIRST + minutes(121), "gate_from_last": False}, True),
    ("watched", {"minimum_watch": minutes(180)}, False),
    ("watched", {"is_over": False}, None),
    ("watched", {"first_device_at": None, "last_device_at": None}, None),
    ("pressures", {}, True),
    ("pressures", {"readings": GOOD.readings[1:]}, False),
    ("pressures", {"readings": [*GOOD.readings[:1], Reading(FIRST + minutes(29), True, False), *GOOD.readings[2:]]}, False),
    ("pressures", {"readings": [*GOOD.readings[:1], Reading(FIRST + minutes(50), True, False), *GOOD.readings[2:]]}, True),
    ("pressures", {"readings": [*GOOD.readings[:1], Reading(FIRST + minutes(40), False, False), *GOOD.readings[2:]]}, False),
    ("pressures", {"readings": [*GOOD.readings[:2], Reading(FIRST + minutes(115), True, False)]}, False),
    ("pressures", {"readings": [*GOOD.readings[:1], Reading(FIRST + minutes(52), True, False), *GOOD.readings[2:]], "checks_from_last": True}, True),
    ("pressures", {"readings": [*GOOD.readings[:1], Reading(FIRST + minutes(35), True, False), *GOOD.readings[2:]], "checks_from_last": True}, False),
    ("pressures", {"is_over": False}, None),
    ("filed", {}, True),
    ("filed", {"form_proven_sent_on": date(2026, 6, 17)}, True),
    ("filed", {"form_proven_sent_on": date(2026, 6, 18)}, False),
    ("filed", {"form_proven_sent_on": None}, False),
    ("filed", {"form_proven_sent_on": None, "form_due_on": TODAY}, None),
    ("filed", {"form_due_on": None}, None),
    ("enrolled", {}, True),
    ("enrolled", {"enrolled_on": DAY}, True),
    ("enrolled", {"enrolled_on": DAY + timedelta(days=1)}, False),
    ("enrolled", {"enrolled_on": None}, False),
    ("enrolled", {"owes_form": False}, None),
    ("prescriber", {}, True),
    ("prescriber", {"prescriber_stays": []}, False),
    ("prescriber", {"prescriber_stays": [Presence(FIRST, FIRST + minutes(60)), Presence(FIRST + minutes(60), FIRST + minutes(131))]}, True),
    ("prescriber", {"prescriber_stays": [Presence(FIRST, FIRST + minutes(60)), Presence(FIRST + minutes(61), FIRST + minutes(300))]}, False),
    ("prescriber", {"is_over": False}, None),
]


@pytest.mark.parametrize(("code", "change", "expected"), CASES)
def test_measure(code: str, change: dict[str, object], expected: bool | None) -> None:
    assert MEASURE_BY_CODE[code].answer(replace(GOOD, **change), TODAY) is expected


def test_nothing_counted_is_no_percentage() -> None:
    for measure in MEASURES:
        result = evaluate(measure, [], today=TODAY)
        assert (result.counted, result.percent, result.is_met) == (0, None, False)


def test_a_result_names_each_session_behind_it() -> None:
    short = replace(GOOD, pk=2, ended_at=FIRST + minutes(60))
    running = replace(GOOD, pk=3, is_over=False)
    result = evaluate(MEASURE_BY_CODE["watched"], [GOOD, short, running], today=TODAY)
    assert (result.counted, result.kept, result.kept_pks, result.fell_short) == (2, 1, (1,), (2,))
    assert result.percent == 50
    assert not result.is_met


def test_every_measure_cites_a_rule() -> None:
    assert {measure.rule for measure in MEASURES} == {"MON-1", "MON-3", "PMF-5", "PAT-1", "SET-2", "OUT-3"}
