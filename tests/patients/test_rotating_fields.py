"""Keys of sealed identifiers come and go while people write; a ring that can't be is refused."""

import json

import pytest
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django import Settings

from clinic import cells, resealing, scope
from clinic.findings import Refused
from clinic.models import AuditEntry
from config import environment as env
from config.operating import selfcheck
from patients.actions.patient import edit_patient, register_patient
from patients.models import Intake, Patient
from tests.cast import NOW, Cast
from tests.factories.intakes import IntakeFactory
from tests.factories.patients import PatientFactory
from tests.patients.sealing import WORDS, A, B, C, canary, fields_of, identifiers, put, raw


@pytest.fixture
def keys(settings: Settings) -> Settings:
    settings.VIGIL_FIELD_KEYS = [A]
    return settings


@pytest.mark.django_db
def test_a_wrong_and_a_missing_key_are_told(keys: Settings, cast: Cast) -> None:
    patient = canary(cast)
    keys.VIGIL_FIELD_KEYS = [("a", B[1])]
    with pytest.raises(cells.DoesNotOpen, match="another key of that name"):
        identifiers(patient)
    keys.VIGIL_FIELD_KEYS = [B]
    with pytest.raises(cells.DoesNotOpen, match="sealed by the key 'a', which VIGIL_FIELD_KEYS doesn't name"):
        identifiers(patient)
    (error,) = [found for found in run_checks(databases=["default"]) if found.id == "clinic.E002"]
    assert error.msg.startswith("10 cells are sealed by keys")
    assert (selfcheck.fields().state, selfcheck.fields().words[:7]) == ("bad", "10 cell")
    with pytest.raises(CommandError, match="doesn't name"):
        call_command("rotate_fields")


def stands(*but: str) -> set[str]:
    return {key_id for key_id, count in resealing.standing().items() if count} - set(but)


@pytest.mark.django_db
def test_on_twice_anew_and_off_again(cast: Cast, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each time the old key is then taken away; the last time there are none at all. Stopped in the middle it goes on, while people write."""
    monkeypatch.setattr(resealing, "BATCH", 1)
    settings.VIGIL_FIELD_KEYS = []
    people = [canary(cast, mrn=f"CNRY-{number}") for number in range(3)]
    intake = IntakeFactory(patient=people[0], site=cast.riverside, owner=cast.desk, referred_by="Dr Quillaby", note="gribble")
    for turn, (before, ring, after) in enumerate((("plain", [A], [A]), ("a", [B, A], [B]), ("b", [C, B], [C]), ("c", [("plain", b""), C], []))):
        settings.VIGIL_FIELD_KEYS = ring
        assert stands() == {before}
        first = resealing.batches(Patient.objects.all())
        assert next(first) == 1
        first.close()
        assert stands() == {before, cells.newest()}
        under_way = resealing.batches(Patient.objects.all())
        assert next(under_way) == 0
        edit_patient(people[1], fields={**fields_of({"mrn": "CNRY-1"}), "address": f"{turn} New Lane"}, by=cast.desk, now=NOW)
        with pytest.raises(Refused):
            register_patient(site=cast.riverside, fields=fields_of({"mrn": "CNRY-2"}), by=cast.desk, now=NOW)
        assert sum(under_way) == 2
        call_command("rotate_fields")
        settings.VIGIL_FIELD_KEYS = after
        assert stands() == {ring[0][0]}
        assert [identifiers(one)["mrn"] for one in people] == ["CNRY-0", "CNRY-1", "CNRY-2"]
        assert [identifiers(one)["address"] for one in people] == ["9 Gribble Lane", f"{turn} New Lane", "9 Gribble Lane"]
        assert Intake.objects.values_list("pk", flat=True).get() == intake.pk
        assert (Intake.objects.get().referred_by, Intake.objects.get().note) == ("Dr Quillaby", "gribble")
        assert selfcheck.fields().state == "good"
    assert raw("mrn", people[0].pk) == "CNRY-0"
    assert set(Patient.objects.values_list("mrn_index", flat=True)) == {None}


@pytest.mark.django_db
def test_the_command_says_what_stands(cast: Cast, settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    settings.VIGIL_FIELD_KEYS = []
    canary(cast)
    settings.VIGIL_FIELD_KEYS = [A]
    assert selfcheck.fields().words == "10 cells are not as VIGIL_FIELD_KEYS wants them now"
    call_command("rotate_fields", "--look")
    assert capsys.readouterr().out == "10 cells in clear\nWritten now: sealed by a.\n"
    call_command("rotate_fields")
    told, *rest = capsys.readouterr().out.partition("10 cells")
    assert sorted(told.splitlines()) == sorted(f"{model._meta.db_table}: {int(model is Patient)} rows changed" for model in resealing.sealed_models())
    assert "".join(rest) == "10 cells by the key a\nWritten now: sealed by a.\n"
    call_command("verify_audit")


@pytest.mark.django_db
def test_the_trails_say_what_was_sealed_anew_and_no_value(cast: Cast, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A site's own, in the transaction of each batch; the installation's at the end, and where it was stopped on its way."""
    monkeypatch.setattr(resealing, "BATCH", 2)
    settings.VIGIL_FIELD_KEYS = []
    people = [canary(cast, mrn=f"CNRY-{number}") for number in range(3)]
    settings.VIGIL_FIELD_KEYS = [A]
    PatientFactory(site=cast.hillcrest, created_by=cast.desk, mrn="CNRY-9")
    settings.VIGIL_FIELD_KEYS = [B, A]
    put("address", people[2].pk, "sealed:1:a:AAAA")
    with pytest.raises(CommandError, match="changed or moved here"):
        call_command("rotate_fields")
    assert told("fields.resealed") == [(cast.riverside.pk, 2, ["plain: 20"], "b")]
    assert "change is_whole false" in AuditEntry.objects.get(action="fields.rotated").body
    put("address", people[2].pk, "9 Gribble Lane")
    call_command("rotate_fields")
    riverside, hillcrest = told("fields.resealed")[1:]
    assert (riverside, hillcrest[0], hillcrest[1], hillcrest[3]) == ((cast.riverside.pk, 1, ["plain: 10"], "b"), cast.hillcrest.pk, 1, "b")
    assert hillcrest[2][0].startswith("a: ")
    last = AuditEntry.objects.filter(action="fields.rotated").latest("pk")
    assert (last.chain, "change is_whole true" in last.body, '"patients_patient: 2"' in last.body) == ("house", True, True)
    bodies = "".join(AuditEntry.objects.values_list("body", flat=True)).lower()
    assert not [word for word in WORDS if word in bodies]
    call_command("verify_audit")


def told(action: str) -> list[tuple[int | None, int, list[str], str]]:
    found = []
    for entry in AuditEntry.objects.filter(action=action).order_by("pk"):
        lines = (line.split(" ", 2)[1:] for line in entry.body.split("\n") if line.startswith("change "))
        said = {name: json.loads(value) for name, value in lines}
        found.append((entry.site_id, said["rows"], said["cells_by_key_before"], said["key"]))
    return found


@pytest.mark.django_db
def test_two_rows_of_one_number_stop_it_in_plain_words(cast: Cast, settings: Settings) -> None:
    """The same to people, though not to the bytes: an accent written in two ways."""
    settings.VIGIL_FIELD_KEYS = []
    canary(cast, mrn="\u00e9-1")
    second = canary(cast, mrn="e\u0301-1")
    settings.VIGIL_FIELD_KEYS = [A]
    with pytest.raises(CommandError, match=f"Row {second.pk} of patients_patient has the same MRN as another"):
        call_command("rotate_fields")


@pytest.mark.django_db
@pytest.mark.postgresql
def test_the_login_of_pages_rotates_nothing(keys: Settings, cast: Cast) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {scope.ROLE}")
        try:
            with pytest.raises(CommandError, match="doesn't own the tables"):
                call_command("rotate_fields")
        finally:
            cursor.execute("RESET ROLE")


GOOD = "a:" + "QUFB" * 10 + "QUE="


@pytest.mark.engine_free
@pytest.mark.parametrize(
    "value", ["a", "a:", "a:QUFB", GOOD[2:], "A:" + GOOD[2:], f"{GOOD},{GOOD}", f"{GOOD},b:{GOOD[2:]}", "plain:" + GOOD[2:], "a:!!"]
)
def test_a_ring_that_cannot_be_is_refused(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIGIL_FIELD_KEYS", value)
    with pytest.raises(env.BadSetting, match=r"VIGIL_FIELD_KEYS: its .* part") as told:
        env.ring("VIGIL_FIELD_KEYS")
    assert "QUFB" not in str(told.value)


@pytest.mark.engine_free
def test_the_newest_key_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIGIL_FIELD_KEYS", f"plain, {GOOD}")
    assert env.ring("VIGIL_FIELD_KEYS") == [("plain", b""), ("a", b"AAA" * 10 + b"AA")]
