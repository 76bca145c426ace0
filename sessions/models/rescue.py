"""What became of a visit whose day had closed: moved, cancelled, or kept by a prescriber."""

from django.db import models


class Settled(models.Model):
    """Written with the act that settled it, whatever page it came from."""

    is_append_only = True

    class Outcome(models.TextChoices):
        MOVED = "moved", "Moved"
        CANCELLED = "cancelled", "Cancelled"
        KEPT = "kept", "Kept by a prescriber"

    site = models.ForeignKey("clinic.Site", on_delete=models.PROTECT, related_name="+")
    session = models.ForeignKey("treatment_sessions.TreatmentSession", on_delete=models.PROTECT, related_name="settled")
    closed_on = models.DateField()
    was_at = models.DateTimeField(help_text="When the visit was to begin.")
    outcome = models.CharField(max_length=10, choices=Outcome)
    settled_at = models.DateTimeField()
    settled_by = models.ForeignKey(
        "clinic.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text="Empty: the patient, by their own link."
    )  # fmt: skip

    class Meta:
        ordering = ["settled_at", "pk"]
        indexes = [models.Index(fields=["site", "closed_on"], name="settled_by_day")]
