"""The list: forgiving search, paging, the same queries with one patient and with thirty."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from clinic.models import AuditEntry
from sessions.states import Status
from tests.cast import NOW, Cast
from tests.factories.patients import PatientFactory, ready_patient
from tests.factories.sessions import at_state

pytestmark = pytest.mark.django_db
LIST = "/riverside/patients/"

PEOPLE = [
    ("García-Márquez", "Élodie", date(1984, 3, 7), "R-1001"),
    ("O'Brien", "Séan", date(1990, 12, 1), "R-1002"),
    ("de la Cruz", "María", date(1955, 7, 30), "AB 77/9"),
    ("MacDonald", "Ann", date(2001, 2, 28), "19840307"),
    ("Łoś", "Zoë", date(1979, 10, 9), "R-2002"),
]


@pytest.fixture
def people(cast: Cast) -> None:
    for last, first, born, mrn in PEOPLE:
        PatientFactory(site=cast.riverside, created_by=cast.desk, last_name=last, first_name=first, birth_on=born, mrn=mrn)
    PatientFactory(site=cast.hillcrest, created_by=cast.stranger, last_name="García", first_name="Élodie", birth_on=date(1984, 3, 7))


def names(response) -> list[str]:
    return [row.patient.last_name for row in response.context["rows"]]


SEARCHES = [
    ("garcia", ["García-Márquez"]),
    ("GARCIA elodie", ["García-Márquez"]),
    ("elodie garcia", ["García-Márquez"]),
    ("Garcai", ["García-Márquez"]),
    ("elodi marqes", ["García-Márquez"]),
    ("obrien", ["O'Brien"]),
    ("o'brien sean", ["O'Brien"]),
    ("delacruz", ["de la Cruz"]),
    ("dela cruz maria", ["de la Cruz"]),
    ("mac donald", ["MacDonald"]),
    ("los", ["Łoś"]),
    ("zoe", ["Łoś"]),
    ("ŁOŚ", ["Łoś"]),
    ("1984-03-07", ["García-Márquez"]),
    ("3/7/1984", ["García-Márquez"]),
    ("03/07/84", ["García-Márquez"]),
    ("7.3.1984", ["García-Márquez"]),
    ("7 Mar 1984", ["García-Márquez"]),
    ("March 7, 1984", ["García-Márquez"]),
    ("19840307", ["García-Márquez", "MacDonald"]),
    ("03071984", ["García-Márquez"]),
    ("30/7/1955", ["de la Cruz"]),
    ("cruz 7/30/1955", ["de la Cruz"]),
    ("cruz 7/31/1955", []),
    ("r-1002", ["O'Brien"]),
    ("1002", ["O'Brien"]),
    ("ab77", ["de la Cruz"]),
    ("macdonald 1002", []),
    ("qqqq", []),
    ("ann", ["MacDonald"]),
    ("  ", ["de la Cruz", "García-Márquez", "Łoś", "MacDonald", "O'Brien"]),
]
JUNK = [
    "\x00",
    "x" * 10_000,
    "😀",
    "\u202e",
    "99/99/9999",
    "0/0/0",
    "00000000",
    "1-1-1",
    "'; DROP TABLE",
    "%_",
    "🙂 1984-03-07",
    "31 feb 1984",
    "9 xyz 1984",
    "1/1/123",
]


def test_search_forgives(people: None, cast: Cast, sign_in) -> None:
    client = sign_in(cast.support)
    for typed, found in SEARCHES:
        response = client.post(LIST, {"q": typed})
        assert (response.status_code, sorted(names(response))) == (200, sorted(found)), typed


def test_junk_finds_nobody_and_breaks_nothing(people: None, cast: Cast, sign_in) -> None:
    client = sign_in(cast.support)
    for junk in JUNK:
        assert client.post(LIST, {"q": junk, "page": junk, "status": junk}).status_code == 200, junk


def test_the_list_is_sorted_without_accents_and_pages_by_fifty(cast: Cast, sign_in) -> None:
    for number in range(60):
        PatientFactory(site=cast.riverside, created_by=cast.desk, last_name=f"Name{number:03}")
    client = sign_in(cast.auditor)
    assert names(client.get(LIST)) == [f"Name{number:03}" for number in range(50)]
    assert names(client.post(LIST, {"page": "2"})) == [f"Name{number:03}" for number in range(50, 60)]
    assert len(names(client.post(LIST, {"q": "name", "page": "2"}))) == 10


def test_status_decides_who_is_shown(cast: Cast, sign_in) -> None:
    for status in ("active", "paused", "ended", "deceased"):
        PatientFactory(site=cast.riverside, created_by=cast.desk, last_name=status, status=status, status_reason="" if status == "active" else "x")
    client = sign_in(cast.desk)
    assert names(client.get(LIST)) == ["active", "paused"]
    assert names(client.get(LIST, {"status": "ended"})) == ["ended"]
    assert len(names(client.get(LIST, {"status": "all"}))) == 4


def test_a_row_says_where_the_course_stands_and_the_visits(cast: Cast, sign_in, chair) -> None:
    patient = ready_patient(cast.riverside, cast.prescriber)
    at_state(Status.DISCHARGED, cast=cast, patient=patient, chair=chair, now=NOW - timedelta(days=3))
    row = sign_in(cast.desk).get(LIST).context["rows"][0]
    assert row.last_on == date(2026, 6, 7)
    assert row.position.next_number == 2
    assert row.next_at is None


def test_queries_stay_the_same(cast: Cast, sign_in, chair, django_assert_max_num_queries) -> None:
    patient = ready_patient(cast.riverside, cast.prescriber)
    at_state(Status.DISCHARGED, cast=cast, patient=patient, chair=chair, now=NOW - timedelta(days=3))
    client = sign_in(cast.desk)
    client.get(LIST)
    for _ in range(2):
        with django_assert_max_num_queries(9):
            assert client.get(LIST).status_code == 200
        with django_assert_max_num_queries(9):
            client.post(LIST, {"q": "example"})
        for _number in range(15):
            ready_patient(cast.riverside, cast.prescriber)


def test_a_fragment_is_what_the_page_holds(people: None, cast: Cast, sign_in) -> None:
    fragment = sign_in(cast.desk, htmx=True).post(LIST, {"q": "garcia"})
    assert fragment.content.lstrip().startswith(b'<div id="patient-rows"')
    assert "HX-Request" in fragment["Vary"]


def test_doors(cast: Cast, sign_in, client) -> None:
    assert client.get(LIST).status_code == 302
    assert sign_in(cast.stranger).get(LIST).status_code == 404
    assert AuditEntry.objects.filter(action="access.hidden").count() == 1
    assert reverse("patient_list", args=["riverside"]) == LIST
