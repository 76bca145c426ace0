"""Who went without a sign-off or by ambulance, and the safety calls that are owed afterwards (OUT-3, MON-5, MSG-7)."""

from django.db import models
from django.db.models import Q

from clinic.facts import Fact
from clinic.fields import SealedTextField


class CallWay(models.TextChoices):
    """How somebody was called when the patient went; empty: not called."""

    REACHED = "reached", "By phone: reached"
    MISSED = "missed", "By phone: not reached"
    TEXT = "text", "By text message"
    PERSON = "person", "In person"


class Departure(Fact):
    """The patient went. `observed_at` is when it was seen, `observed_by` who saw it; no gate, no signature (OUT-3)."""

    class Kind(models.TextChoices):
        LEFT = "left", "Left without sign-off"
        TRANSFERRED = "transferred", "Transferred (emergency)"

    session = models.ForeignKey("treatment_sessions.TreatmentSession", on_delete=models.PROTECT, related_name="departures")
    kind = models.CharField(max_length=12, choices=Kind)
    condition = SealedTextField("how the patient was", max_length=300, row="client_key")
    patient_called = models.CharField(max_length=8, choices=CallWay, blank=True)
    contact_called = models.CharField(max_length=8, choices=CallWay, blank=True)
    emergency_called = models.CharField(max_length=8, choices=CallWay, blank=True)
    note = SealedTextField("what was said", max_length=300, blank=True, row="client_key")
    destination = SealedTextField("where to", max_length=160, blank=True, row="client_key")
    handed_to = SealedTextField("with whom", max_length=160, blank=True, row="client_key")

    class Meta(Fact.Meta):
        ordering = ["observed_at", "pk"]
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(condition=~Q(condition=""), name="departure_says_condition", violation_error_message="Say how the patient was."),
            models.CheckConstraint(
                condition=~Q(kind="transferred") | ~Q(destination=""),
                name="departure_transfer_has_destination",
                violation_error_message="Say where to.",
            ),
        ]


class SafetyCall(models.Model):
    """A call that a clinician owes a patient, the same day (MSG-7, OUT-3). Open until a clinician closes it."""

    class Why(models.TextChoices):
        LEFT = "left", "Left without sign-off"
        MISSED = "missed", "Missed visit"
        HELD = "held", "Held visit"
        CANCELLED = "cancelled", "Cancelled visit"
        EARLY = "early", "Left early with a suicide risk"

    site = models.ForeignKey("clinic.Site", on_delete=models.PROTECT, related_name="+")
    session = models.ForeignKey("treatment_sessions.TreatmentSession", on_delete=models.PROTECT, related_name="safety_calls")
    why = models.CharField(max_length=10, choices=Why)
    owner = models.ForeignKey("clinic.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    raised_at = models.DateTimeField()
    due_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey("clinic.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    closed_how = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["due_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["session"], condition=Q(closed_at__isnull=True), name="safety_call_open_once"),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True)
                | (Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(closed_how="")),
                name="safety_call_closed_says_how",
            ),
        ]
        indexes = [models.Index(fields=["site", "due_at"], condition=Q(closed_at__isnull=True), name="safety_call_open_by_site")]


class CallAttempt(Fact):
    """One try: reached or not, and what was said. `observed_at` is when it was made."""

    call = models.ForeignKey(SafetyCall, on_delete=models.PROTECT, related_name="attempts")
    was_reached = models.BooleanField()
    note = SealedTextField(max_length=500, blank=True, row="client_key")

    class Meta(Fact.Meta):
        ordering = ["observed_at", "pk"]
