"""A visit that goes on after midnight holds its chair on the next day's schedule too, as it does for a booking."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from clinic.models import OpeningHours
from sessions.models import TreatmentSession
from sessions.queries.schedule import Stretch, day_plan, week
from tests.factories.sessions import at_state

MIDNIGHT = datetime(2026, 6, 11, tzinfo=ZoneInfo("America/New_York"))


@pytest.mark.django_db
@pytest.mark.parametrize(("status", "hours"), [("monitoring", 2), ("cancelled", 0)])
def test_the_chair_is_free_when_the_visit_of_the_night_is_over(cast, riverside, status, hours):
    OpeningHours.objects.filter(site=riverside).update(opens_at="00:00", closes_at="23:59")
    visit = at_state(status, cast)
    slot = {"starts_at": MIDNIGHT - timedelta(hours=1), "ends_at": MIDNIGHT + timedelta(hours=2), "treatment_on": MIDNIGHT.date() - timedelta(days=1)}
    TreatmentSession.objects.filter(pk=visit.pk).update(**slot)
    plan = day_plan(riverside, week(riverside, MIDNIGHT.date()), MIDNIGHT.date(), MIDNIGHT)
    lane = next(lane for lane in plan.lanes if lane.chair.pk == visit.chair_id)
    free = next(item for item in lane.items if isinstance(item, Stretch))
    assert (free.starts_at, visit in lane.items) == (MIDNIGHT + timedelta(hours=hours), status == "monitoring")
