"""Identifiers sealed cell by cell: nothing of them stands in the database, no cell opens elsewhere, and keys come and go while people write."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import transaction
from django.urls import reverse
from pytest_django import Settings

from clinic import cells
from clinic.backups.places import Place
from clinic.findings import Refused
from patients.actions.importing import import_patients
from patients.actions.patient import edit_patient, register_patient, save_contact
from patients.importing import read_sheet
from patients.models import Patient
from patients.queries.known import known_mrns
from sessions.states import Status
from tests.cast import NOW, TODAY, Cast, make_cast
from tests.factories.intakes import IntakeFactory
from tests.factories.patients import PatientFactory, ready_patient
from tests.factories.sessions import at_state
from tests.patients.pages import KEY, PERSON
from tests.patients.sealing import CANARY, WORDS, A, B, canary, fields_of, put, raw
from tests.patients.sealing import PERSON as WHO
from tests.support.database import Databases, is_postgres, this_process_uses, url_of

LIST = "/riverside/patients/"


@pytest.fixture
def keys(settings: Settings) -> Settings:
    settings.VIGIL_FIELD_KEYS = [A]
    return settings


def everything_in(name: str) -> str:
    """Every byte of the database as it lies there: SQLite's files, or what each table of PostgreSQL pours out."""
    if not is_postgres():
        with closing(sqlite3.connect(name)) as line:
            line.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return "".join(path.read_bytes().decode("latin-1") for path in Path(name).parent.glob(f"{Path(name).name}*"))
    with psycopg.connect(**Place.of_url(url_of(name)).parameters) as line:  # type: ignore[arg-type]
        tables = line.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace").fetchall()
        found = []
        for (table,) in tables:
            with line.cursor().copy(f'COPY "{table}" TO STDOUT') as pour:  # type: ignore[call-overload]
                found.extend(bytes(part).decode() for part in pour)
    return "".join(found)


@pytest.fixture
def elsewhere(databases: Databases, django_db_blocker: Any) -> Iterator[str]:
    """A database of its own, on which everything is really written."""
    with django_db_blocker.unblock():
        name = databases.fresh()
        yield name
        databases.drop(name)


@pytest.mark.parametrize("ring", [[], [A]])
def test_what_is_sealed_stands_nowhere_in_the_database(ring: list, elsewhere: str, settings: Settings) -> None:
    settings.VIGIL_FIELD_KEYS = ring
    with this_process_uses(elsewhere):
        cast = make_cast()
        patient = canary(cast)
        IntakeFactory(patient=patient, site=patient.site, owner=cast.desk, referred_by="Dr Quillaby", note="gribbleflask at home")
        edit_patient(patient, fields={**CANARY, **WHO, "sex": "female", "allergies": "gribbleflask, latex"}, by=cast.desk, now=NOW)
        save_contact(patient, contact=None, fields={"kind": "escort", "name": "Thessaly's aunt", "phone": WHO["phone"]}, by=cast.desk, now=NOW)
        row = Patient.objects.get(pk=patient.pk)
        assert {name: getattr(row, name) for name in WHO} == WHO
        assert (row.allergies, row.name_folded, row.contacts.get().phone) == ("gribbleflask, latex", "wrenquist, thessaly q", WHO["phone"])
    found = everything_in(elsewhere).lower()
    assert "riverside" in found
    assert [word for word in WORDS if word in found] == ([] if ring else list(WORDS))


@pytest.mark.django_db
def test_from_registration_to_the_flowsheet(keys: Settings, cast: Cast, sign_in, prescriber_here) -> None:
    """Registered, found, changed, found by the new number, shown at the chair, in the list of reports and to an ambulance."""
    client = sign_in(cast.desk)
    assert client.post(reverse("patient_new", args=["riverside"]), {**PERSON, "address": "9 Gribble Lane", "client_key": KEY}).status_code == 303
    patient = Patient.objects.get()
    assert raw("mrn", patient.pk).startswith("sealed:1:a:")
    assert raw("allergies", patient.pk) == ""
    again = client.post(reverse("patient_new", args=["riverside"]), {**PERSON, "client_key": KEY})
    assert (again.status_code, Patient.objects.count()) == (303, 1)
    edit = reverse("patient_edit", args=["riverside", patient.pk])
    assert b"9 Gribble Lane" in client.get(edit).content
    assert client.post(edit, {**PERSON, "mrn": "B-1234", "allergies": "penicillin"}).status_code == 303
    for typed, count in (("b-1234", 1), ("1234", 1), ("A-77", 0), ("elodie", 1)):
        assert len(client.post(LIST, {"q": typed}).context["rows"]) == count, typed
    session = at_state(Status.MONITORING, cast, patient=ready_patient(cast.riverside, cast.prescriber, mrn="C-5678"))
    nurse = sign_in(cast.nurse)
    for page, shown in ((f"/riverside/sessions/{session.pk}/", "C-5678"), (f"{LIST}{patient.pk}/", "penicillin"), (LIST, "B-1234")):
        assert shown in nurse.get(page).content.decode(), page


@pytest.mark.django_db
def test_lists_ask_no_more_than_in_clear(keys: Settings, cast: Cast, sign_in, django_assert_num_queries, django_assert_max_num_queries) -> None:
    client, counts = sign_in(cast.nurse), []
    for _ in range(2):
        for _ in range(10):
            canary(cast, mrn=f"M-{Patient.objects.count()}")
        for asked in ({}, {"q": "m-1"}):
            with django_assert_max_num_queries(30) as told:
                client.post(LIST, asked)
            counts.append(len(told))
    assert counts[:2] == counts[2:]


@pytest.mark.django_db
@pytest.mark.parametrize("ring", [[A], [B, A], [B]])
def test_a_taken_mrn_is_said_beside_its_field(ring: list, cast: Cast, sign_in, settings: Settings) -> None:
    """Whether the row that has it is sealed by this key, by the one before, or in clear still."""
    settings.VIGIL_FIELD_KEYS = [] if ring == [B] else [A]
    canary(cast, mrn=PERSON["mrn"])
    settings.VIGIL_FIELD_KEYS = ring
    other, client = canary(cast, mrn="Other"), sign_in(cast.desk)
    for page in (reverse("patient_new", args=["riverside"]), reverse("patient_edit", args=["riverside", other.pk])):
        response = client.post(page, {**PERSON, "confirm_other": "on"})
        assert response.status_code == 422
        assert "already has a patient with that MRN" in str(response.context["form"].errors["mrn"])
    assert Patient.objects.count() == 2
    assert known_mrns(cast.riverside) == {PERSON["mrn"], "Other"}
    # Another site's numbers are its own.
    register_patient(site=cast.hillcrest, fields={**fields_of(PERSON), "mrn": PERSON["mrn"]}, by=cast.desk, now=NOW)


@pytest.mark.django_db
def test_an_import_is_sealed_and_meets_a_taken_number(keys: Settings, cast: Cast) -> None:
    text = b"mrn,last_name,first_name,birth_on,sex\nX-1,Bee,Ann,1990-01-01,f\n"
    sheet = read_sheet(text, today=TODAY, mrns=set(), people=set())
    (pk,) = import_patients(cast.riverside, sheet=sheet, content=text, by=cast.desk, now=NOW)
    assert (raw("mrn", pk)[:11], Patient.objects.get(pk=pk).mrn) == ("sealed:1:a:", "X-1")
    assert [fault.column for fault in read_sheet(text, today=TODAY, mrns=known_mrns(cast.riverside), people=set()).faults] == ["mrn"]
    with pytest.raises(Refused, match="an MRN was taken meanwhile"):
        import_patients(cast.riverside, sheet=sheet, content=text, by=cast.desk, now=NOW)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("column", "source", "there"), [("address", "allergies", "own"), ("address", "address", "neighbour"), ("mrn", "mrn", "other site")]
)
def test_a_cell_opens_in_its_own_place_alone(column: str, source: str, there: str, keys: Settings, cast: Cast, sign_in) -> None:
    mine = canary(cast)
    site = cast.hillcrest if there == "other site" else cast.riverside
    given = mine if there == "own" else PatientFactory(site=site, created_by=cast.desk, **{**CANARY, "mrn": "N-1"})
    put(column, mine.pk, raw(source, given.pk))
    with pytest.raises(cells.DoesNotOpen, match=f"patients_patient.{column} of .* changed or moved here") as told:
        getattr(Patient.objects.get(pk=mine.pk), column)
    assert not [word for word in WORDS if word in str(told.value).lower()]
    client = sign_in(cast.desk)
    client.raise_request_exception = False
    response = client.get(reverse("patient_edit", args=["riverside", mine.pk]))
    assert response.status_code == 500
    assert response["X-Request-ID"] in response.content.decode()
    assert not [word for word in ("traceback", "doesnotopen", "sealed", *WORDS) if word in response.content.decode().lower()]


@pytest.mark.django_db
def test_nothing_is_compared_or_written_in_clear_by_mistake(keys: Settings, cast: Cast) -> None:
    patient = canary(cast)
    for mistake in (
        lambda: Patient.objects.filter(mrn="CNRY-77123").exists(),
        lambda: Patient.objects.filter(pk=patient.pk).update(address="x"),
        lambda: Patient.objects.bulk_update([patient], ["address"]),
        lambda: Patient.objects.filter(birth_on=patient.birth_on).exists(),
        lambda: Patient.objects.filter(phone=patient.phone).exists(),
        lambda: Patient.objects.filter(last_name__startswith="Wren").exists(),
        lambda: Patient.objects.filter(name_folded__icontains="wren").exists(),
    ):
        with pytest.raises(TypeError, match="is sealed"), transaction.atomic():
            mistake()


@pytest.mark.django_db
@pytest.mark.parametrize("ring", [[], [A], [("plain", b""), A]])
def test_words_that_only_look_like_a_cell_are_words(ring: list, cast: Cast, settings: Settings) -> None:
    settings.VIGIL_FIELD_KEYS = ring
    row = register_patient(site=cast.riverside, fields={**fields_of(PERSON), "address": "sealed:1:a:AAAA"}, by=cast.desk, now=NOW)
    assert Patient.objects.get(pk=row.pk).address.strip() == "sealed:1:a:AAAA"
