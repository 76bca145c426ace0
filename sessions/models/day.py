"""Opening and closing the day: what was found, counted and explained (SET-4, DEV-3, PMF-1)."""

from django.db import models
from django.db.models import Q

from clinic.facts import Fact
from clinic.fields import SealedTextField


class DayRecord(Fact):
    """One opening or closing of one day. Put right by a new row that says why; never a gate."""

    class Kind(models.TextChoices):
        OPENING = "opening", "Opening"
        CLOSING = "closing", "Closing"

    kind = models.CharField(max_length=8, choices=Kind)
    day = models.DateField()
    count_patient = models.PositiveSmallIntegerField("devices, patient-named", null=True, blank=True)
    count_bulk = models.PositiveSmallIntegerField("devices, bulk stock", null=True, blank=True)
    answers = models.JSONField(default=dict, help_text="The items by id (sessions.rules.day).")
    note = SealedTextField(max_length=500, blank=True, row="client_key")

    class Meta(Fact.Meta):
        ordering = ["day", "observed_at", "pk"]
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(condition=Q(count_patient__isnull=True) | Q(count_patient__lte=9999), name="day_count_patient_sane"),
            models.CheckConstraint(condition=Q(count_bulk__isnull=True) | Q(count_bulk__lte=9999), name="day_count_bulk_sane"),
        ]
        indexes = [models.Index(fields=["site", "day"], name="day_record_by_day")]
