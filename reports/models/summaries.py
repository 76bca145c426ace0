"""Summaries of what the measures say: made of the truth, compared with it each night, thrown away and made anew at any time."""

from django.db import models


class SiteSummary(models.Model):
    """How far a site's summaries speak: all acts up to entry `seq` of its chain, as of the day `as_of`, by the measures of `version`.

    `built_to`: while they are being made anew, the last day that is done; then they don't speak yet.
    """

    site = models.OneToOneField("clinic.Site", on_delete=models.PROTECT, primary_key=True, related_name="summary")
    seq = models.BigIntegerField()
    as_of = models.DateField()
    version = models.CharField(max_length=64)
    is_whole = models.BooleanField(default=False)
    built_to = models.DateField(null=True, blank=True)
    checked_on = models.DateField(null=True, blank=True, help_text="The last night in which all of it was compared with the truth.")
    checked_to = models.DateField(null=True, blank=True, help_text="How far the comparison that is under way has come.")
    wrong = models.PositiveIntegerField(default=0, help_text="Visits that the last comparison found to be summed up otherwise.")


class VisitSummary(models.Model):
    """One visit as `reports.rules.judged` writes it. `is_settled`: no day that comes changes it, only an act."""

    session = models.OneToOneField("treatment_sessions.TreatmentSession", on_delete=models.PROTECT, primary_key=True, related_name="+")
    site = models.ForeignKey("clinic.Site", on_delete=models.PROTECT, related_name="+", db_index=False)
    treatment_on = models.DateField()
    starts_at = models.DateTimeField()
    patient_pk = models.BigIntegerField()
    prescriber_pk = models.BigIntegerField(null=True, blank=True)
    monitor_pk = models.BigIntegerField(null=True, blank=True)
    status = models.CharField(max_length=12)
    indication = models.CharField(max_length=4)
    phase = models.CharField(max_length=12)
    is_dosed = models.BooleanField()
    is_settled = models.BooleanField()
    marks = models.CharField(max_length=200)
    more = models.JSONField(default=dict)

    class Meta:
        ordering = ["treatment_on", "starts_at", "pk"]
        indexes = [
            models.Index(fields=["site", "treatment_on"], name="visit_summary_by_day"),
            models.Index(fields=["site"], condition=models.Q(is_settled=False), name="visit_summary_unsettled"),
        ]


class MonthSummary(models.Model):
    """A site's month: by measure what was kept and counted, or how many amounts, their sum and the greatest."""

    site = models.ForeignKey("clinic.Site", on_delete=models.PROTECT, related_name="+")
    month = models.DateField(help_text="Its first day.")
    visits = models.PositiveIntegerField()
    dosed = models.PositiveIntegerField()
    numbers = models.JSONField(default=dict)

    class Meta:
        ordering = ["month", "pk"]
        constraints = [models.UniqueConstraint(fields=["site", "month"], name="month_summary_once")]
        indexes = [models.Index(fields=["month"], name="month_summary_by_month")]
