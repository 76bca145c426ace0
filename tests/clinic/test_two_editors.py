"""Two people edit the same page: what each changed is kept, the same field twice gives both values, and nobody writes over another unseen."""

import json
from collections.abc import Callable
from datetime import time
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from clinic.actions.equipment import change_equipment
from clinic.actions.furniture import change_chair, set_opening_hours, stored_spans, week_words
from clinic.actions.merging import opened_as
from clinic.actions.people import change_membership
from clinic.actions.site import change_details
from clinic.findings import Changed
from clinic.models import AuditEntry, Equipment
from clinic.rules.merging import as_text
from clinic.rules.opening import Span
from patients.actions.patient import change_status
from reminders.actions.messaging import change_messaging
from tests.cast import NOW, Cast
from tests.factories.patients import PatientFactory

pytestmark = pytest.mark.django_db
WHO = {"now": NOW}


def chair(cast: Cast) -> tuple[Any, Callable[..., Any], dict[str, Any]]:
    row = cast.chairs[0]
    return row, lambda **more: change_chair(row, **more, **WHO), {"name": row.name, "position": row.position, "is_active": True}


def device(cast: Cast) -> tuple[Any, Callable[..., Any], dict[str, Any]]:
    row = Equipment.objects.filter(site=cast.riverside).first()
    assert row is not None
    return row, lambda **more: change_equipment(row, **more, **WHO), {"label": row.label, "check_every_days": row.check_every_days, "is_active": True}


def details(cast: Cast) -> tuple[Any, Callable[..., Any], dict[str, Any]]:
    row = cast.riverside
    return row, lambda **more: change_details(row, **more, **WHO), {"name": row.name, "address": row.address, "phone": row.phone}


@pytest.mark.parametrize(("made", "first", "second"), [
    (chair, ("name", "By the window"), ("position", 9)), (device, ("label", "OX-9"), ("check_every_days", 30)),
    (details, ("phone", "+1 518 555 0111"), ("address", "2 River Road")),
])  # fmt: skip
def test_each_keeps_their_own_field_and_the_same_field_is_asked_again(
    cast: Cast, made: Callable[..., Any], first: tuple[str, Any], second: tuple[str, Any]
) -> None:
    row, act, shown = made(cast)
    opened = json.loads(opened_as(row, shown))
    act(**{**shown, first[0]: first[1]}, opened=opened, by=cast.admin)
    act(**{**shown, second[0]: second[1]}, opened=opened, by=cast.admin)
    row.refresh_from_db()
    assert (getattr(row, first[0]), getattr(row, second[0])) == (first[1], second[1])
    entries = AuditEntry.objects.count()
    mine = {**shown, second[0]: second[1], first[0]: f"{first[1]}5"}
    with pytest.raises(Changed) as clash:
        act(**mine, opened=opened, by=cast.admin)
    assert clash.value.findings[0].field == first[0]
    assert str(first[1]) in clash.value.findings[0].text
    assert AuditEntry.objects.count() == entries
    act(**mine, opened=json.loads(clash.value.opened), by=cast.admin)
    row.refresh_from_db()
    assert getattr(row, first[0]) == f"{first[1]}5"


def test_a_place_that_another_administrator_changed(cast: Cast) -> None:
    """Who opened the page while it was a monitor's doesn't make them one again by pressing "Change"."""
    place = cast.of(cast.second_nurse)
    opened = json.loads(opened_as(place, ["role", "credential"]))
    change_membership(place, role="support", credential="ma", opened=opened, by=cast.admin, now=NOW)
    kept = change_membership(place, role="monitor", credential="rn", opened=opened, by=cast.admin, now=NOW)
    assert (kept.role, kept.credential) == ("support", "ma")
    with pytest.raises(Changed):
        change_membership(place, role="prescriber", credential="np", opened=opened, by=cast.admin, now=NOW)


def test_a_status_that_somebody_set_meanwhile(cast: Cast) -> None:
    patient = PatientFactory(site=cast.riverside)
    opened = json.loads(opened_as(patient, ["status"]))
    change_status(patient, status="paused", reason="In hospital", opened=opened, by=cast.desk, now=NOW)
    with pytest.raises(Changed, match="now “Paused”"):
        change_status(patient, status="ended", reason="Moved away", opened=opened, by=cast.nurse, now=NOW)
    patient.refresh_from_db()
    assert (patient.status, patient.status_reason) == ("paused", "In hospital")


def test_how_the_site_sends_changed_by_two(cast: Cast) -> None:
    shown = {"provider": "", "sender": "", "texts_per_week": 4, "quiet_until": time(8), "quiet_from": time(21)}
    opened = {name: as_text(value) for name, value in shown.items()}
    for change in ({"texts_per_week": 2}, {"quiet_until": time(9)}):
        row = change_messaging(cast.riverside, **{**shown, **change}, opened=opened, by=cast.admin, now=NOW)  # type: ignore[arg-type]
    assert (row.texts_per_week, row.quiet_until) == (2, time(9))
    with pytest.raises(Changed, match="now “2”"):
        change_messaging(cast.riverside, **{**shown, "texts_per_week": 1}, opened=opened, by=cast.admin, now=NOW)  # type: ignore[arg-type]


def test_the_week_is_put_together_day_by_day(cast: Cast) -> None:
    site, stored = cast.riverside, stored_spans(cast.riverside)
    opened = week_words(stored)
    without = lambda day: [span for span in stored if span.weekday != day]  # noqa: E731
    set_opening_hours(site, without(4), opened=opened, by=cast.admin, now=NOW)
    set_opening_hours(site, [*without(0), Span(0, time(9), time(12))], opened=opened, by=cast.admin, now=NOW)
    week = week_words(stored_spans(site))
    assert (week["0"], week["4"]) == ("0 09:00-12:00", "")
    with pytest.raises(Changed) as clash:
        set_opening_hours(site, [*without(4), Span(4, time(7), time(9))], opened=opened, by=cast.admin, now=NOW)
    assert [finding.field for finding in clash.value.findings] == ["closes_4_1"]
    assert "now “closed”" in clash.value.findings[0].text


@pytest.mark.parametrize(("page", "mine"), [
    (lambda cast: reverse("chair", args=["riverside", cast.chairs[0].pk]), {"name": "Mine", "position": 1, "is_active": "on"}),
    (lambda cast: reverse("opening_hours", args=["riverside"]), {"opens_0_1": "10:00", "closes_0_1": "11:00"}),
    (lambda cast: reverse("site_details", args=["riverside"]), {"name": "Mine", "public_name": "Riverside", "address": "1", "phone": "+1 518 555 0100", "time_zone": "America/New_York", "default_setting": "outpatient"}),
])  # fmt: skip
def test_the_page_says_what_stands_and_a_second_press_is_meant(cast: Cast, client: Client, page: Callable[[Cast], str], mine: dict[str, Any]) -> None:
    client.force_login(cast.admin)
    url = page(cast)
    opened = client.get(url).context["form"]["opened"].value()
    change_chair(cast.chairs[0], name="Theirs", position=1, is_active=True, by=cast.admin, now=NOW)
    set_opening_hours(cast.riverside, [Span(0, time(6), time(7))], by=cast.admin, now=NOW)
    change_details(cast.riverside, name="Theirs", by=cast.admin, now=NOW)
    answer = client.post(url, {**mine, "opened": opened})
    assert answer.status_code == 422
    assert "Changed since you opened it" in answer.content.decode()
    again = client.post(url, {**mine, "opened": answer.context["form"]["opened"].value()})
    assert again.status_code == 303
