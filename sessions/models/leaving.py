"""Readiness, the signed discharge, and what was added afterwards (OUT-1, OUT-2)."""

from django.db import models
from django.db.models import F, Q

from clinic.facts import Fact
from clinic.fields import SealedJSONField, SealedTextField


class ReadinessCheck(Fact):
    """The items of OUT-1 answered one by one: `answers` by item id (sessions.rules.readiness)."""

    session = models.ForeignKey("treatment_sessions.TreatmentSession", on_delete=models.PROTECT, related_name="readiness_checks")
    schema = models.PositiveSmallIntegerField(default=1)
    answers = SealedJSONField(row="client_key")

    class Meta(Fact.Meta):
        ordering = ["observed_at", "pk"]


class Discharge(models.Model):
    """The sign-off. One per session; bound to its content by the signature; leaving early by two of them (OUT-3)."""

    is_append_only = True

    site = models.ForeignKey("clinic.Site", on_delete=models.PROTECT, related_name="+")
    session = models.OneToOneField("treatment_sessions.TreatmentSession", on_delete=models.PROTECT, related_name="discharge")
    readiness = models.OneToOneField(ReadinessCheck, on_delete=models.PROTECT, related_name="+")
    discharged_at = models.DateTimeField()
    discharged_by = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    is_early = models.BooleanField(default=False)
    early_reason = SealedTextField(max_length=300, blank=True, row="client_key")
    second_signer = models.ForeignKey(
        "clinic.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text="The prescriber who signed beside, leaving early."
    )
    client_key = models.UUIDField(unique=True)

    class Meta:
        ordering = ["discharged_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_early=False, second_signer__isnull=True)
                | (Q(is_early=True, second_signer__isnull=False) & ~Q(early_reason="") & ~Q(second_signer=F("discharged_by"))),
                name="discharge_early_has_reason_and_second",
                violation_error_message="Leaving early needs a reason and a second person's signature.",
            )
        ]


class Addendum(Fact):
    """A late fact or a correction after the signature: a new row with author and reason, itself signed."""

    session = models.ForeignKey("treatment_sessions.TreatmentSession", on_delete=models.PROTECT, related_name="addenda")
    text = SealedTextField(max_length=2000, row="client_key")

    class Meta(Fact.Meta):
        ordering = ["recorded_at", "pk"]
