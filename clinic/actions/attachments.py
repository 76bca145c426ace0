"""Keep a file as a row beside its target: proofs, receipts, official blanks (design.md, "Attachments")."""

import hashlib
import re
from datetime import datetime

from django.db import models, transaction

from clinic import audit
from clinic.findings import refuse
from clinic.models import Attachment, Site, User
from clinic.models.attachments import MAX_ATTACHMENT_BYTES

# The type is told by the content, never by the name or the browser.
BEGINNINGS: tuple[tuple[bytes, str], ...] = ((b"%PDF-", "application/pdf"), (b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"))
PLAIN_TEXT = "text/plain"
ENDINGS = {"application/pdf": ".pdf", "image/png": ".png", "image/jpeg": ".jpg", PLAIN_TEXT: ".txt"}
WORDS = {"application/pdf": "PDF", "image/png": "PNG", "image/jpeg": "JPEG", PLAIN_TEXT: "plain text"}


def type_of(content: bytes) -> str:
    """The content type by content; empty for one that isn't kept."""
    kind = next((kind for beginning, kind in BEGINNINGS if content.startswith(beginning)), "")
    return kind or (PLAIN_TEXT if is_plain_text(content) else "")


def is_plain_text(content: bytes) -> bool:
    """UTF-8 without control characters, and not markup: a page that a browser could run is no proof of anything."""
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return False
    return bool(text) and not re.search(r"[\x00-\x08\x0b\x0e-\x1f\x7f]", text) and not text.lstrip("\ufeff \t\r\n\f").startswith("<")


@transaction.atomic
def keep_file(
    site: Site, *, target: models.Model, file_name: str, content: bytes, by: User, now: datetime, types: tuple[str, ...] = ()
) -> Attachment:
    """Store one file, for good. Raises Refused when it is empty, larger than 5 MB, or no PDF, PNG, JPEG or plain text (or none of `types`)."""
    if not content:
        raise refuse("FILE", "That file is empty.", code="file.empty", field="file")
    if len(content) > MAX_ATTACHMENT_BYTES:
        raise refuse("FILE", "That file is too large: 5 MB at most.", code="file.size", field="file")
    kind = type_of(content)
    allowed = types or tuple(WORDS)
    if kind not in allowed:
        raise refuse(
            "FILE", f"That file can't be kept: choose a {' or '.join(WORDS[name] for name in allowed)} file.", code="file.type", field="file"
        )
    kept = Attachment.objects.create(
        site=site, target_kind=target._meta.model_name or "", target_pk=target.pk, file_name=plain_name(file_name, kind), content_type=kind,
        size=len(content), sha256=hashlib.sha256(content).hexdigest(), content=content, recorded_at=now, recorded_by=by,
    )  # fmt: skip
    changes = {"target": f"{kept.target_kind} {kept.target_pk}", "type": kind, "size": kept.size, "sha256": kept.sha256}
    audit.record(action="attachment.kept", target=kept, by=by, now=now, site=site, changes=changes)
    return kept


def plain_name(file_name: str, kind: str) -> str:
    """A file name that is safe in a header: letters, digits, dot, dash, at most 120 characters, its ending the type's own."""
    last = file_name.replace("\\", "/").rsplit("/", 1)[-1]
    stem = re.sub(r"[^A-Za-z0-9._-]+", "-", last.rsplit(".", 1)[0]).strip("-.")
    return f"{stem[:110] or 'file'}{ENDINGS[kind]}"
