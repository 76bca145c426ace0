"""Which version of the policy judges a session: never one that hasn't begun, and none that judges a session goes away (MON-1, MON-2)."""

from datetime import timedelta
from uuid import uuid4

import pytest

from clinic.actions.policy import plan_policy, withdraw_policy
from clinic.findings import Refused
from clinic.models import AuditEntry, SitePolicy
from sessions.actions.dosing import Given, Kit, record_device
from sessions.models import TreatmentSession
from sessions.states import Status
from tests.cast import NOW, TODAY, Cast
from tests.factories.sessions import EXPIRY, LOT, at_state

pytestmark = pytest.mark.usefixtures("usual_lock")


def coming(cast: Cast) -> tuple[TreatmentSession, SitePolicy]:
    """A visit of tomorrow, on which another minimum begins."""
    values = {"minimum_watch_minutes": 150, "visit_after_minutes": 180}
    policy = plan_policy(cast.riverside, effective_on=TODAY + timedelta(days=1), values=values, reason="Longer", by=cast.admin, now=NOW)
    session = at_state(
        Status.BOOKED,
        cast,
        policy=None,
        treatment_on=TODAY + timedelta(days=1),
        starts_at=NOW + timedelta(days=1),
        ends_at=NOW + timedelta(days=1, hours=3),
    )
    return session, policy


def test_a_device_of_today_on_tomorrows_visit_is_judged_by_what_holds_today(cast: Cast) -> None:
    """The version to come is still a plan: taken back, it leaves the session as it was (it failed before)."""
    session, policy = coming(cast)
    given = Given(kit=Kit(route="bulk", lot=LOT, expires_on=EXPIRY), sprays=2, given_at=NOW, observed_by=None)
    record_device(session, given=given, client_key=uuid4(), by=cast.nurse, membership=cast.of(cast.nurse), now=NOW)
    session.refresh_from_db()
    assert session.policy is not None
    assert session.policy.minimum_watch_minutes == 120
    withdraw_policy(policy, by=cast.admin, now=NOW)
    assert not SitePolicy.objects.filter(pk=policy.pk).exists()


def test_a_version_that_judges_a_session_stays(cast: Cast) -> None:
    """Also where the clock was put back since."""
    session, policy = coming(cast)
    TreatmentSession.objects.filter(pk=session.pk).update(policy=policy)
    with pytest.raises(Refused, match="judged by this version"):
        withdraw_policy(policy, by=cast.admin, now=NOW)
    assert not AuditEntry.objects.filter(action="policy.withdrawn").exists()
