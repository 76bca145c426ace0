"""What the chart knows before any session: screening, consent, medicines, trials, standing parameters (PAT-2…8)."""

import uuid

from django.db import models
from django.db.models import F, Q

from clinic.facts import Fact
from clinic.fields import SealedJSONField, SealedTextField


class Screening(Fact):
    """One screening: `answers` maps the question ids of patients.rules.SCREENING to `yes`, `no` or `unknown` (PAT-3, PAT-4)."""

    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="screenings")
    answers = SealedJSONField(row="client_key")
    note = SealedTextField(blank=True, row="client_key")

    class Meta(Fact.Meta):
        ordering = ["-observed_at", "-pk"]


class Consent(Fact):
    """Counselling and consent: the text's version and both dates (PAT-5)."""

    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="consents")
    text_version = models.CharField(max_length=40)
    patient_signed_on = models.DateField("patient signed on")
    clinician_signed_on = models.DateField("clinician signed on")
    medication_guide_given = models.BooleanField("Medication Guide given", default=False)

    class Meta(Fact.Meta):
        ordering = ["-observed_at", "-pk"]


class MedicineClass(models.TextChoices):
    """PAT-6: what the monitoring form and the pre-dose questions ask about."""

    BENZODIAZEPINE = "benzodiazepine", "Benzodiazepine"
    HYPNOTIC = "hypnotic", "Non-benzodiazepine hypnotic"
    OPIOID = "opioid", "Opioid"
    STIMULANT = "stimulant", "Psychostimulant"
    MAOI = "maoi", "MAOI"
    CNS_DEPRESSANT = "cns_depressant", "Other CNS depressant"
    ANTIDEPRESSANT = "antidepressant", "Oral antidepressant"
    OTHER = "other", "Other"


class Medicine(models.Model):
    site = models.ForeignKey("clinic.Site", on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="medicines")
    name = models.CharField(max_length=120)
    medicine_class = models.CharField("class", max_length=16, choices=MedicineClass)
    dose = models.CharField(max_length=80, blank=True)
    started_on = models.DateField(null=True, blank=True)
    stopped_on = models.DateField(null=True, blank=True)
    client_key = models.UUIDField(null=True, blank=True, unique=True, help_text="Of the post that made it: a retry has one effect.")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(stopped_on__isnull=True) | Q(started_on__isnull=True) | Q(stopped_on__gte=F("started_on")),
                name="medicine_stops_after_start",
                violation_error_message="A medicine can't stop before it started.",
            )
        ]


class AntidepressantTrial(models.Model):
    """One earlier trial; TRD means at least two adequate ones without response (PAT-2)."""

    class Outcome(models.TextChoices):
        NO_RESPONSE = "none", "No response"
        PARTIAL = "partial", "Partial response"
        NOT_TOLERATED = "not_tolerated", "Not tolerated"
        RESPONSE = "response", "Response"

    site = models.ForeignKey("clinic.Site", on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="antidepressant_trials")
    drug = models.CharField(max_length=120)
    dose = models.CharField(max_length=80, blank=True)
    weeks = models.PositiveSmallIntegerField("weeks at an adequate dose")
    is_adequate = models.BooleanField("adequate dose and duration", default=True)
    outcome = models.CharField(max_length=14, choices=Outcome)
    client_key = models.UUIDField(null=True, blank=True, unique=True, help_text="Of the post that made it: a retry has one effect.")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]


class StandingParameters(models.Model):
    """Limits that a prescriber sets for one patient, with reason and end (PAT-8)."""

    site = models.ForeignKey("clinic.Site", on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="standing_parameters")
    predose_systolic = models.PositiveSmallIntegerField("pre-dose systolic up to (mmHg)", null=True, blank=True)
    predose_diastolic = models.PositiveSmallIntegerField("pre-dose diastolic up to (mmHg)", null=True, blank=True)
    high_systolic = models.PositiveSmallIntegerField("alert above systolic (mmHg)", null=True, blank=True)
    high_diastolic = models.PositiveSmallIntegerField("alert above diastolic (mmHg)", null=True, blank=True)
    low_spo2 = models.PositiveSmallIntegerField("alert below SpO₂ (%)", null=True, blank=True)
    minimum_watch_minutes = models.PositiveSmallIntegerField("minimum watch (minutes)", null=True, blank=True)
    reason = SealedTextField(max_length=300, row="client_key")
    from_on = models.DateField("from")
    until_on = models.DateField("until")
    set_at = models.DateTimeField()
    set_by = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey("clinic.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    client_key = models.UUIDField(default=uuid.uuid4, unique=True, help_text="Of the post that made it: a retry has one effect.")

    class Meta:
        ordering = ["-from_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until_on__gte=F("from_on")), name="standing_ends_after_start", violation_error_message="The end lies before the start."
            ),
            models.CheckConstraint(
                condition=Q(minimum_watch_minutes__isnull=True) | Q(minimum_watch_minutes__gte=120),
                name="standing_minimum_watch",
                violation_error_message="MON-1: at least 120 minutes.",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True) | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="standing_ended_has_both",
            ),
        ]
