"""A patient's call for help from an enrolled screen, and how long it waited for its answer."""

from django.db import models
from django.db.models import Q


class HelpCall(models.Model):
    """Asked by a press on the screen; answered when somebody says that they are there. One stands open at a time."""

    site = models.ForeignKey("clinic.Site", on_delete=models.PROTECT, related_name="+")
    session = models.ForeignKey("treatment_sessions.TreatmentSession", on_delete=models.PROTECT, related_name="help_calls")
    screen = models.ForeignKey("clinic.Screen", on_delete=models.PROTECT, related_name="+")
    client_key = models.UUIDField(unique=True)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey("clinic.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["asked_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answered_by__isnull=True)
                | Q(answered_at__isnull=False, answered_by__isnull=False, answered_at__gte=models.F("asked_at")),
                name="help_answered_has_both",
            ),
            models.UniqueConstraint(fields=["session"], condition=Q(answered_at__isnull=True), name="help_open_once"),
        ]
