"""An emergency: one press, then whose it is, what was done, and how it ended (MON-5)."""

from django.db import models
from django.db.models import F, Q

from clinic.facts import Fact, RecordedVia
from clinic.fields import SealedTextField


class Emergency(models.Model):
    """The press is never refused and needs nothing: place, patient and session may follow. It is loud until somebody ends it."""

    is_record = True

    class Outcome(models.TextChoices):
        SETTLED = "settled", "Settled here"
        TRANSFERRED = "transferred", "Taken to hospital"
        DIED = "died", "The patient died"
        FALSE_ALARM = "false_alarm", "False alarm"
        OTHER = "other", "Something else"

    site = models.ForeignKey("clinic.Site", on_delete=models.PROTECT, related_name="emergencies")
    session = models.ForeignKey("treatment_sessions.TreatmentSession", null=True, blank=True, on_delete=models.PROTECT, related_name="emergencies")
    patient = models.ForeignKey("patients.Patient", null=True, blank=True, on_delete=models.PROTECT, related_name="emergencies")
    chair = models.ForeignKey("clinic.Chair", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    place = models.CharField(max_length=80, blank=True, help_text="Where, when it is no chair.")
    pressed_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    recorded_via = models.CharField(max_length=8, choices=RecordedVia, default=RecordedVia.PERSON)
    recorded_by = models.ForeignKey("clinic.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    client_key = models.UUIDField(unique=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey("clinic.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=12, choices=Outcome, blank=True)
    outcome_reason = SealedTextField(max_length=300, blank=True, row="client_key")

    class Meta:
        ordering = ["-pressed_at", "-pk"]
        verbose_name_plural = "emergencies"
        constraints = [
            models.CheckConstraint(condition=Q(pressed_at__lte=F("recorded_at")), name="emergency_not_in_future"),
            models.CheckConstraint(
                condition=Q(recorded_via=RecordedVia.PERSON, recorded_by__isnull=False)
                | (~Q(recorded_via=RecordedVia.PERSON) & Q(recorded_by__isnull=True)),
                name="emergency_has_one_recorder",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True, outcome="")
                | (Q(ended_at__gte=F("pressed_at"), ended_by__isnull=False) & ~Q(outcome="")),
                name="emergency_ends_with_outcome",
            ),
            models.CheckConstraint(
                condition=~Q(outcome__in=["false_alarm", "other"]) | ~Q(outcome_reason=""),
                name="emergency_outcome_has_reason",
                violation_error_message="Say why.",
            ),
            models.CheckConstraint(condition=Q(session__isnull=True) | Q(patient__isnull=False), name="emergency_session_has_patient"),
        ]
        indexes = [models.Index(fields=["site"], condition=Q(ended_at__isnull=True), name="emergency_open")]

    def __str__(self) -> str:
        return f"Emergency {self.pk}"

    @property
    def where(self) -> str:
        """The chair or the place; empty while nobody has said it."""
        return str(self.chair) if self.chair is not None else self.place


class EmergencyEntry(Fact):
    """What was done in an emergency, and what is told of it afterwards: one row each, in order of time."""

    class Kind(models.TextChoices):
        CALLED = "called", "911 called"
        PRESCRIBER = "prescriber", "Prescriber with the patient"
        KIT = "kit", "Emergency kit with the patient"
        DOOR = "door", "Somebody waits at the door"
        AMBULANCE = "ambulance", "Ambulance here"
        GONE = "gone", "Ambulance gone with the patient"
        MEASURE = "measure", "Done or given"
        WHAT = "what", "What happened"
        CAME = "came", "Who came"

    emergency = models.ForeignKey(Emergency, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=10, choices=Kind)
    text = SealedTextField(max_length=1000, blank=True, row="client_key")

    class Meta(Fact.Meta):
        ordering = ["observed_at", "pk"]
