"""Certification, training and equipment on a day (SET-1, SET-3, SET-4)."""

from datetime import date, timedelta

import pytest

from clinic.findings import Level
from clinic.rules.standing import (
    CertificationEvent,
    DeviceState,
    Standing,
    TrainingSpan,
    device_standing,
    equipment_findings,
    is_certified,
    training_standing,
)
from tests.moment import TODAY


def day(offset):
    return TODAY + timedelta(days=offset)


@pytest.mark.parametrize(
    ("events", "certified"),
    [
        ([], False),
        ([(0, 1, "certified")], True),
        ([(1, 1, "certified")], False),  # tomorrow
        ([(-90, 1, "certified"), (-1, 2, "ended")], False),
        ([(-90, 1, "certified"), (0, 2, "ended")], False),
        ([(-90, 1, "certified"), (-1, 2, "ended"), (0, 3, "recertified")], True),
        ([(-5, 1, "ended"), (-5, 2, "recertified")], True),  # the same day: the later record
        ([(-4000, 1, "certified")], True),  # never by expiry
    ],
)
def test_certified_until_an_event_ends_it(events, certified):
    assert is_certified([CertificationEvent(day(on), order, kind) for on, order, kind in events], TODAY) is certified


@pytest.mark.parametrize(
    ("spans", "standing"),
    [
        ([], Standing.NONE),
        ([(1, 400)], Standing.NONE),  # not yet done
        ([(-400, None)], Standing.VALID),
        ([(-400, -1)], Standing.LAPSED),
        ([(-400, 0)], Standing.LAPSING),  # the last valid day
        ([(-400, 30)], Standing.LAPSING),
        ([(-400, 31)], Standing.VALID),
        ([(-400, -30), (-20, 345)], Standing.VALID),
        ([(-400, -30), (-400, None)], Standing.VALID),
    ],
)
def test_training(spans, standing):
    listed = [TrainingSpan(day(done), None if end is None else day(end)) for done, end in spans]
    assert training_standing(listed, TODAY) is standing
    assert standing.is_good is (standing in (Standing.VALID, Standing.LAPSING))


def device(kind="oximeter", checked=-10, good=True, every=365, name="Pulse oximeter OX-1"):
    return DeviceState(kind, name, every, None if checked is None else day(checked), good)


@pytest.mark.parametrize(
    ("checked", "good", "standing"),
    [
        (None, False, Standing.NONE),
        (-1, False, Standing.FAILED),
        (-366, True, Standing.LAPSED),
        (-365, True, Standing.LAPSING),
        (-10, True, Standing.VALID),
    ],
)
def test_device(checked, good, standing):
    assert device_standing(device(checked=checked, good=good), TODAY) is standing


@pytest.mark.parametrize(
    ("devices", "codes"),
    [
        ([], {"SET-4.oximeter": Level.BLOCK, "SET-4.cuff": Level.BLOCK}),
        ([device(), device("cuff", name="Cuff A")], {}),
        ([device()], {"SET-4.cuff": Level.BLOCK}),
        ([device(), device("cuff", checked=None, name="Cuff A")], {"SET-4.cuff": Level.BLOCK, "SET-4.Cuff A": Level.NOTE}),
        ([device(), device(good=False, name="OX-2"), device("cuff", name="Cuff A")], {"SET-4.OX-2": Level.NOTE}),
        ([device(checked=-350), device("cuff", name="Cuff A")], {"SET-4.Pulse oximeter OX-1": Level.NOTE}),
        ([device(), device("cuff", name="A"), device("kit", checked=-800, name="Kit")], {"SET-4.Kit": Level.NOTE}),
    ],
)
def test_equipment(devices, codes):
    assert {finding.code: finding.level for finding in equipment_findings(devices, TODAY)} == codes


def test_a_review_date_is_no_matter():
    assert is_certified([CertificationEvent(date(2015, 1, 1), 1, "certified")], TODAY)
