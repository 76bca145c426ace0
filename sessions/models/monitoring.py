"""What is seen over the two hours: checks, rounds, events and the alerts they raise (MON-3…MON-8)."""

from django.db import models
from django.db.models import Q

from clinic.facts import Fact
from clinic.fields import SealedTextField


class Dissociation(models.TextChoices):
    NONE = "none", "None"
    MILD = "mild", "Mild"
    MODERATE = "moderate", "Moderate"
    SEVERE = "severe", "Severe"


class Breathing(models.TextChoices):
    NORMAL = "normal", "Normal"
    SHALLOW = "shallow", "Slow or shallow"
    LABOURED = "laboured", "Laboured"


class Nausea(models.TextChoices):
    NONE = "none", "None"
    MILD = "mild", "Mild"
    VOMITING = "vomiting", "Vomiting"


class Observation(Fact):
    """One check. Any value may be "not obtained": then it is empty and `not_obtained` maps its field to the reason (MON-7)."""

    class Kind(models.TextChoices):
        BASELINE = "baseline", "Before the dose"
        PLANNED = "planned", "Planned check"
        EXTRA = "extra", "Extra check"
        REPEAT = "repeat", "Repeat after an alert"
        FINAL = "final", "Before leaving"

    session = models.ForeignKey("treatment_sessions.TreatmentSession", on_delete=models.PROTECT, related_name="observations")
    kind = models.CharField(max_length=10, choices=Kind)
    planned_minute = models.PositiveSmallIntegerField(null=True, blank=True)
    systolic = models.PositiveSmallIntegerField("systolic (mmHg)", null=True, blank=True)
    diastolic = models.PositiveSmallIntegerField("diastolic (mmHg)", null=True, blank=True)
    pulse = models.PositiveSmallIntegerField("pulse (per minute)", null=True, blank=True)
    spo2 = models.PositiveSmallIntegerField("SpO₂ (%)", null=True, blank=True)
    breaths = models.PositiveSmallIntegerField("breaths (per minute)", null=True, blank=True)
    breathing = models.CharField(max_length=10, choices=Breathing, blank=True)
    sedation = models.PositiveSmallIntegerField("sedation (MOAA/S 0–5)", null=True, blank=True)
    dissociation = models.CharField(max_length=10, choices=Dissociation, blank=True)
    cadss = models.PositiveSmallIntegerField("CADSS (0–92)", null=True, blank=True)
    nausea = models.CharField(max_length=10, choices=Nausea, blank=True)
    urgent_signs = models.JSONField("urgent signs (MON-5)", default=list, blank=True)
    not_obtained = models.JSONField(default=dict, blank=True)
    note = SealedTextField(max_length=500, blank=True, row="client_key")

    class Meta(Fact.Meta):
        ordering = ["observed_at", "pk"]
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(
                condition=Q(systolic__isnull=True) | Q(diastolic__isnull=True) | Q(systolic__gt=models.F("diastolic")),
                name="observation_pressure_possible",
            ),
            models.CheckConstraint(condition=Q(spo2__isnull=True) | Q(spo2__lte=100), name="observation_spo2_possible"),
            models.CheckConstraint(condition=Q(sedation__isnull=True) | Q(sedation__lte=5), name="observation_sedation_possible"),
            models.CheckConstraint(condition=Q(cadss__isnull=True) | Q(cadss__lte=92), name="observation_cadss_possible"),
        ]
        indexes = [models.Index(fields=["session", "observed_at"], name="observation_by_time")]


class Round(Fact):
    """One tap between checks: seen, awake, breathing (MON-3)."""

    session = models.ForeignKey("treatment_sessions.TreatmentSession", on_delete=models.PROTECT, related_name="rounds")

    class Meta(Fact.Meta):
        ordering = ["observed_at", "pk"]


class SessionEvent(Fact):
    """One tap: something began, ended or was given (MON-8); carries the form's onset and resolution."""

    class Kind(models.TextChoices):
        SEDATION_BEGAN = "sedation_began", "Sedation began"
        SEDATION_ENDED = "sedation_ended", "Sedation ended"
        DISSOCIATION_BEGAN = "dissociation_began", "Dissociation began"
        DISSOCIATION_ENDED = "dissociation_ended", "Dissociation ended"
        BREATHING_BEGAN = "breathing_began", "Breathing trouble began"
        BREATHING_ENDED = "breathing_ended", "Breathing trouble ended"
        CLINICALLY_READY = "clinically_ready", "Clinically ready to leave"
        MEASURE_GIVEN = "measure_given", "Medicine or measure given"
        STOPPED_EARLY = "stopped_early", "Dosing stopped early"
        OPEN_LATE = "open_late", "Still open after closing"
        PAPER = "paper", "Typed in from paper"
        FEELS_GOOD = "feels_good", "The patient feels good"
        FEELS_SO_SO = "feels_so_so", "The patient feels so-so"
        FEELS_BAD = "feels_bad", "The patient feels bad"
        NOTE = "note", "Note"

    session = models.ForeignKey("treatment_sessions.TreatmentSession", on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=20, choices=Kind)
    what = SealedTextField("what", max_length=200, blank=True, row="client_key")
    dose = models.CharField(max_length=80, blank=True)
    route = models.CharField(max_length=40, blank=True)
    ordered_by = models.ForeignKey("clinic.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    effect = SealedTextField(max_length=200, blank=True, row="client_key")

    class Meta(Fact.Meta):
        ordering = ["observed_at", "pk"]


class Alert(models.Model):
    """A reading beyond the limits (MON-6). Acknowledging silences; only a good repeat or a prescriber's note closes."""

    class Tier(models.TextChoices):
        HIGH = "high", "High"
        CRITICAL = "critical", "Critical"

    site = models.ForeignKey("clinic.Site", on_delete=models.PROTECT, related_name="+")
    session = models.ForeignKey("treatment_sessions.TreatmentSession", on_delete=models.PROTECT, related_name="alerts")
    observation = models.ForeignKey(Observation, on_delete=models.PROTECT, related_name="alerts")
    tier = models.CharField(max_length=8, choices=Tier)
    what = models.CharField(max_length=20, help_text="The field of the reading, or the urgent sign.")
    text = models.CharField(max_length=200)
    raised_at = models.DateTimeField()
    repeat_due_at = models.DateTimeField(null=True, blank=True)
    escalated_at = models.DateTimeField(null=True, blank=True, help_text="A repeat was beyond the limits again; a repeat not taken is derived.")
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey("clinic.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey("clinic.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    closed_how = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["raised_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["observation", "what"], name="alert_once_per_reading"),
            models.CheckConstraint(
                condition=Q(acknowledged_at__isnull=True, acknowledged_by__isnull=True)
                | Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False),
                name="alert_acknowledged_has_both",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True)
                | (Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(closed_how="")),
                name="alert_closed_says_how",
            ),
        ]
        indexes = [models.Index(fields=["session"], condition=Q(closed_at__isnull=True), name="alert_open")]
