"""Proofs, photos, official blanks and rendered forms: rows, so that backup and a second web need no shared disk."""

import uuid

from django.db import models
from django.db.models import Q

from clinic.fields import SealedBytesField, SealedTextField

MAX_ATTACHMENT_BYTES = 5 * 1024 * 1024


class Attachment(models.Model):
    is_append_only = True

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    site = models.ForeignKey("clinic.Site", on_delete=models.PROTECT, related_name="attachments")
    target_kind = models.CharField(max_length=40, help_text="Registered in clinic.registry: whoever may see the target may see the file.")
    target_pk = models.BigIntegerField()
    file_name = SealedTextField(
        max_length=120,
    )
    content_type = models.CharField(max_length=60)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    content = SealedBytesField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-recorded_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(size__lte=MAX_ATTACHMENT_BYTES), name="attachment_size", violation_error_message="A file may be 5 MB at most."
            )
        ]
        indexes = [models.Index(fields=["site", "target_kind", "target_pk"], name="attachment_by_target")]
