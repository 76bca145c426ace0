"""The audit binder: what stands in it, the same bytes from the same state, what it costs, and what its verifier finds."""

import csv
import hashlib
import io
import json
import subprocess
import sys
import uuid
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader
from pytest_django import Settings

from clinic import audit, guards, resealing
from clinic.actions.procedures import sign_off, write_procedure
from clinic.models import AuditEntry, DutyPeriod
from clinic.signatures import IdentityProof
from reports import work
from reports.actions.exports import ask_export
from reports.binder import Made, Restless, make_binder
from reports.binders import KIND
from reports.models import Export
from reports.papers.sheets import Sheets
from reports.papers.words import Clock
from reports.queries.binder import Scope, of_range
from sessions.models import Breach, Override
from sessions.states import Status
from tests.cast import NOW, TODAY, Cast
from tests.factories.patients import ready_patient
from tests.factories.sessions import ObservationFactory, at_state
from tests.reports.test_reports import a_good_session

VERIFIER = Path(__file__).parents[2] / "reports" / "verify_binder.py"


def make(cast: Cast, target: Path) -> Made:
    with target.open("w+b") as into:
        return make_binder(lambda: of_range(cast.riverside, TODAY, TODAY), into)


def rows(path: Path, sheet: str) -> list[dict[str, str]]:
    with zipfile.ZipFile(path) as archive:
        return list(csv.DictReader(io.StringIO(archive.read(f"data/{sheet}.csv").decode())))


def words(path: Path) -> str:
    with zipfile.ZipFile(path) as archive:
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(archive.read("binder.pdf"))).pages)


def a_signed_procedure(cast: Cast) -> None:
    version = write_procedure(
        cast.riverside, title="Emergencies", text="Call 911.\nStay.", effective_on=TODAY, client_key=uuid.uuid4(), by=cast.admin, now=NOW
    )
    proof = IdentityProof(user=cast.nurse, method="password")
    sign_off(cast.of(cast.nurse), procedure=version.procedure, number=1, client_key=uuid.uuid4(), proof=proof, now=NOW)


def test_a_binder_shows_the_session_and_comes_out_the_same(cast: Cast, prescriber_here: DutyPeriod, tmp_path: Path) -> None:
    session = a_good_session(cast)
    at_state(Status.CANCELLED, cast)
    wrong = session.observations.get(kind="extra", observed_at=NOW - timedelta(minutes=160))
    ObservationFactory(
        session=session, observed_at=wrong.observed_at, recorded_at=NOW, recorded_by=cast.nurse, systolic=171, supersedes=wrong, reason="Cuff slipped"
    )
    Override.objects.create(
        site=cast.riverside, session=session, gate="clear", rule="PRE-2", finding="PRE-2.high", text="Pressure is high", reason="Usual for them",
        decided_at=NOW - timedelta(minutes=205), decided_by=cast.prescriber, client_key="5f0c2c5e-8d6f-4a53-a7ee-0d52a6a5d1c1",
    )  # fmt: skip
    Breach.objects.create(
        site=cast.riverside, session=session, rule="DOS-2", finding="x", text="Second device too soon", happened_at=NOW, recorded_at=NOW
    )
    a_signed_procedure(cast)
    audit.record(action="session.discharged", target=session, by=cast.nurse, now=NOW, site=cast.riverside, patient_pk=session.patient_id)
    made = make(cast, tmp_path / "a.zip")
    audit.record(action="record.read", target=session, by=cast.nurse, now=NOW, site=cast.riverside, patient_pk=session.patient_id)
    again = make(cast, tmp_path / "b.zip")
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    assert made == again
    assert made.sessions == 2
    assert made.state.seq == AuditEntry.objects.get(action="session.discharged").seq
    text = words(tmp_path / "a.zip")
    for shown in (
        str(session.patient), "Cuff slipped", "Usual for them", "Second device too soon", "Lot LOT-2026A", "Petra Prescriber", "Nora Nurse",
        "Training on that day", "completed Mon 5 Jan 2026", "Pulse oximeter OX-1", "Verified at", "No prescriber on site", "Emergencies, version 1", "Call 911.", "Certification and representatives",
        f"entry {made.state.seq}",
    ):  # fmt: skip
        assert shown in text, shown
    assert [(row["who"], row["holds"]) for row in rows(tmp_path / "a.zip", "site_sign_offs")] == [("Nora Nurse", "yes")]
    assert [row["systolic"] for row in rows(tmp_path / "a.zip", "checks")] == ["122", "171", "122"]
    assert {row["status"] for row in rows(tmp_path / "a.zip", "sessions")} == {"discharged", "cancelled"}
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        reader = PdfReader(io.BytesIO(archive.read("binder.pdf")))
        assert json.loads(archive.read("binder.json"))["pages"] == len(reader.pages)
    assert len(reader.outline) == 6
    assert reader.root_object["/Lang"] == "en-US"
    assert reader.root_object["/MarkInfo"]["/Marked"]


def test_a_sealed_record_makes_the_same_binder_to_the_byte(cast: Cast, prescriber_here: DutyPeriod, tmp_path: Path, settings: Settings) -> None:
    settings.VIGIL_FIELD_KEYS = []
    session = a_good_session(cast)
    ObservationFactory(session=session, observed_at=NOW, recorded_at=NOW, recorded_by=cast.nurse, note="She likes it dark")
    make(cast, tmp_path / "clear.zip")
    settings.VIGIL_FIELD_KEYS = [("a", b"A" * 32)]
    with guards.lifted():
        changed = sum(sum(resealing.batches(model._base_manager.all())) for model in (*resealing.sealed_models(), *resealing.history()))
    assert changed > 3
    assert not resealing.standing([*resealing.sealed_models(), *resealing.history()])["plain"]
    make(cast, tmp_path / "sealed.zip")
    assert (tmp_path / "sealed.zip").read_bytes() == (tmp_path / "clear.zip").read_bytes()
    assert "She likes it dark" in words(tmp_path / "sealed.zip")


def test_what_somebody_typed_stays_one_cell(cast: Cast, tmp_path: Path) -> None:
    with Sheets(tmp_path, Clock(cast.riverside.zone)) as sheets:
        sheets.write([("notes", {"session": "a", "count": 2, "note": "rest;=1+1\r=2+2"})])
    assert (tmp_path / "notes.csv").read_bytes() == b'"session","count","note"\n"a",2,"rest;=1+1\r=2+2"\n'


def test_a_patients_binder_holds_that_patient_alone(cast: Cast, tmp_path: Path) -> None:
    mine, other = a_good_session(cast), a_good_session(cast)
    told = {"recipient": "Their lawyer", "purpose": "Asked for", "client_key": uuid.uuid4()}
    export = ask_export(cast.riverside, kind="binder", filters={"patient": mine.patient_id}, by=cast.admin, now=NOW, is_built_here=True, **told)  # type: ignore[arg-type]
    with (tmp_path / "p.zip").open("w+b") as into:
        built = KIND.build(export, into, lambda done, total: None)
    text = words(tmp_path / "p.zip")
    assert (built.rows, built.patient_pk, built.file_name) == (1, mine.patient_id, f"riverside-binder-patient-{mine.patient_id}.zip")
    assert KIND.words(export.filters).startswith("Audit binder of patient")
    assert str(mine.uid) in text
    assert str(other.uid) not in text


def test_an_empty_range_makes_an_honest_binder(cast: Cast, tmp_path: Path) -> None:
    made = make(cast, tmp_path / "e.zip")
    assert made.sessions == 0
    assert "Sessions (0)" in words(tmp_path / "e.zip")


def test_more_sessions_cost_no_more_queries(cast: Cast, tmp_path: Path) -> None:
    counts = []
    for _ in range(2):
        for _ in range(2):
            a_good_session(cast)
        with CaptureQueriesContext(connection) as queries:
            make(cast, tmp_path / "q.zip")
        counts.append(len(queries))
    assert counts[0] == counts[1] < 80


def test_who_writes_meanwhile_makes_it_begin_anew(cast: Cast, tmp_path: Path) -> None:
    """One state, or none: three tries, then an honest answer. What happens to other patients is no matter."""
    session, other = a_good_session(cast), at_state(Status.BOOKED, cast, starts_at=NOW + timedelta(days=3))
    tries = 0

    def write(patient: int) -> None:
        nonlocal tries
        tries += 1
        audit.record(action="observation.recorded", target=session, by=cast.nurse, now=NOW, site=cast.riverside, patient_pk=patient)

    def begin(patient: int) -> Made:
        with (tmp_path / "r.zip").open("w+b") as into:
            return make_binder(lambda: of_range(cast.riverside, TODAY, TODAY), into, progress=lambda done, total: None if done else write(patient))

    with pytest.raises(Restless):
        begin(session.patient_id)
    assert tries == 3
    assert begin(other.patient_id).sessions == 1
    assert tries == 4


@pytest.mark.parametrize(("action", "tries"), [("pin.signed_in", 1), ("backup.made", 1), ("training.recorded", 2)])
def test_an_act_about_no_patient_is_the_houses(action: str, tries: int, cast: Cast, tmp_path: Path) -> None:
    """The house stands in every binder; to unlock a screen or to back up changes nothing that one could show."""
    session, begun = a_good_session(cast), []

    def once_more(done: int, total: int | None) -> None:
        if not done and total is not None:
            begun.append(done)
        if len(begun) == 1 and not done:
            audit.record(action=action, target=session.site, by=cast.nurse, now=NOW, site=cast.riverside)

    with (tmp_path / "h.zip").open("w+b") as into:
        make_binder(lambda: of_range(cast.riverside, TODAY, TODAY), into, progress=once_more)
    assert len(begun) == tries


@pytest.mark.parametrize("moment", ["while the sessions are read", "while it is made"])
def test_a_session_that_leaves_the_days_meanwhile_is_in_none(cast: Cast, tmp_path: Path, moment: str) -> None:
    """Its patient has nothing else in these days: what is written about them counts all the same."""
    session, moved = at_state(Status.BOOKED, cast), []

    def move() -> None:
        if not moved:
            moved.append(type(session).objects.filter(pk=session.pk).update(treatment_on=TODAY + timedelta(days=3)))
            audit.record(action="session.moved", target=session, by=cast.desk, now=NOW, site=cast.riverside, patient_pk=session.patient_id)

    def scope_now() -> Scope:
        scope = of_range(cast.riverside, TODAY, TODAY)
        if moment == "while the sessions are read" and scope.keys:
            move()
        return scope

    with (tmp_path / "m.zip").open("w+b") as into:
        made = make_binder(scope_now, into, progress=lambda done, total: move() if done else None)
    assert (made.sessions, moved) == (0, [1])


def test_who_asked_is_told_why_there_is_no_binder(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    told = {"recipient": "REMS", "purpose": "Audit", "client_key": uuid.uuid4()}
    days = {"first": str(TODAY), "last": str(TODAY)}
    export = ask_export(cast.riverside, kind="binder", filters=days, by=cast.admin, now=NOW, is_built_here=True, **told)  # type: ignore[arg-type]
    monkeypatch.setattr("reports.binder.is_still", lambda scope, state: False)
    work.build(export.pk, lambda: NOW)
    export.refresh_from_db()
    assert (export.state, "when the floor is quiet" in export.why) == (Export.State.FAILED, True)


def altered(source: Path, target: Path, name: str, content: bytes | None) -> Path:
    """The archive with one file changed, added, or taken out."""
    with zipfile.ZipFile(source) as archive:
        files = {info.filename: archive.read(info) for info in archive.infolist()}
    files.pop(name, None)
    if content is not None:
        files[name] = content
    with zipfile.ZipFile(target, "w") as archive:
        for one, data in files.items():
            archive.writestr(one, data)
    return target


def test_the_verifier_names_the_first_difference(cast: Cast, tmp_path: Path) -> None:
    a_good_session(cast)
    make(cast, tmp_path / "a.zip")
    alone = subprocess.run([sys.executable, "-I", str(VERIFIER), str(tmp_path / "a.zip")], capture_output=True, text=True, check=False)
    assert alone.returncode == 0
    assert hashlib.sha256((tmp_path / "a.zip").read_bytes()).hexdigest() in alone.stdout
    call_command("verify_binder", str(tmp_path / "a.zip"))
    for name, content, said in (
        ("data/checks.csv", b"x", "data/checks.csv was changed"), ("binder.pdf", None, "binder.pdf is missing"), ("more.txt", b"x", "more.txt isn't in the manifest"),
        ("MANIFEST.sha256", None, "There is no MANIFEST"), ("MANIFEST.sha256", b"nonsense", "Line 1 of the manifest"), ("MANIFEST.sha256", b"", "is empty"),
    ):  # fmt: skip
        with pytest.raises(CommandError, match=said):
            call_command("verify_binder", str(altered(tmp_path / "a.zip", tmp_path / "b.zip", name, content)))
    (tmp_path / "cut.zip").write_bytes((tmp_path / "a.zip").read_bytes()[:-400])
    damaged = bytearray((tmp_path / "a.zip").read_bytes())
    damaged[len(damaged) // 2] ^= 255
    (tmp_path / "bit.zip").write_bytes(damaged)
    for name, code, said in (("cut.zip", 1, "NOT INTACT: "), ("bit.zip", 1, "NOT INTACT: "), ("none.zip", 2, "Not checked: ")):
        alone = subprocess.run([sys.executable, "-I", str(VERIFIER), str(tmp_path / name)], capture_output=True, text=True, check=False)
        assert (alone.returncode, alone.stdout.startswith(said)) == (code, True)
        assert "Traceback" not in alone.stderr
    with pytest.raises(CommandError, match="Not checked"):
        call_command("verify_binder", str(tmp_path / "none.zip"))


def test_the_page_asks_a_worker_for_days_or_a_patient(cast: Cast, sign_in: Callable[..., Client]) -> None:
    patient, stranger = at_state(Status.BOOKED, cast).patient, ready_patient(cast.hillcrest, cast.of(cast.stranger))
    admin, path = sign_in(cast.admin), "/riverside/reports/binder/"
    told = {"first": "2026-04-01", "last": "2026-06-30", "recipient": "REMS", "purpose": "Audit", "client_key": uuid.uuid4()}
    assert b"2026-01-01" in admin.get(path).content  # the quarter that is over
    assert admin.post(path, told | {"last": "2026-03-01"}).status_code == 422
    assert admin.post(path, told | {"last": "2028-06-30"}).status_code == 422
    assert not Export.objects.exists()
    for _ in range(2):
        assert admin.post(path, told)["Location"] == f"/riverside/reports/exports/{Export.objects.get().pk}/"
    assert Export.objects.get().filters == {"first": "2026-04-01", "last": "2026-06-30"}
    assert str(patient).encode() in admin.get(f"{path}?patient={patient.pk}").content
    assert admin.post(f"{path}?patient={patient.pk}", told | {"client_key": uuid.uuid4()}).status_code == 303
    assert Export.objects.latest("pk").filters == {"patient": patient.pk}
    for other in (stranger.pk, "x", "9" * 30, "-1"):
        assert admin.post(f"{path}?patient={other}", told | {"client_key": uuid.uuid4()}).status_code == 404
    assert Export.objects.count() == 2
