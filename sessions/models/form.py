"""The REMS monitoring form owed for a session, its confirmed answers, and each attempt to send it (PMF-1…PMF-7)."""

import uuid

from django.db import models
from django.db.models import Q

from clinic.fields import SealedJSONField, SealedTextField
from clinic.sparse import Sparse
from sessions.states import FormStatus


class MonitoringForm(Sparse):
    """One revision. `answers` maps the definition's field ids to the confirmed values; a correction after sending is a new revision."""

    is_record = True

    site = models.ForeignKey("clinic.Site", on_delete=models.PROTECT, related_name="+")
    session = models.ForeignKey("treatment_sessions.TreatmentSession", on_delete=models.PROTECT, related_name="forms")
    revision = models.PositiveSmallIntegerField(default=1)
    reason = SealedTextField("why it is corrected", max_length=300, blank=True, row="client_key")
    client_key = models.UUIDField(default=uuid.uuid4, unique=True)
    confirm_key = models.UUIDField(null=True, blank=True, unique=True, help_text="Of the post that confirmed it.")
    definition_code = models.CharField(max_length=40)
    definition_sha256 = models.CharField(max_length=64)
    status = models.CharField(max_length=10, choices=FormStatus, default=FormStatus.OWED)
    treatment_on = models.DateField()
    due_on = models.DateField("due", help_text="Day 7; the day of treatment is day 0.")
    staffed_due_on = models.DateField("last staffed day", help_text="The last staffed day on or before day 7.")
    owed_at = models.DateTimeField()
    answers = SealedJSONField(default=dict, blank=True, row="client_key")
    proposals = SealedJSONField(default=dict, blank=True, row="client_key", help_text="What was proposed when it was confirmed, with its evidence.")
    completed_at = models.DateTimeField(null=True, blank=True)
    completed_by = models.ForeignKey("clinic.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    signature = models.OneToOneField("clinic.Signature", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    filed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["staffed_due_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["session", "revision"], name="form_revision_once"),
            models.CheckConstraint(
                condition=Q(status__in=[FormStatus.OWED, FormStatus.VOID]) | Q(completed_at__isnull=False, completed_by__isnull=False),
                name="form_completed_has_both",
            ),
            models.CheckConstraint(condition=~Q(status=FormStatus.FILED) | Q(filed_at__isnull=False), name="form_filed_has_time"),
            models.CheckConstraint(
                condition=Q(revision=1) | ~Q(reason=""), name="form_correction_has_reason", violation_error_message="Say what is corrected."
            ),
        ]
        indexes = [models.Index(fields=["site", "status", "staffed_due_on"], name="form_by_deadline")]


class FormSend(models.Model):
    """One attempt. "Sent" is not "filed": only proof files it; a failed send returns the form to `complete` (PMF-5)."""

    class Method(models.TextChoices):
        PORTAL = "portal", "REMS portal"
        FAX = "fax", "Fax"

    class Outcome(models.TextChoices):
        PENDING = "pending", "Waiting for proof"
        PROVEN = "proven", "Proven"
        FAILED = "failed", "Failed"

    site = models.ForeignKey("clinic.Site", on_delete=models.PROTECT, related_name="+")
    form = models.ForeignKey(MonitoringForm, on_delete=models.PROTECT, related_name="sends")
    method = models.CharField(max_length=8, choices=Method)
    sent_at = models.DateTimeField()
    sent_by = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    outcome = models.CharField(max_length=8, choices=Outcome, default=Outcome.PENDING)
    outcome_at = models.DateTimeField(null=True, blank=True)
    outcome_by = models.ForeignKey("clinic.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    proof = SealedTextField("confirmation number or fax receipt", max_length=120, blank=True, row="client_key")
    proof_file = models.ForeignKey("clinic.Attachment", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    failure = SealedTextField("what went wrong", max_length=200, blank=True, row="client_key")
    client_key = models.UUIDField(unique=True)

    class Meta:
        ordering = ["sent_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="pending", outcome_at__isnull=True, outcome_by__isnull=True)
                | (~Q(outcome="pending") & Q(outcome_at__isnull=False, outcome_by__isnull=False)),
                name="send_outcome_has_both",
            ),
            models.CheckConstraint(condition=~Q(outcome="failed") | ~Q(failure=""), name="send_failure_says_what"),
            models.CheckConstraint(condition=~Q(outcome="proven") | ~Q(proof="") | Q(proof_file__isnull=False), name="send_proven_has_proof"),
        ]


class FormBlank(models.Model):
    """An official blank PDF that the site uploaded, with the map from our field ids to the PDF's field names (PMF-7)."""

    site = models.ForeignKey("clinic.Site", on_delete=models.PROTECT, related_name="form_blanks")
    definition_code = models.CharField(max_length=40)
    attachment = models.ForeignKey("clinic.Attachment", on_delete=models.PROTECT, related_name="+")
    field_map = models.JSONField(default=dict, blank=True)
    is_active = models.BooleanField(default=True)
    uploaded_at = models.DateTimeField()
    uploaded_by = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-uploaded_at", "-pk"]
