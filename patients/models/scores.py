"""Rating scales as they were answered (PHQ-9, MADRS), and what a clinician did about a positive suicide item (DOS-3, DOS-4)."""

import uuid

from django.db import models
from django.db.models import Q

from clinic.facts import Fact
from clinic.fields import SealedJSONField, SealedTextField


class Assessment(Fact):
    """One scale on one day. `answers` maps the ids of patients/scale_definitions to numbers; without every item there is no total.

    A correction is a new row of the same `case`. A positive suicide item is judged by the policy of its day, once, when it is written.
    """

    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="assessments")
    case = models.UUIDField(default=uuid.uuid4, db_index=True)
    instrument = models.CharField(max_length=12)
    version = models.PositiveSmallIntegerField(default=1)
    observed_on = models.DateField("day", help_text="The site's date of `observed_at`; visits are related by day.")
    answers = SealedJSONField(row="client_key")
    total = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Empty: incomplete.")
    is_suicide_positive = models.BooleanField(null=True, blank=True, help_text="Empty: the item wasn't answered.")

    class Meta(Fact.Meta):
        ordering = ["-observed_at", "-pk"]
        indexes = [
            models.Index(fields=["patient", "observed_at"], name="assessment_by_patient"),
            models.Index(fields=["site"], condition=Q(is_suicide_positive=True), name="assessment_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.instrument} of {self.observed_on}"


class RiskAnswer(Fact):
    """What a clinician did about a positive suicide item; from then on it is no longer red."""

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="risk_answers")
    case = models.UUIDField(db_index=True)
    done = SealedTextField("what was done", max_length=500, row="client_key")

    class Meta(Fact.Meta):
        ordering = ["observed_at", "pk"]
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(condition=~Q(done=""), name="risk_answer_says_what", violation_error_message="Say what was done."),
        ]
