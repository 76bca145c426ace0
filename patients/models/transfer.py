"""A patient's treatment moves to another certified setting, and the REMS is told before (SET-8)."""

from django.db import models
from django.db.models import Q

from clinic.fields import SealedTextField


class TransferOut(models.Model):
    """Open until somebody has told the REMS, or the move is off; its task is a notice with owner and due time."""

    class How(models.TextChoices):
        PHONE = "phone", "Phone"
        PORTAL = "portal", "REMS portal"
        FAX = "fax", "Fax"

    site = models.ForeignKey("clinic.Site", on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="transfers_out")
    to_setting = models.CharField("to which setting", max_length=200)
    moves_on = models.DateField("treatment moves on")
    owner = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")
    planned_at = models.DateTimeField()
    planned_by = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")
    told_at = models.DateTimeField(null=True, blank=True)
    told_by = models.ForeignKey("clinic.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    told_how = models.CharField("how", max_length=8, choices=How, blank=True)
    told_note = SealedTextField("to whom, reference", max_length=200, blank=True, row="client_key")
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.ForeignKey("clinic.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    cancel_reason = SealedTextField(max_length=200, blank=True, row="client_key")
    client_key = models.UUIDField(unique=True)

    class Meta:
        ordering = ["-planned_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["patient"],
                condition=Q(told_at__isnull=True, cancelled_at__isnull=True),
                name="transfer_out_open_once",
                violation_error_message="A move of this patient is planned already.",
            ),
            models.CheckConstraint(
                condition=Q(told_at__isnull=True, told_by__isnull=True, told_how="")
                | (Q(told_at__isnull=False, told_by__isnull=False) & ~Q(told_how="")),
                name="transfer_out_told_has_all",
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at__isnull=True, cancelled_by__isnull=True, cancel_reason="")
                | (Q(cancelled_at__isnull=False, cancelled_by__isnull=False) & ~Q(cancel_reason="")),
                name="transfer_out_cancelled_has_all",
            ),
        ]
