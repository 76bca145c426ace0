"""An export as somebody asked for it: what, for whom, why, how far it is; and its file in parts, until it expires."""

import uuid

from django.db import models
from django.db.models import F, Q

from clinic.fields import SealedBytesField


class Export(models.Model):
    """A state that moves, no fact: the facts are the audit's entries and the ledger's lines.

    `filters` are days, ids and neutral codes, never a name. A worker holds `fence` until `lease_until`; who finds the fence risen stops.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        WORKING = "working", "Under way"
        DONE = "done", "Ready"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"
        EXPIRED = "expired", "Expired"

    site = models.ForeignKey("clinic.Site", on_delete=models.PROTECT, related_name="+")
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=20, help_text="One of reports.kinds.")
    filters = models.JSONField(default=dict)
    recipient = models.CharField("for whom", max_length=120)
    purpose = models.CharField("why", max_length=200)
    client_key = models.UUIDField(default=uuid.uuid4, unique=True)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    fence = models.PositiveIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    rows_done = models.PositiveIntegerField(default=0)
    rows_total = models.PositiveIntegerField(null=True)
    ended_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=200, blank=True, help_text="Why it failed.")
    file_name = models.CharField(max_length=120, blank=True)
    content_type = models.CharField(max_length=100, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    names_patients = models.BooleanField(default=True)
    patient = models.ForeignKey(
        "patients.Patient", null=True, on_delete=models.PROTECT, related_name="+", help_text="Where it is one patient's record."
    )

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state="working", lease_until__isnull=False) | (~Q(state="working") & Q(lease_until__isnull=True)), name="export_lease"),
            models.CheckConstraint(condition=Q(state__in=["waiting", "working"], ended_at__isnull=True) | (~Q(state__in=["waiting", "working"]) & Q(ended_at__isnull=False)), name="export_ended"),
            models.CheckConstraint(condition=~Q(state="done") | (Q(expires_at__isnull=False) & ~Q(file_name="")), name="export_done_has_file"),
            models.CheckConstraint(condition=Q(rows_total__isnull=True) | Q(rows_done__lte=F("rows_total")), name="export_rows"),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["site", "asked_by", "-asked_at"], name="export_of_a_person"),
            models.Index(fields=["state", "lease_until"], name="export_to_tend"),
        ]

    @property
    def is_running(self) -> bool:
        return self.state in (self.State.WAITING, self.State.WORKING)

    @property
    def percent(self) -> int:
        return 100 * self.rows_done // self.rows_total if self.rows_total else 0


class ExportPart(models.Model):
    """A piece of the file: rows, so that a second web or worker needs no shared disk. Deleted when it expires."""

    site = models.ForeignKey("clinic.Site", on_delete=models.PROTECT, related_name="+")
    export = models.ForeignKey(Export, on_delete=models.PROTECT, related_name="parts")
    number = models.PositiveIntegerField()
    content = SealedBytesField(row="place")

    class Meta:
        ordering = ["export", "number"]
        constraints = [models.UniqueConstraint(fields=["export", "number"], name="export_part_once")]

    @property
    def place(self) -> str:
        """What its content is sealed for."""
        return f"{self.export_id} {self.number}"
