"""Keep a file as a row beside its target: proofs, receipts, official blanks (design.md, "Attachments")."""

import hashlib
import re
from datetime import datetime

from django.db import models, transaction

from clinic import audit
from clinic.findings import refuse
from clinic.models import Attachment, Site, User
from clinic.models.attachments import MAX_ATTACHMENT_BYTES

# The type is told by the first bytes, never by the name or the browser.
BEGINNINGS: tuple[tuple[bytes, str], ...] = ((b"%PDF-", "application/pdf"), (b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"))


def type_of(content: bytes) -> str:
    """The content type by content; empty for one that isn't kept."""
    return next((kind for beginning, kind in BEGINNINGS if content.startswith(beginning)), "")


@transaction.atomic
def keep_file(
    site: Site, *, target: models.Model, file_name: str, content: bytes, by: User, now: datetime, types: tuple[str, ...] = ()
) -> Attachment:
    """Store one file. Raises Refused when it is empty, larger than 5 MB, or no PDF, PNG or JPEG (or none of `types`)."""
    kind = type_of(content)
    allowed = types or tuple(known for _, known in BEGINNINGS)
    if kind not in allowed:
        words = " or ".join(name.split("/")[1].upper() for name in allowed)
        raise refuse("FILE", f"That file can't be kept: choose a {words} file.", code="file.type", field="file")
    if len(content) > MAX_ATTACHMENT_BYTES:
        raise refuse("FILE", "That file is too large: 5 MB at most.", code="file.size", field="file")
    kept = Attachment.objects.create(
        site=site, target_kind=target._meta.model_name or "", target_pk=target.pk, file_name=plain_name(file_name), content_type=kind, size=len(content),
        sha256=hashlib.sha256(content).hexdigest(), content=content, recorded_at=now, recorded_by=by,
    )  # fmt: skip
    audit.record(
        action="attachment.kept",
        target=kept,
        by=by,
        now=now,
        site=site,
        changes={"target": f"{kept.target_kind} {kept.target_pk}", "sha256": kept.sha256},
    )
    return kept


def plain_name(file_name: str) -> str:
    """A file name that is safe in a header: letters, digits, dot, dash; at most 120 characters."""
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", file_name.replace("\\", "/").rsplit("/", 1)[-1]).strip("-.")
    return (name or "file")[-120:]
