"""The page of a plan: it proposes, moves and books; signed out, wrong role, another site's patient; junk (DOS-3…DOS-9)."""

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from patients.models import Patient
from sessions.models import CoursePlan, Override, TreatmentSession
from sessions.states import Status
from tests.cast import Cast
from tests.factories.clinic import ClosureFactory
from tests.factories.patients import CourseFactory, PatientFactory, ready_patient
from tests.factories.sessions import at_state
from tests.sessions.test_planning_rules import MONDAY, at

pytestmark = pytest.mark.django_db
INDUCTION = {
    "start": "2026-06-15",
    "day_1": "0",
    "time_1": "09:00",
    "day_2": "3",
    "time_2": "09:00",
    "chair": "",
    "dose": "56",
    "phases": ["induction"],
}


@pytest.fixture
def patient(cast: Cast) -> Patient:
    return ready_patient(cast.riverside, cast.of(cast.prescriber))


def url(patient: Patient, site: str = "riverside") -> str:
    return reverse("course_plan", args=[site, patient.pk])


def visits_of(page: HttpResponse) -> list[str]:
    """The visits that the form would post."""
    form = page.text.split('id="visits"')[1]  # type: ignore[attr-defined]
    return re.findall(r'name="visit" value="([^"]+)"', form)


def press(client: Client, patient: Patient, do: str, visits: list[str], **more: object) -> HttpResponse:
    return client.post(url(patient), {**INDUCTION, "visit": visits, "do": do, "client_key": str(uuid4()), **more})  # type: ignore[return-value]


def test_it_opens_with_a_proposal_and_books_it(cast: Cast, patient: Patient, sign_in) -> None:  # type: ignore[no-untyped-def]
    client = sign_in(cast.desk)
    page = client.get(url(patient))
    visits = visits_of(page)
    assert (page.status_code, len(visits)) == (200, 8)
    assert f'href="{url(patient)}"' in client.get(reverse("patient_chart", args=["riverside", patient.pk])).text
    response = press(client, patient, "book", visits)
    assert (response.status_code, response["Location"]) == (303, reverse("patient_chart", args=["riverside", patient.pk]))
    assert TreatmentSession.objects.filter(patient=patient, status=Status.BOOKED).count() == 8
    assert CoursePlan.objects.get().usual == [[0, "09:00"], [3, "09:00"]]
    again = client.get(url(patient), INDUCTION)
    assert (visits_of(again), again.text.count("is-kept")) == ([], 8 + 8 + 1)


def test_a_visit_is_moved_stays_and_the_rest_is_proposed_again(cast: Cast, patient: Patient, sign_in) -> None:  # type: ignore[no-untyped-def]
    client = sign_in(cast.nurse)
    page = client.get(url(patient), INDUCTION)
    visits = visits_of(page)
    offer = re.search(r'value="(move-1-\d+@2026-06-19[^"]+)"', page.text) or re.search(r'value="(move-1-[^"]+)"', page.text)
    assert offer is not None
    moved = press(client, patient, offer[1], visits)
    assert moved.status_code == 303
    told = parse_qs(urlsplit(moved["Location"]).query)["visit"]
    assert [visit for visit in told if visit not in visits] == [visit for visit in told if visit.endswith("@m")]
    after = client.get(moved["Location"])
    assert visits_of(after) == told
    afternoon = client.get(
        url(patient), {**INDUCTION, "time_1": "13:00", "do": "propose", "visit": [told[0], *[one for one in told if one.endswith("@m")]]}
    )
    kept = visits_of(afternoon)
    assert len(kept) == 8
    assert [one for one in kept if one.endswith("@m")] == [one for one in told if one.endswith("@m")]
    assert kept[0].startswith("2026-06-15T13:00")


def test_every_visit_of_a_long_plan_has_other_times(cast: Cast, patient: Patient, sign_in) -> None:  # type: ignore[no-untyped-def]
    """A dozen at once, from the one on that was asked for, so that the page stays light."""
    client = sign_in(cast.nurse)
    page = client.get(url(patient), {**INDUCTION, "phases": ["induction", "weekly", "maintenance"], "until": "2026-12-20"})
    visits = visits_of(page)
    assert len(visits) > 24
    assert ('value="times-20"' in page.text, "move-20-" in page.text, "move-3-" in page.text) == (True, False, True)
    asked = press(client, patient, "times-20", visits)
    assert asked["Location"].endswith("#visit-20")
    shown = client.get(asked["Location"])
    assert visits_of(shown) == visits
    assert ("move-20-" in shown.text, "move-3-" in shown.text, 'value="times-3"' in shown.text) == (True, False, True)
    offer = re.search(r'value="(move-20-[^"]+)"', shown.text)
    assert offer is not None
    moved = press(client, patient, offer[1], visits, times="20")
    assert parse_qs(urlsplit(moved["Location"]).query)["times"] == ["20"]
    for junk in ("times-", "times-x", "times-999", "times-٣"):
        assert press(client, patient, junk, visits[:1]).status_code == 303
        assert client.get(url(patient), {**INDUCTION, "times": junk[6:]}).status_code == 200


def test_typed_days_doses_and_leaving_out(cast: Cast, patient: Patient, sign_in) -> None:  # type: ignore[no-untyped-def]
    client = sign_in(cast.nurse)
    visits = visits_of(client.get(url(patient), INDUCTION))
    doses = ["56", *["84"] * 7]
    there = press(client, patient, "to-1", visits, dose_mg=doses, day_of_1="2026-06-19", time_of_1="10:30")
    told = parse_qs(urlsplit(there["Location"]).query)["visit"]
    assert told[1].startswith("2026-06-19T10:30@")
    assert told[1].endswith("@84@m")
    fewer = press(client, patient, "drop-0", visits)
    assert len(parse_qs(urlsplit(fewer["Location"]).query)["visit"]) == 7
    none = press(client, patient, "drop-0", visits[:1])
    assert visits_of(client.get(none["Location"])) == []


def test_a_slot_taken_meanwhile_shows_what_changed_and_books_nothing(cast: Cast, patient: Patient, sign_in) -> None:  # type: ignore[no-untyped-def]
    client = sign_in(cast.desk)
    visits = visits_of(client.get(url(patient), {**INDUCTION, "chair": str(cast.chairs[0].pk)}))
    other = ready_patient(cast.riverside, cast.of(cast.prescriber))
    at_state(Status.BOOKED, cast, patient=other, chair=cast.chairs[0], starts_at=at(MONDAY))
    response = press(client, patient, "book", visits)
    assert response.status_code == 422
    assert "Nothing was booked" in response.text  # type: ignore[attr-defined]
    assert "Chair 1 is taken from 09:00 to" in response.text  # type: ignore[attr-defined]
    assert len(visits_of(response)) == 8
    assert not TreatmentSession.objects.filter(patient=patient).exists()
    assert press(client, patient, "book", visits_of(response)).status_code == 303


def test_off_label_asks_a_prescriber_for_the_reason(cast: Cast, patient: Patient, sign_in) -> None:  # type: ignore[no-untyped-def]
    """DOS-5: 84 mg at the first session of this indication."""
    visits = [f"2026-06-15T09:00@{cast.chairs[0].pk}@84"]
    for who, reason, status in ((cast.desk, "Please", 422), (cast.prescriber, "", 422), (cast.prescriber, "Came from another clinic", 303)):
        assert press(sign_in(who), patient, "book", visits, reason=reason).status_code == status
    assert Override.objects.get().finding == "DOS-3.first_dose"


def test_a_hole_says_why(cast: Cast, patient: Patient, sign_in) -> None:  # type: ignore[no-untyped-def]
    for offset in range(7, 14):
        ClosureFactory(site=cast.riverside, closed_on=MONDAY + timedelta(days=offset))
    page = sign_in(cast.desk).get(url(patient), INDUCTION)
    assert "Week 2: no visit on Mon 22 Jun." in page.text
    assert len(visits_of(page)) == 6


def test_without_a_course_nothing_is_planned(cast: Cast, sign_in) -> None:  # type: ignore[no-untyped-def]
    bare = PatientFactory(site=cast.riverside)
    client = sign_in(cast.desk)
    assert "No open course" in client.get(url(bare)).text
    assert press(client, bare, "book", []).status_code == 422
    mdsi = CourseFactory(patient=bare, indication="mdsi", prescriber=cast.prescriber).patient
    assert "@84" in visits_of(client.get(url(mdsi)))[0]


@pytest.mark.parametrize(
    "junk",
    [
        {"start": "never"}, {"start": "2020-01-01"}, {"day_2": ""}, {"day_2": "0"}, {"time_2": ""}, {"phases": ["maintenance"]}, {"phases": ["beyond"]},
        {"phases": []}, {"until": "2099-01-01", "phases": ["maintenance"]}, {"chair": "999999"}, {"dose": "7"}, {"start": "9999-12-31"},
    ],
)  # fmt: skip
def test_wishes_that_cannot_be_are_said_at_their_field(cast: Cast, patient: Patient, sign_in, junk: dict[str, object]) -> None:  # type: ignore[no-untyped-def]
    client = sign_in(cast.desk)
    page = client.get(url(patient), {**INDUCTION, **junk})
    assert (page.status_code, "invalid-feedback" in page.text) == (200, True)
    assert client.post(url(patient), {**INDUCTION, **junk, "do": "book", "visit": ["x"]}).status_code == 422
    assert not CoursePlan.objects.exists()


def test_junk_presses_change_nothing(cast: Cast, patient: Patient, sign_in) -> None:  # type: ignore[no-untyped-def]
    client = sign_in(cast.desk)
    good = f"2026-06-15T09:00@{cast.chairs[0].pk}@56"
    acts = [
        "",
        "drop-",
        "drop-7",
        "drop-x",
        "move-0",
        "move-0-x@y",
        "move-0-x@2026-06-15T09:00:00+00:00",
        "move-0-1@2026-06-15T09:00:00",
        "move-0-1@0001-01-01T00:00:00+14:00",
        "move-0-1@9999-12-31T23:00:00-14:00",
        "to-0",
        "fly-0",
    ]
    for do in acts:
        response = press(client, patient, do, [good, "x", "2026-06-15T09:00", "2026-06-15T09:00@0@0", "2026-06-15T09:00+01:00@1@56"], dose_mg=["x"])
        assert parse_qs(urlsplit(response["Location"]).query)["visit"] == [good], do
    for more in ({"day_of_0": "1800-01-01", "time_of_0": "09:00"}, {"dose_mg": ["0001" + "9" * 5000]}):
        odd = press(client, patient, "to-0", [good], **more)
        assert parse_qs(urlsplit(odd["Location"]).query)["visit"] == [good], more
    assert press(client, patient, "book", [good], client_key="x").status_code == 422
    assert press(client, patient, "book", []).status_code == 422
    assert press(client, patient, "book", ["2026-06-15T09:00@2147483647@56"]).status_code == 422
    assert not TreatmentSession.objects.filter(patient=patient).exists()


def test_the_door(cast: Cast, patient: Patient, sign_in) -> None:  # type: ignore[no-untyped-def]
    assert Client().get(url(patient)).status_code == 302
    assert sign_in(cast.support).get(url(patient)).status_code == 403
    elsewhere = ready_patient(cast.hillcrest, cast.of(cast.stranger))
    assert sign_in(cast.desk).get(url(elsewhere)).status_code == 404
    assert press(sign_in(cast.auditor), patient, "book", []).status_code == 403
    assert not CoursePlan.objects.exists()
