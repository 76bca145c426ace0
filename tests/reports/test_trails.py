"""The audit trail as a table: what the page was filtered by, in order, with its hashes, and in the ledger of what left; who looked at a patient."""

import csv
import io
import uuid
from typing import Any

import pytest

from clinic import audit
from clinic.models import AuditEntry
from patients.queries.readers import readers_of
from reports import tasks, trails
from reports.models import Disclosure, Export
from tests.cast import NOW, Cast
from tests.factories.patients import PatientFactory

URL = "/riverside/reports/audit-trail/"


def asking(**given: object) -> dict[str, object]:
    return {
        "first": "2026-06-01",
        "last": "2026-06-30",
        "format": "csv",
        "recipient": "REMS",
        "purpose": "Audit",
        "client_key": uuid.uuid4(),
        **given,
    }


@pytest.fixture
def patient(cast: Cast) -> Any:
    patient = PatientFactory(site=cast.riverside)
    for by, action in ((cast.nurse, "record.read"), (cast.desk, "record.read"), (cast.nurse, "patient.edited")):
        audit.record(action=action, target=patient, by=by, now=NOW, site=cast.riverside, patient_pk=patient.pk, changes={"phone": ["=1", "2"]})
    audit.record(action="record.read", target=patient, by=cast.stranger, now=NOW, site=cast.hillcrest, patient_pk=patient.pk)
    return patient


@pytest.mark.parametrize("small", [True, False])
def test_the_trail_is_exported_as_it_was_filtered(patient: Any, cast: Cast, sign_in: Any, monkeypatch: pytest.MonkeyPatch, small: bool) -> None:
    client = sign_in(cast.admin)
    assert 'value="7"' in client.get(URL, {"patient": "7", "first": "2026-06-01"}).text
    if not small:
        monkeypatch.setattr(trails, "SMALL", 0)
    answer = client.post(URL, asking(patient=patient.pk, person=cast.nurse.pk))
    export = Export.objects.get()
    if not small:
        tasks.build_export(export.pk)
    file = f"/riverside/reports/exports/{export.pk}/file/"
    assert (answer["Location"] == file) is small
    assert client.head(file).status_code == 405
    assert not Disclosure.objects.exists()
    rows = list(csv.DictReader(io.StringIO(client.get(file).getvalue().decode())))
    entries = AuditEntry.objects.filter(site=cast.riverside, actor=cast.nurse, patient_pk=patient.pk).order_by("seq")
    assert [(row["number"], row["act"], row["hash"]) for row in rows] == [(str(entry.seq), entry.action, entry.hash) for entry in entries]
    assert rows[0]["changed"] == "phone: =1 → 2"
    assert (Disclosure.objects.get().rows, Disclosure.objects.get().patient) == (2, patient)


def test_a_number_of_nobody_finds_nothing_and_junk_is_refused(patient: Any, cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.admin)
    answer = client.post(URL, asking(patient=10**9, format="xlsx"))
    assert client.get(answer["Location"]).status_code == 200
    assert (Disclosure.objects.get().rows, Disclosure.objects.get().patient) == (1, None)  # the asking itself
    for junk in ({"kind": "x"}, {"patient": "x"}, {"last": "2026-05-01"}, {"recipient": ""}, {"person": cast.stranger.pk}):
        assert client.post(URL, asking(**junk)).status_code == 422
    assert Export.objects.count() == 1


def test_who_looked_at_a_patient(patient: Any, cast: Cast, sign_in: Any) -> None:
    sign_in(cast.stranger).get(f"/riverside/patients/{patient.pk}/")
    assert {(reader.name, reader.reads, reader.changes) for reader in readers_of(patient)} == {
        (cast.nurse.printed_name, 1, 1), (cast.desk.printed_name, 1, 0)
    }  # fmt: skip
    chart = f"/riverside/patients/{patient.pk}/"
    assert "readers/" in sign_in(cast.admin).get(chart).text
    assert "readers/" not in sign_in(cast.nurse).get(chart).text
    assert cast.desk.printed_name in sign_in(cast.auditor).get(f"{chart}readers/").text
