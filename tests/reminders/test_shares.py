"""A sweep under the second line: one look over every site, then only the sites and the parts that have something to do (docs/adr/0032)."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from clinic.models import Heartbeat
from patients.models import Patient
from reminders import tasks
from reminders.actions.sweep import sweep
from reminders.models import OutboxMessage
from reminders.queries.work import ABANDONED, BRING_BACK, PARTS, WITHDRAW, looks, work_by_site
from sessions.models import TreatmentSession
from sessions.states import Status
from tests.access_objects import elsewhere
from tests.cast import NOW, Cast
from tests.factories.changing import change
from tests.factories.clinic import SiteFactory
from tests.factories.sessions import at_state

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("still_clock")]
State = OutboxMessage.Status
LOST = {"status": State.SENDING, "lease_until": NOW - timedelta(minutes=30)}


def booked(place: Cast, hours: int) -> TreatmentSession:
    return at_state(Status.BOOKED, place, starts_at=NOW + timedelta(hours=hours), ends_at=NOW + timedelta(hours=hours + 3))


def disturbed(place: Cast, visits: list[TreatmentSession]) -> None:
    """Something for a sweep of each sort: to write, to withdraw, to bring back, to take up again, to leave to a person."""
    change(TreatmentSession.objects.filter(pk=visits[0].pk), status=Status.CANCELLED, cancelled_at=NOW, status_reason="Away")
    again, unbegun, begun = OutboxMessage.objects.filter(session__in=visits[1:], status=State.DUE).order_by("pk")[:3]
    OutboxMessage.objects.filter(pk=again.pk).update(status=State.WITHDRAWN, withdrawal="changed", why="It was paused.")
    OutboxMessage.objects.filter(pk=unbegun.pk).update(**LOST)
    OutboxMessage.objects.filter(pk=begun.pk).update(**LOST, began_at=NOW - timedelta(hours=1))
    booked(place, 27)
    at_state(Status.DISCHARGED, place, first_device_at=NOW - timedelta(hours=4))


def outbox() -> list[tuple[object, ...]]:
    return sorted(OutboxMessage.objects.values_list("site_id", "session_id", "kind", "channel", "schedule_version", "status", "withdrawal", "due_at"))


def test_sites_one_after_the_other_come_to_what_all_at_once_do(cast: Cast, settings: Settings) -> None:
    visits = [(place, [booked(place, hours) for hours in (25, 26, 75, 76)]) for place in (cast, elsewhere(cast))]
    sweep(now=NOW)
    for place, theirs in visits:
        disturbed(place, theirs)
    SiteFactory(organisation=cast.riverside.organisation, slug="idle")
    Patient.objects.update(may_email=True)
    with transaction.atomic():
        before, done = outbox(), sweep(now=NOW)
        whole = outbox()
        transaction.set_rollback(True)
    assert set(done) == {"created", "withdrawn", "returned", "resumed", "unclear"}
    assert min(done.values()) >= 2, "something of each sort at each of two sites"
    assert before != whole
    work = work_by_site(NOW)
    assert set(work) == {cast.riverside.pk, cast.hillcrest.pk}
    assert {(WITHDRAW, ""), (BRING_BACK, ""), (ABANDONED, ""), ("day_before", "email")} <= work[cast.hillcrest.pk]
    assert (tasks.sweep(), outbox()) == (done, whole)


def test_each_part_of_a_sweep_is_looked_for() -> None:
    assert [part for part, _ in looks(NOW)] == list(dict.fromkeys(part for part, _ in looks(NOW)))
    assert {part for part, _ in looks(NOW)} == PARTS


def test_sites_with_nothing_to_do_cost_no_statement_and_leave_a_sign_of_life(cast: Cast) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as asked:
            tasks.sweep()
        return len(asked)

    statements()
    two = statements()
    for number in range(10):
        SiteFactory(organisation=cast.riverside.organisation, slug=f"idle-{number}")
    assert statements() == two
    assert Heartbeat.objects.get(name="sweep").beat_at == NOW
