"""Come, leave, stay past closing (SET-2)."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from clinic.actions.duty import check_in, check_out, stay_on
from clinic.findings import Refused
from clinic.models import AuditEntry, DutyPeriod
from clinic.queries import duty_now, prescriber_on_site
from tests.cast import NOW
from tests.clinic.helpers import queries_of
from tests.factories.clinic import on_duty

CLOSING = NOW + timedelta(hours=8)


def actions():
    return list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))


def test_coming_lasts_until_closing(cast, riverside):
    period = check_in(cast.of(cast.prescriber), by=cast.prescriber, now=NOW)
    assert (period.is_prescriber, period.lapses_at) == (True, CLOSING)
    assert prescriber_on_site(riverside, CLOSING - timedelta(seconds=1))
    assert not prescriber_on_site(riverside, CLOSING)
    assert actions() == ["duty.came"]


def test_coming_twice_has_one_effect(cast):
    first = check_in(cast.of(cast.nurse), by=cast.nurse, now=NOW)
    assert check_in(cast.of(cast.nurse), by=cast.nurse, now=NOW + timedelta(minutes=1)) == first
    assert actions() == ["duty.came"]


def test_coming_the_next_day_closes_the_lapsed_stay_at_its_lapse(cast):
    check_in(cast.of(cast.nurse), by=cast.nurse, now=NOW)
    second = check_in(cast.of(cast.nurse), by=cast.nurse, now=NOW + timedelta(days=1))
    first = DutyPeriod.objects.earliest("came_at")
    assert (first.left_at, second.left_at) == (CLOSING, None)


def test_coming_after_closing_lasts_until_midnight(cast):
    period = check_in(cast.of(cast.nurse), by=cast.nurse, now=CLOSING + timedelta(hours=1))
    assert period.lapses_at == datetime(2026, 6, 11, 4, tzinfo=UTC)


def test_leaving(cast, riverside):
    check_in(cast.of(cast.prescriber), by=cast.prescriber, now=NOW)
    check_out(cast.of(cast.prescriber), by=cast.prescriber, now=NOW + timedelta(hours=1))
    assert not prescriber_on_site(riverside, NOW + timedelta(hours=1))
    assert check_out(cast.of(cast.prescriber), by=cast.prescriber, now=NOW + timedelta(hours=2)) is None
    assert actions() == ["duty.came", "duty.left"]


def test_leaving_after_closing_ends_at_closing(cast):
    check_in(cast.of(cast.nurse), by=cast.nurse, now=NOW)
    assert check_out(cast.of(cast.nurse), by=cast.nurse, now=CLOSING + timedelta(hours=2)).left_at == CLOSING


def test_staying_past_closing(cast, riverside):
    check_in(cast.of(cast.prescriber), by=cast.prescriber, now=NOW)
    period = stay_on(cast.of(cast.prescriber), by=cast.prescriber, now=CLOSING - timedelta(minutes=5))
    assert period.confirmed_by == cast.prescriber
    assert prescriber_on_site(riverside, CLOSING + timedelta(hours=1))
    assert actions() == ["duty.came", "duty.stayed"]


def test_here_all_along_closes_the_gap(cast, riverside):
    check_in(cast.of(cast.prescriber), by=cast.prescriber, now=NOW)
    stay_on(cast.of(cast.prescriber), by=cast.prescriber, now=CLOSING + timedelta(minutes=20))
    assert prescriber_on_site(riverside, CLOSING + timedelta(minutes=10))


@pytest.mark.parametrize("came", [False, True])
def test_no_stay_of_today_to_go_on_with(cast, came):
    if came:
        check_in(cast.of(cast.nurse), by=cast.nurse, now=NOW - timedelta(days=1))
    with pytest.raises(Refused, match="Check in instead"):
        stay_on(cast.of(cast.nurse), by=cast.nurse, now=NOW)


def test_the_fragment_knows_my_part(cast, riverside):
    me = cast.of(cast.prescriber)
    assert duty_now(riverside, me, NOW).mine is None
    check_in(me, by=cast.prescriber, now=NOW)
    seen = duty_now(riverside, me, NOW + timedelta(minutes=1))
    assert (seen.prescriber_here, seen.is_last_prescriber, seen.lapses_soon, seen.lapsed) == (True, True, False, None)
    on_duty(cast.of(cast.second_prescriber), NOW, lapses_at=CLOSING)
    assert not duty_now(riverside, me, NOW + timedelta(minutes=1)).is_last_prescriber
    assert duty_now(riverside, me, CLOSING - timedelta(minutes=30)).lapses_soon
    assert duty_now(riverside, me, CLOSING + timedelta(minutes=30)).lapsed is not None
    assert duty_now(riverside, me, CLOSING + timedelta(hours=7)).lapsed is None


def test_one_press_on_the_page(cast, sign_in):
    client = sign_in(cast.nurse)
    assert client.post(reverse("duty_come", args=["riverside"])).status_code == 303
    page = client.get(reverse("duty", args=["riverside"])).text
    assert "Nora Nurse" in page
    assert "No prescriber is on site" in page
    assert client.post(reverse("duty_leave", args=["riverside"])).status_code == 303
    assert DutyPeriod.objects.get().left_at == NOW


def test_from_the_board_back_to_the_board(cast, sign_in):
    response = sign_in(cast.nurse).post(reverse("duty_come", args=["riverside"]), {"back": "board"})
    assert response["Location"] == "/riverside/"


def test_staying_without_a_stay_is_refused_on_the_page(cast, sign_in):
    response = sign_in(cast.nurse).post(reverse("duty_stay", args=["riverside"]), {"back": "https://elsewhere.example"})
    assert response.status_code == 422
    assert "no stay of today" in response.text


def test_staying_by_the_page(cast, sign_in, still_clock):
    client = sign_in(cast.nurse)
    client.post(reverse("duty_come", args=["riverside"]))
    still_clock.move_to(CLOSING - timedelta(minutes=10))
    assert "I stay past 18:00" in client.get(reverse("duty", args=["riverside"])).text
    assert client.post(reverse("duty_stay", args=["riverside"])).status_code == 303
    still_clock.move_to(CLOSING + timedelta(minutes=10))
    assert "here, until 00:00 at most" in client.get(reverse("duty", args=["riverside"])).text


def test_after_the_lapse_the_page_offers_both(cast, sign_in, still_clock):
    client = sign_in(cast.nurse)
    client.post(reverse("duty_come", args=["riverside"]))
    still_clock.move_to(CLOSING + timedelta(minutes=10))
    page = client.get(reverse("duty", args=["riverside"])).text
    assert "I came back" in page
    assert "I was here all along" in page
    assert "at closing" in page


@pytest.mark.parametrize("name", ["duty_come", "duty_leave", "duty_stay"])
@pytest.mark.parametrize(("person", "status"), [("auditor", 403), ("stranger", 404), ("former", 404)])
def test_others_cannot_press(cast, sign_in, name, person, status):
    assert sign_in(cast.person(person)).post(reverse(name, args=["riverside"])).status_code == status
    assert not DutyPeriod.objects.exists()


@pytest.mark.parametrize("name", ["duty_come", "duty_leave", "duty_stay"])
def test_signed_out_cannot_press(cast, client, name):
    assert client.post(reverse(name, args=["riverside"])).status_code == 302
    assert client.post(reverse(name, args=["riverside"]), headers={"HX-Request": "true"}).status_code == 401
    assert not DutyPeriod.objects.exists()


def test_history_costs_nothing(cast, riverside, sign_in):
    client, url = sign_in(cast.nurse), reverse("duty", args=["riverside"])
    few = queries_of(client, url)
    for days in range(1, 30):
        on_duty(cast.of(cast.nurse), NOW - timedelta(days=days), left_at=NOW - timedelta(days=days) + timedelta(hours=2))
    assert queries_of(client, url) == few
