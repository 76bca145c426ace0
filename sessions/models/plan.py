"""What a patient wished when a course was planned, so that planning again knows it; the visits themselves are sessions."""

from django.db import models
from django.db.models import F, Q

from clinic.facts import Fact


class CoursePlan(Fact):
    """One planning of a course, booked in one step; the newest tells the wishes. `usual` is [[weekday, "HH:MM"], …] on the site's wall."""

    course = models.ForeignKey("patients.Course", on_delete=models.PROTECT, related_name="plans")
    start_on = models.DateField("from")
    usual = models.JSONField("days and times")
    chair = models.ForeignKey("clinic.Chair", null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text="Empty: any.")
    phases = models.JSONField(help_text="Those that were planned, by their words of patients.rules.course.")
    dose_mg = models.PositiveSmallIntegerField("dose after the first (mg)")
    every_weeks = models.PositiveSmallIntegerField("maintenance every (weeks)", default=1)
    until_on = models.DateField("maintenance until", null=True, blank=True)
    visits = models.PositiveSmallIntegerField("visits booked", help_text="How many were booked in that step.")

    class Meta(Fact.Meta):
        ordering = ["-observed_at", "-pk"]
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(condition=Q(until_on__isnull=True) | Q(until_on__gte=F("start_on")), name="plan_ends_after_start"),
        ]
        indexes = [models.Index(fields=["course", "observed_at"], name="plan_by_course")]
