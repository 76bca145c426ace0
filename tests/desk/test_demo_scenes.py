"""The scenes of a demonstration day, as they are written down, before anybody plays them."""

from datetime import UTC, datetime, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest

from desk.demo.live import Script
from desk.demo.scenes import HILLCREST, RIVERSIDE, Scene
from desk.demo.steps import Part

MIDNIGHT = datetime(2026, 11, 23, 5, tzinfo=UTC)
ZONE = ZoneInfo("America/New_York")


@pytest.mark.parametrize("scene", [*RIVERSIDE, *HILLCREST], ids=lambda scene: f"{scene.tell.__name__}-{scene.room}-{scene.began}")
def test_whoever_comes_comes_on_the_day_of_the_visit(scene: Scene) -> None:
    """At any minute at which the demonstration may be made: nobody is checked in on another day than the visit's."""
    part = Part(cast(Any, None), cast(Any, None), room=scene.room)
    for minute in range(24 * 60):
        script = Script(MIDNIGHT + timedelta(minutes=minute, seconds=30))
        scene.tell(script, part, scene.began)
        came = [at for at, _, act in script.moments if act == part.arrive]
        assert all(at.astimezone(ZONE).date() == scene.starts_at(script.now).astimezone(ZONE).date() for at in came), script.now
