"""Exports: asked for, built, watched, cancelled, fetched once it is there and while it is; and the ledger of what left."""

import csv
import io
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from openpyxl import load_workbook

from clinic.findings import Refused
from clinic.models import AuditEntry
from patients.models import Patient
from reports import kinds, lists, tasks, work
from reports.actions import exports as verbs
from reports.actions.building import note_progress, take_export
from reports.kinds import Stopped
from reports.models import Disclosure, Export, ExportPart
from reports.rules import exporting
from tests.cast import NOW, Cast
from tests.factories.changing import change
from tests.factories.sessions import at_state

PATH = "/riverside/reports/exports/"
State = Export.State


def asking(**given: object) -> dict[str, object]:
    days = {"of": "visits", "format": "csv", "first": "2026-06-01", "last": "2026-06-30"}
    return {**days, "recipient": "State board", "purpose": "Inspection", "client_key": uuid.uuid4(), **given}


def waiting(cast: Cast, **filters: object) -> Export:
    asked = {"of": "visits", "as": "csv", "first": "2026-06-01", "last": "2026-06-30", **filters}
    told: dict[str, Any] = {"recipient": "State board", "purpose": "Inspection", "client_key": uuid.uuid4()}
    return verbs.ask_export(cast.riverside, kind="list", filters=asked, by=cast.admin, now=NOW, is_built_here=True, **told)


def built(cast: Cast, **filters: object) -> Export:
    export = waiting(cast, **filters)
    work.build(export.pk, lambda: NOW)
    export.refresh_from_db()
    return export


def content_of(export: Export) -> bytes:
    return b"".join(bytes(part.content) for part in ExportPart.objects.filter(export=export))


def actions() -> list[str]:
    return list(AuditEntry.objects.filter(action__contains="export").order_by("pk").values_list("action", flat=True))


@pytest.fixture
def visit(cast: Cast) -> Any:
    session = at_state("monitoring", cast)
    change(Patient.objects.filter(pk=session.patient_id), mrn=" =1+1")
    return session


def test_a_small_one_is_made_at_once_and_its_leaving_is_written_down(visit: Any, cast: Cast, sign_in: Callable[..., Client]) -> None:
    client, asked = sign_in(cast.admin), asking()
    for _ in range(2):
        answer = client.post(PATH, asked)
        assert (answer.status_code, Export.objects.count()) == (303, 1)
    for _ in range(2):
        file = client.get(answer["Location"])
        rows = list(csv.DictReader(io.StringIO(file.getvalue().decode())))
        assert [(row["session"], row["MRN"], row["phase"]) for row in rows] == [(str(visit.pk), "' =1+1", "Induction")]
    line = Disclosure.objects.get()
    assert (line.recipient, line.purpose, line.rows, line.names_patients, line.disclosed_by) == ("State board", "Inspection", 1, True, cast.admin)
    assert actions() == ["report.exported", "export.built", "export.downloaded", "export.downloaded"]
    assert "State board" in client.get("/riverside/reports/disclosures/").content.decode()
    assert "State board" in sign_in(cast.auditor).get("/riverside/reports/disclosures/").content.decode()


@pytest.mark.parametrize("of", ["visits", "numbers", "entered_in_time", "watch_minutes", "breaches"])
def test_a_workbook_has_typed_cells_and_runs_no_formula(of: str, visit: Any, cast: Cast) -> None:
    book = load_workbook(io.BytesIO(content_of(built(cast, of=of, **{"as": "xlsx"}))))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "inlineStr", "n", "d"}
    assert ("as of", NOW.date()) in {(left.value, getattr(right.value, "date", lambda: 0)()) for left, right, *_ in book["About"].iter_rows()}


def test_only_the_visits_that_were_asked_for_are_in_it(visit: Any, cast: Cast) -> None:
    def count(**filters: object) -> int:
        return built(cast, **filters).rows_done

    assert [count(), count(phase="1"), count(phase="2"), count(indication="2"), count(monitor=cast.desk.pk), count(prescriber=cast.prescriber.pk)] == [
        1, 1, 0, 0, 0, 1
    ]  # fmt: skip


def test_a_large_one_waits_for_a_worker_and_tells_how_far_it_is(
    visit: Any, cast: Cast, sign_in: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "SMALL", 0)
    client = sign_in(cast.admin)
    page = client.post(PATH, asking())["Location"]
    assert "as soon as the worker is free" in client.get(page).content.decode()
    export = take_export(Export.objects.get().pk, now=NOW)
    assert export is not None
    note_progress(export, 3, 12, now=NOW)
    fragment = client.get(page, headers={"HX-Request": "true"}).content.decode()
    assert 'value="3"' in fragment
    assert "3 of 12" in fragment
    assert "<html" not in fragment
    assert client.get(f"{page}file/").status_code == 303
    assert client.post(f"{page}again/")["Location"] == page
    assert client.post(f"{page}cancel/").status_code == 303
    with pytest.raises(Stopped):
        note_progress(export, 4, 12, now=NOW)
    assert "Make it again" in client.get(page).content.decode()
    client.post(f"{page}again/")
    tasks.build_export(export.pk)
    assert "Download" in client.get(page).content.decode()
    assert client.post(f"{page}cancel/").status_code == client.post(f"{page}again/").status_code == 422
    assert not Disclosure.objects.exists()


def test_a_cancelled_one_stops_between_its_chunks(visit: Any, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    export, read = waiting(cast), []
    monkeypatch.setattr(work, "EVERY", 0)

    def cancelling(*args: object) -> list[Any]:
        read.append(args)
        verbs.cancel_export(export, by=cast.admin, now=NOW)
        return []

    monkeypatch.setattr(lists, "facts_of", cancelling)
    work.build(export.pk, lambda: NOW)
    export.refresh_from_db()
    assert (len(read), export.state, ExportPart.objects.count()) == (1, State.CANCELLED, 0)


def test_a_lost_worker_is_followed_by_another_but_not_for_ever(cast: Cast, still_clock: time_machine.Traveller) -> None:
    export = waiting(cast)
    for _ in range(exporting.TRIES):
        assert take_export(export.pk, now=NOW) is not None
        assert take_export(export.pk, now=NOW) is None
        Export.objects.update(lease_until=NOW)
    assert tasks.tend_exports() == {"asked": 1, "expired": 0}
    tasks.build_export(export.pk)
    export.refresh_from_db()
    assert (export.state, export.why) == (State.FAILED, "It broke off. Try again.")


def test_one_at_a_time_and_a_builder_that_breaks_can_be_tried_again(
    cast: Cast, still_clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = waiting(cast), waiting(cast)
    take_export(first.pk, now=NOW)
    tasks.build_export(second.pk)
    second.refresh_from_db()
    assert second.state == State.WAITING

    def broken(*args: object) -> None:
        raise ValueError("broken")

    monkeypatch.setitem(kinds._kinds, "list", kinds.Kind("list", lists.KIND.permission, lists.words, broken))  # type: ignore[arg-type]
    work.build(second.pk, lambda: NOW)
    second.refresh_from_db()
    assert second.state == State.FAILED
    assert verbs.ask_again(second, by=cast.admin, now=NOW).state == State.WAITING


def test_the_file_is_gone_after_a_day_and_another_persons_is_hidden(
    visit: Any, cast: Cast, sign_in: Callable[..., Client], still_clock: time_machine.Traveller
) -> None:
    export = built(cast)
    page, client = f"{PATH}{export.pk}/", sign_in(cast.admin)
    Export.objects.update(asked_by=cast.desk)
    assert client.get(page).status_code == client.get(f"{page}file/").status_code == 404
    Export.objects.update(asked_by=cast.admin)
    still_clock.shift(timedelta(hours=24))
    client = sign_in(cast.admin)
    assert client.get(f"{page}file/").status_code == 303
    assert tasks.tend_exports() == {"asked": 0, "expired": 1}
    assert (ExportPart.objects.count(), Disclosure.objects.count()) == (0, 0)
    assert "deleted after a day" in client.get(page).content.decode()
    with pytest.raises(Refused):
        verbs.fetch_export(export, by=cast.admin, now=NOW)


def test_made_again_it_is_another_file_and_another_line_of_the_ledger(visit: Any, cast: Cast) -> None:
    export = built(cast)
    verbs.fetch_export(export, by=cast.admin, now=NOW)
    at_state("monitoring", cast)
    later = NOW + timedelta(days=2)
    tasks.building.expire_exports(now=later)
    verbs.ask_again(export, by=cast.admin, now=later)
    work.build(export.pk, lambda: later)
    for _ in range(2):
        verbs.fetch_export(export, by=cast.admin, now=later)
    assert list(Disclosure.objects.order_by("pk").values_list("rows", "disclosed_at")) == [(1, NOW), (2, later)]
    export.refresh_from_db()
    assert export.asked_at == later  # what is owed by now counts


def test_one_patients_record_that_leaves_stands_among_those_who_looked(cast: Cast) -> None:
    patient = at_state("discharged", cast).patient
    told: dict[str, Any] = {"recipient": "Their lawyer", "purpose": "Asked for", "client_key": uuid.uuid4()}
    export = verbs.ask_export(cast.riverside, kind="binder", filters={"patient": patient.pk}, by=cast.admin, now=NOW, is_built_here=True, **told)
    work.build(export.pk, lambda: NOW)
    verbs.fetch_export(export, by=cast.admin, now=NOW)
    entries = AuditEntry.objects.filter(patient_pk=patient.pk, action__contains="export").order_by("pk")
    assert list(entries.values_list("action", flat=True)) == ["report.exported", "export.downloaded"]


@pytest.mark.parametrize(
    "given",
    [
        {"of": "nonsense"}, {"format": "pdf"}, {"first": "2026-06-30", "last": "2026-06-01"}, {"first": "2019-01-01", "last": "2099-12-31"}, {"recipient": ""},
        {"purpose": "a\x00b"}, {"monitor": "1 OR 1"}, {"prescriber": 10**30}, {"indication": "trd"}, {"phase": "9"}, {"client_key": "x"}, {"first": "\x00"}, {"of": "forms", "phase": "1"},
    ],
)  # fmt: skip
def test_junk_on_the_form_is_told(given: dict[str, object], cast: Cast, sign_in: Callable[..., Client]) -> None:
    assert sign_in(cast.admin).post(PATH, asking(**given)).status_code == 422
    assert not Export.objects.exists()


def test_an_address_fills_the_form_whatever_it_brings(cast: Cast, sign_in: Callable[..., Client]) -> None:
    assert sign_in(cast.admin).get(PATH, {"of": "watched", "first": "\x00", "phase": "<b>"}).status_code == 200
    key = asking()["client_key"]
    waiting(cast)
    Export.objects.update(client_key=key, asked_by=cast.desk)
    assert sign_in(cast.admin).post(PATH, asking(client_key=key)).status_code == 422


@pytest.mark.parametrize(("page", "of"), [("patients", "patients"), ("filing", "forms"), ("messages", "messages"), ("staff", "staff")])
def test_a_list_leads_to_its_file(page: str, of: str, cast: Cast, sign_in: Callable[..., Client]) -> None:
    address = f"/riverside/reports/exports/?of={of}&amp;format=xlsx"
    admin = sign_in(cast.admin)
    assert address in admin.get(f"/riverside/{page}/").content.decode()
    asked = admin.get(address.replace("&amp;", "&")).content.decode()
    assert f'<option value="{of}" selected>' in asked
    assert '<option value="xlsx" selected>' in asked
    assert address not in sign_in(cast.desk).get(f"/riverside/{page}/").content.decode()
