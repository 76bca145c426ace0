"""Kept files: typed by content, limited, unchangeable, served as downloads through their target's door."""

import hashlib
import uuid
from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.test import Client
from django.urls import reverse

from clinic import registry
from clinic.actions.attachments import keep_file
from clinic.findings import Refused
from clinic.models import Attachment, AuditEntry, Site
from clinic.models.attachments import MAX_ATTACHMENT_BYTES
from tests.cast import NOW, Cast
from tests.factories.patients import PatientFactory

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n%%EOF"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF"
TEXT = "Faxed 10:04, “OK”, 3 pages\r\n".encode()

SignIn = Callable[..., Client]


def kept(cast: Cast, content: bytes = PDF, name: str = "proof.pdf", site: Site | None = None, **kwargs: object) -> Attachment:
    site = site or cast.riverside
    return keep_file(site, target=PatientFactory(site=site), file_name=name, content=content, by=cast.desk, now=NOW, **kwargs)


@pytest.mark.parametrize(
    ("content", "kind", "name"),
    [
        (PDF, "application/pdf", "proof.pdf"),
        (PNG, "image/png", "proof.png"),
        (JPEG, "image/jpeg", "proof.jpg"),
        (TEXT, "text/plain", "proof.txt"),
    ],
)
def test_the_type_is_told_by_the_content_whatever_the_name_says(cast: Cast, content: bytes, kind: str, name: str) -> None:
    row = kept(cast, content, "proof.exe")
    assert (row.content_type, row.file_name, row.size, bytes(row.content)) == (kind, name, len(content), content)
    assert row.sha256 == hashlib.sha256(content).hexdigest()
    entry = AuditEntry.objects.get(action="attachment.kept")
    assert entry.target_pk == str(row.pk)
    assert row.sha256 in entry.body
    assert "proof" not in entry.body


@pytest.mark.parametrize(
    "content",
    [
        b"MZ\x90\x00",
        b"PK\x03\x04",
        b"<html><script>",
        b" \n<svg onload=1>",
        b"\xef\xbb\xbf<?xml",
        b"GIF89a\x00",
        b"\x00",
        b"caf\xe9",
        b"a\x1b[2J",
        b" %PDF-1.7\x00",
    ],
)
def test_other_content_is_refused_whatever_the_name_says(cast: Cast, content: bytes) -> None:
    with pytest.raises(Refused, match="can't be kept"):
        kept(cast, content, "innocent.pdf")
    assert not Attachment.objects.exists()


@pytest.mark.parametrize(("content", "code"), [(b"", "file.empty"), (PDF + b"0" * MAX_ATTACHMENT_BYTES, "file.size")])
def test_an_empty_and_a_large_file_are_refused(cast: Cast, content: bytes, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        kept(cast, content)
    assert [finding.code for finding in refusal.value.findings] == [code]


def test_a_file_of_exactly_five_megabytes_is_kept(cast: Cast) -> None:
    assert kept(cast, PDF.ljust(MAX_ATTACHMENT_BYTES)).size == MAX_ATTACHMENT_BYTES


def test_a_place_that_wants_one_type_takes_no_other(cast: Cast) -> None:
    with pytest.raises(Refused, match="choose a PDF file"):
        kept(cast, PNG, types=("application/pdf",))


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("C:\\scans\\fax 1.PDF", "fax-1.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ('a"\r\nX-Evil: 1.pdf', "a-X-Evil-1.pdf"),
        ("\u202eفدب.pdf", "file.pdf"),
        ("", "file.pdf"),
        ("x" * 300 + ".pdf", "x" * 110 + ".pdf"),
    ],
)
def test_a_name_is_made_safe_for_a_header(cast: Cast, typed: str, stored: str) -> None:
    assert kept(cast, name=typed).file_name == stored


# --- the page --------------------------------------------------------------------------------------------------------
@pytest.fixture
def doors(monkeypatch: pytest.MonkeyPatch) -> dict[str, registry.Door]:
    """The doors of this test: `patient` is open to all who come so far."""
    made: dict[str, registry.Door] = {"patient": lambda request, pk: object()}
    monkeypatch.setattr(registry, "_doors", made)
    return made


def address(row: Attachment, site: str = "riverside") -> str:
    return reverse("file", args=[site, row.uid])


def test_a_file_is_a_download_that_runs_nothing(cast: Cast, sign_in: SignIn, doors: dict[str, registry.Door]) -> None:
    row = kept(cast, TEXT)
    response = sign_in(cast.nurse).get(address(row))
    assert (response.status_code, response.content) == (200, TEXT)
    assert response["Content-Type"] == "text/plain"
    assert response["Content-Disposition"] == 'attachment; filename="proof.txt"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox"
    assert "no-store" in response["Cache-Control"]
    assert AuditEntry.objects.filter(action="record.read", target_kind="attachment", target_pk=str(row.pk), actor=cast.nurse).count() == 1


def test_signed_out_is_sent_to_sign_in(cast: Cast, client: Client) -> None:
    assert client.get(address(kept(cast))).status_code == 302


def test_another_sites_people_and_files_are_not_found(cast: Cast, sign_in: SignIn, doors: dict[str, registry.Door]) -> None:
    row, theirs = kept(cast), kept(cast, site=cast.hillcrest)
    assert sign_in(cast.stranger).get(address(row)).status_code == 404
    assert sign_in(cast.stranger).get(address(row, "hillcrest")).status_code == 404
    assert sign_in(cast.nurse).get(address(theirs)).status_code == 404
    assert sign_in(cast.nurse).get(reverse("file", args=["riverside", uuid.uuid4()])).status_code == 404
    assert AuditEntry.objects.filter(action="access.hidden").count() == 4


@pytest.mark.parametrize(("error", "status"), [(PermissionDenied, 403), (Http404, 404)])
def test_the_targets_door_decides(cast: Cast, sign_in: SignIn, doors: dict[str, registry.Door], error: type[Exception], status: int) -> None:
    def closed(request: HttpRequest, pk: int) -> object:
        raise error

    doors["patient"] = closed
    assert sign_in(cast.nurse).get(address(kept(cast))).status_code == status


def test_a_file_whose_kind_has_no_door_is_not_served(cast: Cast, sign_in: SignIn, doors: dict[str, registry.Door]) -> None:
    doors.clear()
    assert sign_in(cast.nurse).get(address(kept(cast))).status_code == 404


def test_nothing_is_posted_to_a_file(cast: Cast, sign_in: SignIn, doors: dict[str, registry.Door]) -> None:
    assert sign_in(cast.nurse).post(address(kept(cast))).status_code == 405
