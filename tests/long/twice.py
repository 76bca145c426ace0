"""A whole day with two of everything: each request goes to the other web, each post under a key to both at once. `pytest tests/long/twice.py`"""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from clinic.chain import chains, verified
from clinic.models import Signature
from reminders.models import OutboxMessage
from sessions.models import TreatmentSession
from tests.cast import TODAY, make_cast
from tests.e2e.conftest import complaints, open_browser
from tests.e2e.hands import Keyboard
from tests.e2e.people import Opener
from tests.e2e.test_whole_day import EMAIL, MORNING, Clinic, a_day
from tests.factories.patients import ready_patient
from tests.support.fixtures import StackMaker
from tests.support.front import Front

__all__ = ["complaints", "open_browser"]

pytestmark = pytest.mark.e2e


@pytest.fixture
def front() -> Iterator[Front]:
    made = Front()
    yield made
    made.close()


@pytest.fixture
def twice(make_stack: StackMaker, open_browser: Opener, front: Front) -> Clinic:
    """Two webs in turn, two workers, two beats, one database."""
    stack = make_stack("web", "web2", "worker", "worker2", "beat", "beat2", VIGIL_ORIGIN=front.url)
    front.webs = [stack.ports["web"], stack.ports["web2"]]
    stack.move_clock(MORNING - datetime.now(UTC))
    return Clinic(stack, make_cast(), open_browser, front.url)


def test_every_effect_stands_once(twice: Clinic, front: Front) -> None:
    ready_patient(twice.cast.riverside, twice.cast.prescriber, first_name="Rowan", last_name="Tester", mrn="T-1001", email=EMAIL)
    desk, nurse, prescriber = (twice.person(role, Keyboard, 820) for role in ("desk", "nurse", "prescriber"))
    a_day(twice, desk=desk, nurse=nurse, prescriber=prescriber)
    assert len(front.copied) > 8
    assert max(front.copied) < 500
    session = TreatmentSession.objects.get(treatment_on=TODAY)
    assert TreatmentSession.objects.count() == 2
    pressures = list(session.observations.values_list("systolic", flat=True))
    assert session.device_uses.count() == 2
    assert len(pressures) == len(set(pressures)) >= 3
    assert Signature.objects.filter(meaning=Signature.Meaning.DISCHARGE).count() == 1
    mails = [mail for mail in twice.stack.smtp.messages if mail["X-Envelope-To"] == EMAIL]
    assert len(mails) == OutboxMessage.objects.filter(channel="email", status=OutboxMessage.Status.SENT).count() > 1
    assert all(verified(chain).is_whole for chain in chains())
