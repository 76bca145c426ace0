"""Adverse events of a patient, and how each serious one reached the REMS or the maker (PMF-6)."""

import uuid

from django.db import models
from django.db.models import F, Q

from clinic.facts import Fact
from clinic.fields import SealedTextField


class AdverseEvent(Fact):
    """`observed_at` is when it began. A correction is a new row of the same `case`. The session is empty for what happened at home."""

    is_record = True

    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="adverse_events")
    session = models.ForeignKey("treatment_sessions.TreatmentSession", null=True, blank=True, on_delete=models.PROTECT, related_name="adverse_events")
    case = models.UUIDField(default=uuid.uuid4, db_index=True)
    kind = models.CharField("what it was", max_length=120)
    ended_at = models.DateTimeField(null=True, blank=True, help_text="Empty: still going on.")
    is_serious = models.BooleanField()
    criteria = models.JSONField(default=list, blank=True, help_text="The form's outcome words (sessions.rules.adverse).")
    narrative = SealedTextField(max_length=2000, row="client_key")
    outcome = SealedTextField("what became of it", max_length=200, blank=True, row="client_key")

    class Meta(Fact.Meta):
        ordering = ["-observed_at", "-pk"]
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("observed_at")),
                name="adverse_event_ends_after_start",
                violation_error_message="It can't have ended before it began.",
            ),
        ]
        indexes = [models.Index(fields=["patient"], condition=Q(is_serious=True), name="adverse_event_serious")]

    def __str__(self) -> str:
        return self.kind

    @property
    def is_resolved(self) -> bool:
        return self.ended_at is not None


class EventReport(Fact):
    """One report of a serious event: on a monitoring form, or by phone. `observed_at` is when it was confirmed or phoned."""

    class Way(models.TextChoices):
        FORM = "form", "On the monitoring form"
        PHONE = "phone", "By phone"

    class To(models.TextChoices):
        REMS = "rems", "The REMS"
        MAKER = "maker", "The maker"

    event = models.ForeignKey(AdverseEvent, on_delete=models.PROTECT, related_name="reports")
    case = models.UUIDField(db_index=True)
    way = models.CharField(max_length=5, choices=Way)
    form = models.ForeignKey("treatment_sessions.MonitoringForm", null=True, blank=True, on_delete=models.PROTECT, related_name="event_reports")
    to = models.CharField("to", max_length=5, choices=To, blank=True)
    number = models.CharField("number called", max_length=40, blank=True)
    spoke_with = SealedTextField(max_length=120, blank=True, row="client_key")
    reference = SealedTextField("case number they gave", max_length=60, blank=True, row="client_key")

    class Meta(Fact.Meta):
        ordering = ["observed_at", "pk"]
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(
                condition=Q(way="form", form__isnull=False) | (Q(way="phone", form__isnull=True) & ~Q(to="") & ~Q(number="")),
                name="event_report_says_how",
            ),
        ]
