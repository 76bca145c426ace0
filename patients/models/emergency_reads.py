"""A chart read from another site of the organisation in an emergency: who, why, for how long, and what its own site found (SET-10)."""

from django.db import models
from django.db.models import F, Q

from clinic.fields import SealedTextField


class EmergencyRead(models.Model):
    """`site` is the chart's own; `from_site` is where the reader belongs. It ends by itself, and nobody makes it longer."""

    is_append_only = True

    site = models.ForeignKey("clinic.Site", on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="emergency_reads")
    reader = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")
    reader_name = models.CharField(max_length=140, help_text="Printed name, credential and role, as they were.")
    from_site = models.ForeignKey("clinic.Site", on_delete=models.PROTECT, related_name="+")
    reason = SealedTextField(max_length=300, row="client_key")
    opened_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    client_key = models.UUIDField(unique=True)

    class Meta:
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("opened_at")), name="emergency_read_ends_later"),
            models.CheckConstraint(condition=~Q(reason=""), name="emergency_read_has_reason"),
            models.CheckConstraint(condition=~Q(site=F("from_site")), name="emergency_read_is_from_elsewhere"),
        ]


class EmergencyReadReview(models.Model):
    """What an administrator of the chart's site found: an emergency, or not."""

    is_append_only = True

    site = models.ForeignKey("clinic.Site", on_delete=models.PROTECT, related_name="+")
    emergency_read = models.OneToOneField(EmergencyRead, on_delete=models.PROTECT, related_name="review")
    was_justified = models.BooleanField()
    note = SealedTextField(max_length=500, row="client_key")
    reviewed_at = models.DateTimeField()
    reviewed_by = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")
    client_key = models.UUIDField(unique=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(note=""), name="emergency_read_review_has_note")]
