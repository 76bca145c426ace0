"""The factories: every state of a session can be had by rows, and its picture agrees."""

import pytest

from sessions.picture import picture_of
from sessions.queries.policies import policy_for
from sessions.states import DOSED, Status
from tests.cast import NOW, Cast
from tests.factories.sessions import at_state


@pytest.mark.parametrize("status", Status.values)
def test_at_state(cast: Cast, status: str) -> None:
    session = at_state(status, cast)
    picture = picture_of(session, policy_for(session))
    assert session.status == status
    assert bool(picture.devices) is (status in DOSED)


def test_at_state_takes_a_dose(cast: Cast) -> None:
    session = at_state(Status.MONITORING, cast, planned_dose_mg=84)
    picture = picture_of(session, policy_for(session))
    assert (picture.given_mg, len(picture.devices)) == (84, 3)
    assert picture.gate_opens_at is not None
    assert picture.gate_opens_at > NOW
