"""The look-ahead's table of kinds, and what is judged of payers and dates."""

from datetime import date, timedelta

import pytest

from clinic.rules.standing import DeviceState, TrainingSpan
from sessions.rules import ahead
from sessions.rules.ahead import KINDS, NOT_COVERED, USED_UP
from sessions.rules.authorisations import Grant

DAY = date(2026, 6, 10)


def on(days: int) -> date:
    return DAY + timedelta(days=days)


GRANT = Grant(on(-10), on(9), granted=8, used=6)


@pytest.mark.parametrize(
    ("grants", "before", "kind"),
    [
        ([], [], None),
        ([GRANT], [], None),
        ([GRANT], [on(1)], None),
        ([GRANT], [on(1), on(3)], USED_UP),
        ([GRANT], [on(-20), on(1)], None),
        ([Grant(on(6), on(9), 8, 0)], [], NOT_COVERED),
        ([GRANT, Grant(on(0), on(90), 8, 0)], [on(1), on(3)], None),
    ],
    ids=["nothing on record", "two left", "one left", "used up before", "one booked outside of its dates", "another time", "a renewal"],
)
def test_whether_the_payer_pays(grants: list[Grant], before: list[date], kind: object) -> None:
    assert ahead.payer_problem(grants, on=on(5), booked_before=before) is kind


@pytest.mark.parametrize(("days", "ends"), [((9,), on(9)), ((0,), on(0)), ((13,), on(13)), ((14,), None), ((-1,), None), ((9, 40), None), ((), None)])
def test_when_an_authorisation_ends(days: tuple[int, ...], ends: date | None) -> None:
    assert ahead.ends_ahead([Grant(on(-30), on(last), 8, 0) for last in days], DAY) == ends


@pytest.mark.parametrize(
    ("ends", "lapses"),
    [((), None), ((on(3),), on(3)), ((on(3), on(300)), on(300)), ((on(3), None), None)],
    ids=["none", "one", "renewed", "for good"],
)
def test_when_a_training_lapses(ends: tuple[date | None, ...], lapses: date | None) -> None:
    assert ahead.lapse_of([TrainingSpan(on(-300), end) for end in ends]) == lapses


@pytest.mark.parametrize(("due", "shown"), [(-5, 0), (0, 0), (13, 13), (14, None)])
def test_a_date_stands_under_its_day_and_an_overdue_one_under_today(due: int, shown: int | None) -> None:
    assert ahead.shown_on(on(due), DAY) == (on(shown) if shown is not None else None)


def test_a_device_that_was_never_checked_has_no_date() -> None:
    asked = [DeviceState("cuff", "BP-1", 30, on(-20), is_good=True), DeviceState("cuff", "BP-2", 30, None, is_good=False)]
    assert [ahead.check_due_on(device) for device in asked] == [on(10), None]


def test_a_baseline_is_a_score_of_the_month_before() -> None:
    assert [ahead.has_baseline([on(day)], first_on=on(30)) for day in (-1, 0, 30, 31)] == [False, True, True, False]


def test_the_table_tells_its_kinds_apart() -> None:
    assert len({kind.code for kind in KINDS}) == len(KINDS)
    assert len({(kind.weight.word, kind.weight.icon) for kind in KINDS}) == 3
    assert not any(kind.weight.tone == "act" for kind in KINDS), "red means act now"
