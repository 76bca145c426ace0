"""After a missed visit, what only a prescriber decides: marked, with their reason, never with "all"; or skipped where no slot is left (DOS-5, DOS-6)."""

from uuid import uuid4

import pytest
from django.urls import reverse

from sessions.actions import booking
from sessions.models import Override, TreatmentSession
from sessions.queries.redraw import lines_of
from sessions.rules.next_step import KEEP
from sessions.rules.redraw import What
from sessions.states import Status
from tests.cast import NOW
from tests.factories.clinic import ClosureFactory
from tests.factories.sessions import at_state
from tests.sessions.test_planning_rules import at
from tests.sessions.test_redraw import JUNE, accept, decide

pytestmark = pytest.mark.django_db


@pytest.fixture
def tight(cast) -> TreatmentSession:
    """Missed today; Mondays and Thursdays are booked, and the first Monday has closed: what is left for it needs a prescriber."""
    visit = at_state(Status.BOOKED, cast, chair=cast.chairs[0])
    for day in (11, 15, 18, 22):
        at_state(Status.BOOKED, cast, patient=visit.patient, chair=cast.chairs[0], starts_at=at(JUNE[day]))
    ClosureFactory(site=cast.riverside, closed_on=JUNE[15])
    booking.mark_missed(visit, reason="Not reached", by=cast.desk, now=NOW)
    visit.refresh_from_db()
    decide(cast, visit)
    return visit


def test_what_a_prescriber_decides_needs_their_reason(cast, tight, sign_in) -> None:
    desk, prescriber = sign_in(cast.desk), sign_in(cast.prescriber)
    url, post = (reverse(name, args=["riverside", tight.pk]) for name in ("session_next", "next_accept"))
    line = next(one for one in lines_of(tight, KEEP, NOW) if one.what is What.MOVE)
    assert line.decisions
    page = desk.get(url).content.decode()
    assert "needs a prescriber" in page
    assert f'value="{line.key}"' not in page
    assert line.key not in desk.get(url).context["keys"]
    ticked = {"line": line.key, "reason": "Snow; she travels"}
    for client, more in ((desk, {}), (prescriber, {"reason": " "})):
        assert client.post(post, {**ticked, **more, "client_key": uuid4()}).status_code == 422
    assert not Override.objects.exists()
    assert f'value="{line.key}"' in prescriber.get(url).content.decode()
    assert prescriber.post(post, {**ticked, "client_key": uuid4()}).status_code == 303
    moved = TreatmentSession.objects.get(pk=line.old.session_pk)
    assert moved.treatment_on == line.new.day
    kept = {(row.session.treatment_on, row.finding, row.reason) for row in Override.objects.all()}
    assert {(moved.treatment_on, one.finding.key, "Snow; she travels") for one in line.decisions} <= kept
    assert {(one.day, one.finding.key, "Snow; she travels") for one in line.decisions} <= kept


def test_a_visit_without_any_slot_is_skipped(cast, tight) -> None:
    for day in {*range(9, 24)} - {11, 15, 18, 22}:
        ClosureFactory(site=cast.riverside, closed_on=JUNE[day])
    line = next(one for one in lines_of(tight, KEEP, NOW) if one.is_last_resort)
    accept(cast, tight, [line.key])
    skipped = TreatmentSession.objects.get(pk=line.old.session_pk)
    assert (skipped.status, skipped.status_reason) == (Status.CANCELLED, "No slot was left for it; the rest of the course stays")
