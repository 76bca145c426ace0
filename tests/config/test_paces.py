"""How often a person who is signed in may ask for what costs much: nobody else is met by it, and nothing of the watch ever."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from clinic.models import AuditEntry
from config import paces
from config.paces import PACES, Pace
from tests.access_table import EMERGENCY, FLOOR, PAGES
from tests.cast import Cast

WATCH = {"board", "flowsheet", "flowsheet_news", "observation_record", "round_record", "event_record", "measure_record", "alert_acknowledge"}
WATCH |= {"alert_close", "help_answer", "device_record", "dosing_start", "dosing_stop", "readiness_record", "session_left", "session_transfer"}


def test_a_known_page_each_and_none_of_the_watch() -> None:
    assert set(PACES) <= set(PAGES)
    assert not set(PACES) & (WATCH | set(EMERGENCY) | set(FLOOR))
    assert {pace.most for pace in PACES.values()} >= {30}
    assert min(pace.most for pace in PACES.values()) >= 30, "wide enough for the busiest hands"


def test_production_cannot_do_without(settings_of: Callable[..., dict[str, object]]) -> None:
    assert settings_of(VIGIL_PACES="no")["VIGIL_PACES"] is True


def test_one_person_too_often_is_stopped_for_a_minute_and_nobody_beside_them(
    cast: Cast, sign_in: Callable[..., Client], monkeypatch: pytest.MonkeyPatch, still_clock, settings: Any
) -> None:  # type: ignore[no-untyped-def]
    settings.VIGIL_PACES = True
    monkeypatch.setitem(paces.PACES, "patient_list", Pace("search", 2))
    monkeypatch.setitem(paces.PACES, "emergency_read", Pace("signature", 1, posts_alone=True))
    patients, glass = reverse("patient_list", args=["riverside"]), reverse("emergency_read", args=["riverside"])
    nurse = sign_in(cast.nurse)
    assert [nurse.get(patients).status_code for _ in range(4)] == [200, 200, 429, 429]
    stopped = nurse.post(patients, {"q": "heron"})
    assert (stopped.status_code, stopped["Retry-After"], stopped["Cache-Control"]) == (429, "60", "no-store")
    assert "Wait a minute, then try again." in stopped.text
    assert [entry.actor for entry in AuditEntry.objects.filter(action="account.slowed")] == [cast.nurse], "one entry, not one each"
    assert sign_in(cast.second_nurse).get(patients).status_code == 200, "a colleague behind the same router"
    assert nurse.get(reverse("board", args=["riverside"])).status_code == 200
    assert [nurse.get(glass).status_code for _ in range(3)] == [200, 200, 200]
    assert [nurse.post(glass, {}).status_code for _ in range(2)] == [422, 429]
    still_clock.shift(timedelta(minutes=1))
    assert nurse.get(patients).status_code == 200
