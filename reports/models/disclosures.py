"""The ledger of what has left the site: who took what to whom, why, when, and how many rows."""

import uuid

from django.db import models


class Disclosure(models.Model):
    """One line, for good. Each file of an export has one, at its first download: made again it is another file. What a program fetches has one each time."""

    is_append_only = True

    site = models.ForeignKey("clinic.Site", on_delete=models.PROTECT, related_name="+")
    export = models.ForeignKey("reports.Export", null=True, on_delete=models.PROTECT, related_name="disclosures")
    patient = models.ForeignKey(
        "patients.Patient", null=True, on_delete=models.PROTECT, related_name="+", help_text="Where one patient's record left."
    )
    what = models.CharField(max_length=200)
    filters = models.JSONField(default=dict, help_text="Days, ids and neutral codes.")
    recipient = models.CharField("to whom", max_length=120)
    purpose = models.CharField("why", max_length=200)
    rows = models.PositiveIntegerField()
    names_patients = models.BooleanField(help_text="No: numbers alone.")
    sha256 = models.CharField(max_length=64, blank=True)
    disclosed_at = models.DateTimeField()
    disclosed_by = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")
    client_key = models.UUIDField(default=uuid.uuid4, unique=True)

    class Meta:
        ordering = ["-disclosed_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["export", "sha256"], name="disclosure_once_a_file")]
        indexes = [models.Index(fields=["site", "-disclosed_at"], name="disclosure_by_time")]
