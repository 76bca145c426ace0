"""Decisions taken against a warning, and rules that were broken in fact; both are reported."""

from django.db import models

from clinic.fields import SealedTextField


class Gate(models.TextChoices):
    BOOK = "book", "Booking"
    CLEAR = "clear", "Clearing for dosing"
    START = "start", "Starting"
    DISCHARGE = "discharge", "Discharge"


class Override(models.Model):
    """A prescriber's decision on one finding of a gate, with the reason. It holds for that session alone."""

    is_append_only = True

    site = models.ForeignKey("clinic.Site", on_delete=models.PROTECT, related_name="+")
    session = models.ForeignKey("treatment_sessions.TreatmentSession", on_delete=models.PROTECT, related_name="overrides")
    gate = models.CharField(max_length=10, choices=Gate)
    rule = models.CharField(max_length=10)
    finding = models.CharField(max_length=60, help_text="The key of the finding.")
    text = models.CharField(max_length=300)
    reason = SealedTextField(max_length=300, row="client_key")
    for_day = models.DateField(null=True, blank=True, help_text="The visit's day that was decided of; empty: whatever its day.")
    for_dose_mg = models.PositiveSmallIntegerField(null=True, blank=True, help_text="The same of its dose.")
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")
    discharge = models.ForeignKey(
        "treatment_sessions.Discharge",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="passed",
        help_text="The early discharge that went past it.",
    )
    client_key = models.UUIDField(unique=True)

    class Meta:
        ordering = ["decided_at", "pk"]


class Breach(models.Model):
    """What happened broke a rule: kept beside the fact, shown on the session and in reports."""

    is_append_only = True

    site = models.ForeignKey("clinic.Site", on_delete=models.PROTECT, related_name="+")
    session = models.ForeignKey("treatment_sessions.TreatmentSession", on_delete=models.PROTECT, related_name="breaches")
    rule = models.CharField(max_length=10)
    finding = models.CharField(max_length=60)
    text = models.CharField(max_length=300)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey("clinic.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["happened_at", "pk"]
