"""A visit that goes on after midnight holds its chair on the next day's schedule too, as it does for a booking."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from clinic.models import OpeningHours
from sessions.models import TreatmentSession
from sessions.queries.schedule import all_chairs, day_plan, week
from tests.factories.sessions import at_state

MIDNIGHT = datetime(2026, 6, 11, tzinfo=ZoneInfo("America/New_York"))


@pytest.mark.django_db
@pytest.mark.parametrize(("status", "hours"), [("monitoring", 2), ("cancelled", 0)])
def test_the_chair_is_free_when_the_visit_of_the_night_is_over(cast, riverside, status, hours):
    OpeningHours.objects.filter(site=riverside).update(opens_at="00:00", closes_at="23:59")
    visit = at_state(status, cast)
    slot = {"starts_at": MIDNIGHT - timedelta(hours=1), "ends_at": MIDNIGHT + timedelta(hours=2), "treatment_on": MIDNIGHT.date() - timedelta(days=1)}
    TreatmentSession.objects.filter(pk=visit.pk).update(**slot)
    plan = day_plan(riverside, week(riverside, MIDNIGHT.date()), MIDNIGHT.date(), all_chairs(riverside), MIDNIGHT)
    lane = next(lanes[0] for chair, lanes in plan.rows if chair.pk == visit.chair_id)
    assert lane.free[0].starts_at == MIDNIGHT + timedelta(hours=hours)
    assert [(block.first, block.length, block.is_from_before) for block in lane.blocks] == ([(0, 24, True)] if status == "monitoring" else [])
