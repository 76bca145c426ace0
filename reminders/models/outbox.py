"""The outbox: one row per message under a key that names the slot, and one row per attempt to send it."""

import uuid
from datetime import time

from django.db import models
from django.db.models import F, Q

from reminders.rules.kinds import Kind as KindCode


class OutboxMessage(models.Model):
    """What should reach a patient. It keeps no address and no text: both are read afresh at the moment of sending."""

    class Kind(models.TextChoices):
        BOOKED = KindCode.BOOKED, "Visit booked"
        MOVED = KindCode.MOVED, "Visit moved"
        CANCELLED = KindCode.CANCELLED, "Visit cancelled"
        THREE_DAYS = KindCode.THREE_DAYS, "Reminder, three days before"
        DAY_BEFORE = KindCode.DAY_BEFORE, "Reminder, one day before"
        MORNING = KindCode.MORNING, "Reminder, that morning"
        AFTER = KindCode.AFTER, "After the visit"
        MISSED = KindCode.MISSED, "After a missed visit"
        SUMMARY = KindCode.SUMMARY, "The booked course"
        ANSWER = KindCode.ANSWER, "Answer to a text"
        DRIVER = KindCode.DRIVER, "To the driver: ready about"

    class Channel(models.TextChoices):
        EMAIL = "email", "E-mail"
        TEXT = "text", "Text"

    class Status(models.TextChoices):
        DUE = "due", "Waiting"
        SENDING = "sending", "Being sent"
        SENT = "sent", "Sent"
        FAILED = "failed", "Failed"
        UNKNOWN = "unknown", "Unclear: it may have gone out"
        WITHDRAWN = "withdrawn", "Withdrawn"

    class Subject(models.TextChoices):
        SESSION = "session", "Session"
        COURSE = "course", "Course"
        TEXT = "text", "Answered text"

    class Withdrawal(models.TextChoices):
        """Why it was withdrawn; only what didn't fit any more may come back."""

        CHANGED = "changed", "The visit or the permission to write has changed"
        LATE = "late", "Too late to help"
        BUDGET = "budget", "The limit of texts"
        MERGED = "merged", "Told by another message"
        LEFT = "left", "A person decided to leave it"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    site = models.ForeignKey("clinic.Site", on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(
        "patients.Patient",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="messages",
        help_text="Empty: an answer to a number that is nobody's.",
    )
    session = models.ForeignKey("treatment_sessions.TreatmentSession", null=True, blank=True, on_delete=models.PROTECT, related_name="messages")
    subject_kind = models.CharField(max_length=10, choices=Subject, default=Subject.SESSION)
    subject_pk = models.BigIntegerField()
    kind = models.CharField(max_length=16, choices=Kind)
    schedule_version = models.PositiveIntegerField()
    slot_at = models.DateTimeField(null=True, blank=True, help_text="The visit's time that it tells of: a move of the chair alone is no news.")
    channel = models.CharField(max_length=8, choices=Channel)
    contact_pk = models.BigIntegerField(default=0, help_text="0: the patient; else a contact of theirs.")
    status = models.CharField(max_length=10, choices=Status, default=Status.DUE)
    due_at = models.DateTimeField()
    useless_at = models.DateTimeField()
    created_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    round = models.PositiveSmallIntegerField(default=1, help_text="Rises when a person says “send again”; part of the provider's key.")
    fence = models.PositiveIntegerField(default=0, help_text="Rises with each claim: a late worker can't write over a newer one.")
    lease_until = models.DateTimeField(null=True, blank=True)
    began_at = models.DateTimeField(null=True, blank=True, help_text="When this claim began to hand it over; before that nothing can have gone out.")
    provider = models.CharField(max_length=16, blank=True, help_text="Who was asked to deliver it; a repeat under the same key goes there.")
    sent_at = models.DateTimeField(null=True, blank=True)
    withdrawal = models.CharField(max_length=8, choices=Withdrawal, blank=True)
    why = models.CharField(max_length=200, blank=True, help_text="Of a failure, an unclear end or a withdrawal; names no patient.")

    class Meta:
        ordering = ["due_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["subject_kind", "subject_pk", "kind", "schedule_version", "channel", "contact_pk"], name="message_once"),
            models.CheckConstraint(condition=~Q(subject_kind="session") | Q(session__isnull=False), name="message_of_session_has_it"),
            models.CheckConstraint(
                condition=Q(kind="answer", subject_kind="text") | ~Q(kind="answer") & ~Q(subject_kind="text"), name="message_answer_has_text"
            ),
            models.CheckConstraint(condition=Q(kind="answer") | Q(patient__isnull=False), name="message_has_patient"),
            models.CheckConstraint(
                condition=Q(kind="driver", channel="text", contact_pk__gt=0) | ~Q(kind="driver") & Q(contact_pk=0), name="message_driver_has_contact"
            ),
            models.CheckConstraint(condition=~Q(status="sending") | Q(lease_until__isnull=False), name="message_sending_has_lease"),
            models.CheckConstraint(condition=~Q(status="sent") | Q(sent_at__isnull=False), name="message_sent_has_time"),
            models.CheckConstraint(condition=~Q(status__in=["failed", "unknown", "withdrawn"]) | ~Q(why=""), name="message_end_says_why"),
            models.CheckConstraint(
                condition=(Q(status="withdrawn") & ~Q(withdrawal="")) | (~Q(status="withdrawn") & Q(withdrawal="")),
                name="message_withdrawn_says_which",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(status="due"), name="message_due"),
            models.Index(fields=["lease_until"], condition=Q(status="sending"), name="message_sending"),
            models.Index(fields=["useless_at"], condition=Q(status="withdrawn", withdrawal="changed"), name="message_may_return"),
            models.Index(fields=["site", "-due_at"], name="message_by_site"),
            models.Index(fields=["patient", "-due_at"], name="message_by_patient"),
            models.Index(fields=["site", "status"], condition=Q(status__in=["failed", "unknown"]), name="message_for_a_person"),
        ]

    @property
    def key(self) -> str:
        """The provider's idempotency key: the same for every try of one round."""
        return f"{self.uid.hex}-{self.round}"


class SiteMessaging(models.Model):
    """How a site sends: who delivers its texts, from which number, how many a week, and its own quiet hours (MSG-1, MSG-3)."""

    class Provider(models.TextChoices):
        NONE = "", "No texts"
        HTTP = "http", "A provider that honours keys"
        TWILIO = "twilio", "Twilio"

    site = models.OneToOneField("clinic.Site", on_delete=models.PROTECT, related_name="messaging")
    provider = models.CharField("texts go by", max_length=16, choices=Provider, default=Provider.NONE, blank=True)
    sender = models.CharField("texts come from", max_length=20, blank=True)
    texts_per_week = models.PositiveSmallIntegerField("texts a week with express agreement", default=4)
    quiet_until = models.TimeField("no messages before", default=time(8, 0))
    quiet_from = models.TimeField("no messages from", default=time(21, 0))
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(provider="") | ~Q(sender=""), name="messaging_texts_have_sender", violation_error_message="Which number do they come from?"),
            models.CheckConstraint(condition=Q(texts_per_week__gte=1, texts_per_week__lte=7), name="messaging_texts_per_week", violation_error_message="Between 1 and 7."),
            models.CheckConstraint(
                condition=Q(quiet_until__gte=time(8, 0), quiet_from__lte=time(21, 0), quiet_until__lt=F("quiet_from")),
                name="messaging_within_the_law", violation_error_message="MSG-3: between 8:00 and 21:00.",
            ),
        ]  # fmt: skip


class Wording(models.Model):
    """A site's own words for one kind in one language. Never edited: a change is a new version, in force from its moment on (MSG-4)."""

    is_append_only = True

    class Language(models.TextChoices):
        ENGLISH = "en", "English"
        SPANISH = "es", "Spanish"

    site = models.ForeignKey("clinic.Site", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, choices=OutboxMessage.Kind)
    language = models.CharField(max_length=2, choices=Language)
    version = models.PositiveIntegerField()
    is_shipped = models.BooleanField(default=False, help_text="From here on the words that Vigil brings stand again.")
    subject = models.CharField(max_length=120, blank=True)
    body = models.TextField(max_length=2000, blank=True)
    text = models.CharField(max_length=300, blank=True)
    effective_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["kind", "language", "-version", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["site", "kind", "language", "version"], name="wording_version_once"),
            models.CheckConstraint(
                condition=Q(is_shipped=True, subject="", body="", text="") | (Q(is_shipped=False) & ~Q(subject="") & ~Q(body="") & ~Q(text="")),
                name="wording_has_all_its_parts",
            ),
            models.CheckConstraint(condition=Q(effective_at__gte=F("recorded_at")), name="wording_never_backdated"),
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
