"""What is asked before the dose, afresh each time (PRE-1…PRE-5): one fact row per posted step."""

from django.db import models

from clinic.facts import Fact
from clinic.fields import SealedJSONField


class IdentityCheck(Fact):
    """Two identifiers spoken by the patient and matched: at arrival and before the first device (PRE-5)."""

    class Moment(models.TextChoices):
        ARRIVAL = "arrival", "At arrival"
        DOSE = "dose", "Before the first device"

    session = models.ForeignKey("treatment_sessions.TreatmentSession", on_delete=models.PROTECT, related_name="identity_checks")
    moment = models.CharField(max_length=8, choices=Moment)
    said_name = models.BooleanField()
    said_birth_date = models.BooleanField()

    class Meta(Fact.Meta):
        ordering = ["observed_at", "pk"]


class PreDoseCheck(Fact):
    """The answers of one pre-dose round by question id (sessions.rules.questions); the vitals are an Observation of kind `baseline`."""

    session = models.ForeignKey("treatment_sessions.TreatmentSession", on_delete=models.PROTECT, related_name="predose_checks")
    schema = models.PositiveSmallIntegerField(default=1)
    answers = SealedJSONField(row="client_key")

    class Meta(Fact.Meta):
        ordering = ["observed_at", "pk"]
