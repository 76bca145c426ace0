"""The import: a dry run that names each bad row and column, nothing written until all are good, then all at once."""

import re
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from clinic.findings import Refused
from clinic.models import AuditEntry
from patients.actions.importing import import_patients, ranges
from patients.importing import COLUMNS, HOLDS, MOST_ROWS, Sheet, read_sheet
from patients.models import Patient
from tests.cast import NOW, TODAY, Cast
from tests.factories.patients import PatientFactory

TO = "/riverside/patients/import/"
HEAD = "mrn,last_name,first_name,birth_on,sex"
GOOD = f"{HEAD}\nA1,García,Élodie,1984-03-07,f\nA2,O'Brien,Séan,12/01/1990,male\n"


def read(text: str | bytes, mrns: set[str] | None = None, people: set | None = None) -> Sheet:
    content = text.encode() if isinstance(text, str) else text
    return read_sheet(content, today=TODAY, mrns=mrns or set(), people=people or set())


def faults(text: str | bytes, **known: set) -> list[tuple[int, str]]:
    sheet = read(text, **known)
    assert not sheet.is_good
    return [(fault.row, fault.column) for fault in sheet.faults]


@pytest.mark.parametrize(
    "content",
    [
        GOOD.encode(),
        GOOD.encode("utf-8-sig"),
        GOOD.encode("utf-16"),
        GOOD.replace(",", ";").encode(),
        GOOD.replace(",", "\t").encode(),
        GOOD.replace("\n", "\r\n").encode(),
        GOOD.replace(HEAD, "Chart Number,Surname,GIVEN NAME,Date of birth,Gender").encode(),
        (GOOD + "\n,,,,\n").encode(),
    ],
    ids=["plain", "bom", "utf-16", "semicolons", "tabs", "crlf", "other headings", "empty rows"],
)
def test_files_as_people_save_them(content: bytes) -> None:
    sheet = read(content)
    assert sheet.faults == []
    assert [row["name_folded"] for row in sheet.rows] == ["garcia, elodie", "obrien, sean"]
    assert sheet.rows[1]["birth_on"] == date(1990, 12, 1)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n\n",
        GOOD.encode("latin-1"),
        b"\xff\xfe\x00",
        b"PK\x03\x04\x00\x00",
        f"{HEAD}\n".encode(),
        b"mrn,last_name\nA1,X\n",
        f"{HEAD},shoe size\nA1,X,Y,1990-01-01,f,42\n".encode(),
        f"{HEAD},dob\nA1,X,Y,1990-01-01,f,1990-01-01\n".encode(),
        f'{HEAD}\n"A1,X,Y,1990-01-01,f\n'.encode(),
        b"x" * (5 * 1024 * 1024 + 1),
        (HEAD + "\n" + "A,B,C,1990-01-01,f\n" * (MOST_ROWS + 1)).encode(),
    ],
)
def test_files_that_are_none(content: bytes) -> None:
    assert faults(content) == [(0, "")]


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (",X,Y,1990-01-01,f", "mrn"),
        ("=1+1,X,Y,1990-01-01,f", "mrn"),
        ("A1,=cmd|' /C calc'!A0,Y,1990-01-01,f", "last_name"),
        ("A1,+X,Y,1990-01-01,f", "last_name"),
        ("A1,X,@SUM(A1),1990-01-01,f", "first_name"),
        ("A1,123,Y,1990-01-01,f", "last_name"),
        ("A1,X\u202e,Y,1990-01-01,f", "last_name"),
        (f"A1,{'X' * 81},Y,1990-01-01,f", "last_name"),
        ("A1,X,Y,1990-02-30,f", "birth_on"),
        ("A1,X,Y,2030-01-01,f", "birth_on"),
        ("A1,X,Y,1.1.1990,f", "birth_on"),
        ("A1,X,Y,1850-01-01,f", "birth_on"),
        ("A1,X,Y,1990-01-01,banana", "sex"),
        ("A1,X,Y,1990-01-01", ""),
    ],
)
def test_each_bad_cell_is_named(row: str, column: str) -> None:
    assert faults(f"{HEAD}\nA0,Fine,Person,1970-01-01,f\n{row}\n") == [(3, column)]


def test_further_columns() -> None:
    head = f"{HEAD},phone,email,may_email,language,usual_way_home,middle_initial,address,can_be_pregnant"
    good = read(f"{head}\nA1,X,Y,1990-01-01,f,+1 518 555 0123,a@b.example,yes,Spanish,driver,Q,1 River Road,no\n")
    assert good.faults == []
    assert {key: good.rows[0][key] for key in ("phone", "language", "may_email")} == {"phone": "+15185550123", "language": "es", "may_email": True}
    bad = f"{head}\nA1,X,Y,1990-01-01,f,12,nobody,maybe,fr,rocket,QQ,{'x' * 301},perhaps\nA2,X2,Y,1990-01-01,f,abc,,,,,,,\n"
    named = ["phone", "email", "may_email", "language", "usual_way_home", "middle_initial", "address", "can_be_pregnant"]
    assert faults(bad) == [*((2, column) for column in named), (3, "phone")]


def test_every_column_is_told_on_the_page_and_in_the_manual() -> None:
    manual = (Path(settings.BASE_DIR) / "docs" / "import.md").read_text()
    assert set(HOLDS) == set(COLUMNS) == set(re.findall(r"^\| `(\w+)` \|", manual, re.MULTILINE))


def test_who_is_known_or_comes_twice() -> None:
    assert faults(GOOD, mrns={"A2"}) == [(3, "mrn")]
    assert faults(GOOD, people={("garcia, elodie", date(1984, 3, 7))}) == [(2, "last_name")]
    assert faults(f"{GOOD}A1,Else,One,1990-01-01,f\nA9,GARCIA,Elodie,1984-03-07,f\n") == [(4, "mrn"), (5, "last_name")]


def upload(client, content: str | bytes, **data: str):
    body = content.encode() if isinstance(content, str) else content
    return client.post(TO, {"file": SimpleUploadedFile("list.csv", body), **data})


@pytest.mark.django_db
def test_a_dry_run_writes_nothing(cast: Cast, sign_in) -> None:
    client = sign_in(cast.desk)
    assert client.get(TO).status_code == 200
    response = upload(client, GOOD)
    assert response.status_code == 200
    assert "All 2 rows are good" in response.content.decode()
    assert not Patient.objects.exists()


@pytest.mark.django_db
def test_one_bad_row_keeps_all_out(cast: Cast, sign_in) -> None:
    response = upload(sign_in(cast.desk), GOOD + "A3,X,Y,tomorrow,f\n", step="write")
    assert response.status_code == 422
    assert ">birth_on</span>" in response.content.decode()
    assert not Patient.objects.exists()


@pytest.mark.django_db
def test_a_good_file_is_written_at_once(cast: Cast, sign_in) -> None:
    response = upload(sign_in(cast.desk, htmx=True), GOOD, step="write")
    assert response.status_code == 200
    assert "2 patients registered" in response.content.decode()
    assert [(row.last_name, row.site.slug, row.created_by_id) for row in Patient.objects.order_by("pk")] == [
        ("García", "riverside", cast.desk.pk),
        ("O'Brien", "riverside", cast.desk.pk),
    ]
    body = AuditEntry.objects.get(action="patient.imported").body
    assert "change count 2" in body
    assert "García" not in body
    again = upload(sign_in(cast.desk), GOOD, step="write")
    assert again.status_code == 422
    assert Patient.objects.count() == 2


@pytest.mark.django_db
def test_no_file_and_an_empty_one(cast: Cast, sign_in) -> None:
    client = sign_in(cast.desk)
    assert client.post(TO, {}).status_code == 422
    assert upload(client, b"").status_code == 422


@pytest.mark.django_db
def test_an_mrn_taken_meanwhile_writes_nothing(cast: Cast) -> None:
    PatientFactory(site=cast.riverside, mrn="A2", created_by=cast.desk)
    with pytest.raises(Refused):
        import_patients(cast.riverside, sheet=read(GOOD), content=b"", by=cast.desk, now=NOW)
    with pytest.raises(Refused):
        import_patients(cast.riverside, sheet=Sheet(), content=b"", by=cast.desk, now=NOW)
    assert Patient.objects.count() == 1


@pytest.mark.django_db
def test_ten_thousand_rows(cast: Cast) -> None:
    text = HEAD + "\n" + "".join(f"A{number},Last{number},First{number},1990-01-01,f\n" for number in range(MOST_ROWS))
    sheet = read(text)
    assert len(import_patients(cast.riverside, sheet=sheet, content=text.encode(), by=cast.desk, now=NOW)) == MOST_ROWS


@pytest.mark.django_db
def test_doors(cast: Cast, sign_in, client) -> None:
    assert upload(client, GOOD, step="write").status_code == 302
    assert upload(sign_in(cast.nurse), GOOD).status_code == 200
    assert upload(sign_in(cast.support), GOOD, step="write").status_code == 403
    assert upload(sign_in(cast.stranger), GOOD, step="write").status_code == 404
    assert not Patient.objects.exists()
    assert reverse("patient_import", args=["riverside"]) == TO


def test_ranges_of_numbers() -> None:
    assert ranges([4, 5, 6, 9, 11, 12]) == "4-6, 9, 11-12"
    assert ranges([]) == ""
