"""Every list of the site as CSV and workbook: its own rows alone, with a head for each cell."""

import csv
import io
import uuid
from datetime import timedelta
from typing import Any

import pytest
from openpyxl import load_workbook

from patients.models import Patient
from reminders.models import OutboxMessage
from reports import lists
from reports.actions.disclosing import disclose_export
from reports.models import AuditFinding, SelfAudit
from reports.tables import TABLES
from sessions.models import Breach, MonitoringForm, Override, SafetyCall, TreatmentSession
from tests.cast import NOW, TODAY, Cast
from tests.factories.changing import change
from tests.factories.sessions import at_state
from tests.reports.test_exports import built, content_of

pytestmark = pytest.mark.django_db


def everything(cast: Cast) -> None:
    """A row of every kind about one patient whose MRN would like to be a formula."""
    visit = at_state("discharged", cast)
    patient, site = visit.patient, visit.site
    change(Patient.objects.filter(pk=patient.pk), mrn=" =1+1")
    told: dict[str, Any] = {"site": site, "session": visit}
    Breach.objects.create(**told, rule="SET-2", finding="x", text="Nobody", happened_at=NOW, recorded_at=NOW)
    Override.objects.create(
        **told,
        gate="clear",
        rule="PRE-2",
        finding="x",
        text="High",
        reason="Usual",
        decided_at=NOW,
        decided_by=cast.prescriber,
        client_key=uuid.uuid4(),
    )
    SafetyCall.objects.create(**told, why="left", raised_at=NOW, due_at=NOW)
    days = {"treatment_on": visit.treatment_on, "due_on": TODAY + timedelta(days=7), "staffed_due_on": TODAY + timedelta(days=5), "owed_at": NOW}
    MonitoringForm.objects.get_or_create(session=visit, defaults={"site": site, "definition_code": "x", "definition_sha256": "0" * 64, **days})
    OutboxMessage.objects.create(
        **told, patient=patient, subject_kind="session", subject_pk=visit.pk, kind="day_before", schedule_version=1, channel="email", due_at=NOW,
        useless_at=NOW + timedelta(days=1), created_at=NOW,
    )  # fmt: skip
    audit = SelfAudit.objects.create(
        site=site, week_on=TODAY, first_on=TODAY - timedelta(days=9), last_on=TODAY - timedelta(days=1), ran_at=NOW, visits=1
    )
    AuditFinding.objects.create(**told, audit=audit, key="watched:1", measure="watched", rule="MON-1", found_on=TODAY)
    disclose_export(built(cast), what="All visits", by=cast.admin, now=NOW)


def test_a_visit_without_a_spray_counts_for_no_patient(cast: Cast) -> None:
    given = at_state("discharged", cast)
    empty = at_state("cleared", cast, patient=given.patient, treatment_on=TODAY - timedelta(days=3))
    TreatmentSession.objects.filter(pk=empty.pk).update(status="dosing", dosing_at=NOW)
    head, *rows = csv.reader(io.StringIO(content_of(built(cast, of="patients")).decode()))
    told = next(dict(zip(head, row, strict=True)) for row in rows if row[0] == str(given.patient_id))
    assert [told[name] for name in ("first dosed on", "last dosed on", "dosed in these days")] == [
        str(given.treatment_on),
        str(given.treatment_on),
        "1",
    ]


def test_every_list_is_a_table_of_this_site_alone(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read in chunks of one, so that nothing is told twice or left out."""
    monkeypatch.setattr("reports.tables.CHUNK", 1)
    everything(cast)
    foreign = {patient.mrn for patient in Patient.objects.exclude(site=cast.riverside)}
    for of, table in TABLES.items():
        export = built(cast, of=of)
        head, *rows = csv.reader(io.StringIO(content_of(export).decode()))
        assert tuple(head) == table.header, of
        assert {len(row) for row in rows} == {len(head)}, of
        assert export.rows_done == len(rows) == table.rows(lists.asked_of(export).range).count(), of
        assert export.names_patients is (of != "staff")
        assert any("' =1+1" in row for row in rows) is (of not in ("staff", "ledger")), of
        assert not foreign & {cell for row in rows for cell in row}, of
        book = load_workbook(io.BytesIO(content_of(built(cast, of=of, **{"as": "xlsx"}))))
        assert tuple(cell.value for cell in book["Visits"][1]) == table.header
        assert {cell.data_type for row in book["Visits"].iter_rows() for cell in row} <= {"s", "inlineStr", "n", "d"}
