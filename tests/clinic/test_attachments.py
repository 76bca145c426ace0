"""Files kept as rows: told by their first bytes, small, under a name that is safe in a header."""

import hashlib

import pytest

from clinic.actions.attachments import keep_file, plain_name, type_of
from clinic.findings import Refused
from clinic.models import Attachment, AuditEntry
from clinic.models.attachments import MAX_ATTACHMENT_BYTES
from tests.cast import NOW

PDF = b"%PDF-1.7 content"


@pytest.mark.parametrize(
    ("content", "kind"),
    [(PDF, "application/pdf"), (b"\x89PNG\r\n\x1a\nrest", "image/png"), (b"\xff\xd8\xff\xe0", "image/jpeg"), (b"<svg>", ""), (b"", "")],
)
def test_the_type_is_told_by_content(content, kind):
    assert type_of(content) == kind


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("fax 1.pdf", "fax-1.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\a\\b.png", "b.png"),
        ('"\r\n.pdf', "pdf"),
        ("", "file"),
        ("a" * 300, "a" * 120),
    ],
)
def test_names_are_plain(given, kept):
    assert plain_name(given) == kept


def test_kept_with_its_digest_and_an_entry(cast):
    found = keep_file(cast.riverside, target=cast.riverside, file_name="a.pdf", content=PDF, by=cast.admin, now=NOW)
    assert (found.sha256, found.size, bytes(found.content)) == (hashlib.sha256(PDF).hexdigest(), len(PDF), PDF)
    assert AuditEntry.objects.get(action="attachment.kept").target_pk == str(found.pk)


@pytest.mark.parametrize(
    ("content", "types", "code"),
    [(b"MZ", (), "file.type"), (b"\xff\xd8\xff", ("application/pdf",), "file.type"), (b"%PDF-" + b"0" * MAX_ATTACHMENT_BYTES, (), "file.size")],
)
def test_what_is_refused_leaves_nothing(cast, content, types, code):
    with pytest.raises(Refused) as refused:
        keep_file(cast.riverside, target=cast.riverside, file_name="a", content=content, by=cast.admin, now=NOW, types=types)
    assert refused.value.findings[0].code == code
    assert not Attachment.objects.exists()
