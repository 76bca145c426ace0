"""The outbox: one row per message under a key that names the slot, and one row per attempt to send it."""

import uuid

from django.db import models
from django.db.models import Q


class OutboxMessage(models.Model):
    """What should reach a patient. It keeps no address and no text: both are read afresh at the moment of sending."""

    class Kind(models.TextChoices):
        DAY_BEFORE = "day_before", "Reminder, one day before"

    class Channel(models.TextChoices):
        EMAIL = "email", "E-mail"

    class Status(models.TextChoices):
        DUE = "due", "Waiting"
        SENDING = "sending", "Being sent"
        SENT = "sent", "Sent"
        FAILED = "failed", "Failed"
        UNKNOWN = "unknown", "Unclear: it may have gone out"
        WITHDRAWN = "withdrawn", "Withdrawn"

    class Subject(models.TextChoices):
        SESSION = "session", "Session"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False, help_text="The provider's idempotency key.")
    site = models.ForeignKey("clinic.Site", on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="messages")
    session = models.ForeignKey("treatment_sessions.TreatmentSession", on_delete=models.PROTECT, related_name="messages")
    subject_kind = models.CharField(max_length=10, choices=Subject, default=Subject.SESSION)
    subject_pk = models.BigIntegerField()
    kind = models.CharField(max_length=16, choices=Kind)
    schedule_version = models.PositiveIntegerField()
    channel = models.CharField(max_length=8, choices=Channel)
    contact_pk = models.BigIntegerField(default=0, help_text="0: the patient; else a contact of theirs.")
    status = models.CharField(max_length=10, choices=Status, default=Status.DUE)
    due_at = models.DateTimeField()
    useless_at = models.DateTimeField()
    created_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    fence = models.PositiveIntegerField(default=0, help_text="Rises with each claim: a late worker can't write over a newer one.")
    lease_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    why = models.CharField(max_length=200, blank=True, help_text="Of a failure, an unclear end or a withdrawal; names no patient.")

    class Meta:
        ordering = ["due_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["subject_kind", "subject_pk", "kind", "schedule_version", "channel", "contact_pk"], name="message_once"),
            models.CheckConstraint(condition=~Q(status="sending") | Q(lease_until__isnull=False), name="message_sending_has_lease"),
            models.CheckConstraint(condition=~Q(status="sent") | Q(sent_at__isnull=False), name="message_sent_has_time"),
            models.CheckConstraint(condition=~Q(status__in=["failed", "unknown", "withdrawn"]) | ~Q(why=""), name="message_end_says_why"),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(status="due"), name="message_due"),
            models.Index(fields=["lease_until"], condition=Q(status="sending"), name="message_sending"),
            models.Index(fields=["site", "-due_at"], name="message_by_site"),
        ]


class SendAttempt(models.Model):
    """One try, written when it ended; `fence` says which claim it belonged to."""

    is_append_only = True

    site = models.ForeignKey("clinic.Site", on_delete=models.PROTECT, related_name="+")
    message = models.ForeignKey(OutboxMessage, on_delete=models.PROTECT, related_name="tries")
    fence = models.PositiveIntegerField()
    ended_at = models.DateTimeField()
    outcome = models.CharField(max_length=12)
    detail = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["ended_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["message", "fence"], name="attempt_once_per_claim")]
