"""Opening and closing the day: checks and counts on record, what is missing a finding, nothing a gate (SET-4, DEV-3, PMF-1)."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from clinic.findings import Refused
from clinic.models import AuditEntry, DutyPeriod, Equipment, EquipmentCheck
from sessions.actions.day import Closing, Opening, close_day, open_day
from sessions.models import DayRecord, SessionEvent
from sessions.rules import day as rules
from tests.cast import NOW, TODAY
from tests.factories.clinic import on_duty
from tests.factories.sessions import at_state

FULL = {"patient": 4, "bulk": 10}


def opening(cast, **said):
    devices = {device.pk: "good" for device in Equipment.objects.filter(site=cast.riverside)}
    return Opening(**({"devices": devices, "kit": "yes", "rooms": "yes", "counts": FULL} | said))


def opened(cast, now=NOW, key=None, **said):
    return open_day(cast.riverside, opening=opening(cast, **said), client_key=key or uuid4(), by=cast.nurse, now=now)


def closed(cast, now=NOW, key=None, **said):
    told = {"day": TODAY, "counts": FULL} | said
    return close_day(cast.of(cast.nurse), closing=Closing(**told), client_key=key or uuid4(), by=cast.nurse, now=now)


def test_opening_keeps_the_count_and_checks_the_equipment(cast, prescriber_here):
    key = uuid4()
    record = opened(cast, key=key)
    assert opened(cast, key=key) == record
    assert (record.day, record.count_patient, record.count_bulk, record.answers["short"]) == (TODAY, 4, 10, [])
    assert EquipmentCheck.objects.filter(checked_at=NOW, is_good=True).count() == 2
    assert AuditEntry.objects.filter(action="day.opening").count() == 1


def test_what_is_missing_is_kept_never_refused(cast):
    record = opened(cast, devices={}, kit="no", rooms="no", counts={})
    assert record.answers["short"] == [
        "a prescriber in", "a checked oximeter", "a checked cuff", "a complete emergency kit", "all rooms ready", "a count of the devices",
    ]  # fmt: skip
    assert not EquipmentCheck.objects.filter(checked_at=NOW).exists()


def test_a_second_opening_puts_the_first_right_with_a_reason(cast, prescriber_here):
    first = opened(cast, kit="no")
    with pytest.raises(Refused, match="opened at 10:00 already"):
        opened(cast)
    second = opened(cast, reason="The kit has come")
    assert (second.supersedes, second.answers["short"]) == (first, [])
    assert DayRecord.objects.standing().count() == 1


def test_closing_counts_against_what_was_opened_and_used(cast, prescriber_here):
    opened(cast)
    at_state("discharged", cast, first_device_at=NOW - timedelta(hours=3))
    with pytest.raises(Refused, match="Bulk stock: 8 should be left and 10 are"):
        closed(cast)
    record = closed(cast, counts={"patient": 4, "bulk": 8})
    assert (record.answers["used"], record.answers["left"]) == ({"patient": 0, "bulk": 2}, {"patient": 4, "bulk": 8})


def test_who_is_still_here_is_explained_and_a_difference_noted(cast, prescriber_here):
    opened(cast)
    session = at_state("arrived", cast)
    with pytest.raises(Refused) as refused:
        closed(cast, counts={"patient": None, "bulk": 11})
    assert {finding.field for finding in refused.value.findings} == {"count_patient", f"why_{session.pk}"}
    record = closed(cast, counts={"patient": 4, "bulk": 11}, note="One came by courier", why={session.pk: "Waits for a taxi"})
    assert (record.answers["open"], record.answers["here"]) == ({str(session.pk): "Waits for a taxi"}, ["Petra Prescriber"])


def test_leaving_with_the_closing_ends_my_presence(cast):
    on_duty(cast.of(cast.nurse), NOW - timedelta(hours=2))
    closed(cast, is_leaving=True)
    assert DutyPeriod.objects.get().left_at == NOW


def test_yesterday_is_closed_late_and_no_other_day(cast):
    opened(cast, now=NOW - timedelta(days=1))
    assert closed(cast, day=TODAY - timedelta(days=1)).day == TODAY - timedelta(days=1)
    with pytest.raises(Refused, match="waiting to be closed"):
        closed(cast, day=TODAY - timedelta(days=3))


@pytest.mark.parametrize(
    ("opened_with", "used", "left"),
    [({}, {}, {"patient": None, "bulk": None}), ({"patient": 3, "bulk": 0}, {"bulk": 1}, {"patient": 3, "bulk": -1})],
)
def test_how_many_should_be_left(opened_with, used, left):
    assert rules.expected(opened_with, used) == left


def test_by_the_page(cast, sign_in, prescriber_here):
    client, url = sign_in(cast.nurse), reverse("day", args=["riverside"])
    assert "Open the day" in client.get(url).text
    devices = {f"device_{device.pk}": "good" for device in Equipment.objects.filter(site=cast.riverside)}
    said = devices | {"kit": "yes", "rooms": "yes", "count_patient": 4, "count_bulk": 10, "note": "", "reason": "", "client_key": uuid4()}
    assert client.post(reverse("day_open", args=["riverside"]), said | {"kit": "maybe"}).status_code == 422
    assert client.post(reverse("day_open", args=["riverside"]), said).status_code == 303
    assert "Nothing was missing" in client.get(url).text
    assert client.post(reverse("day_open", args=["riverside"]), said | {"client_key": uuid4()}).status_code == 422
    said = {"day": TODAY, "count_patient": 4, "count_bulk": 9, "note": "", "reason": "", "client_key": uuid4()}
    assert client.post(reverse("day_close", args=["riverside"]), said).status_code == 422
    assert client.post(reverse("day_close", args=["riverside"]), said | {"count_bulk": 10}).status_code == 303
    assert "Closing by" in client.get(url).text
    assert client.get(url, {"day": "2026-06-09"}).status_code == client.get(url, {"day": "🫀"}).status_code == 200
    type(cast.riverside).objects.update(time_zone="Pacific/Guam")
    assert client.get(url, {"day": "0001-01-01"}).status_code == 200, "east of Greenwich that day begins before all time"


def test_the_front_desk_looks_and_does_not_count(cast, sign_in):
    client = sign_in(cast.desk)
    assert "Nobody has opened this day" in client.get(reverse("day", args=["riverside"])).text
    assert client.post(reverse("day_open", args=["riverside"])).status_code == 403


@pytest.mark.parametrize("name", ["day_open", "day_close"])
def test_junk_is_refused(cast, sign_in, name):
    junk = {"kit": "x", "count_patient": "-1", "count_bulk": "9" * 30, "day": "never", "client_key": "x"}
    assert sign_in(cast.nurse).post(reverse(name, args=["riverside"]), junk).status_code == 422
    assert not DayRecord.objects.exists()


def test_what_was_explained_on_the_session_is_not_asked_again(cast, prescriber_here):
    opened(cast)
    session = at_state("monitoring", cast)
    SessionEvent.objects.create(
        site=session.site, session=session, kind="open_late", what="Sleepy", observed_at=NOW, recorded_at=NOW, recorded_by=cast.nurse
    )
    assert closed(cast, counts={"patient": 4, "bulk": 8}).answers["open"] == {}


def test_a_key_of_the_opening_closes_nothing(cast):
    key = uuid4()
    opened(cast, key=key)
    with pytest.raises(Refused, match="out of date"):
        closed(cast, key=key)
