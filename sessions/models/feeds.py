"""Calendar feeds: who holds an address that calendars read, and the slots that visits have left, so that a feed can call them off."""

import uuid
from datetime import datetime

from django.db import models
from django.db.models import Q


class CalendarFeed(models.Model):
    """Of a person or of a chair. Whoever holds its token reads it: only the token's hash is stored, and revoking ends it at once."""

    class Scope(models.TextChoices):
        SITE = "site", "Every visit of the site"
        MINE = "mine", "Only visits that I watch or prescribe for"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    site = models.ForeignKey("clinic.Site", on_delete=models.PROTECT, related_name="calendar_feeds")
    user = models.ForeignKey("clinic.User", null=True, blank=True, on_delete=models.PROTECT, related_name="calendar_feeds")
    chair = models.ForeignKey("clinic.Chair", null=True, blank=True, on_delete=models.PROTECT, related_name="calendar_feeds")
    name = models.CharField(max_length=40)
    scope = models.CharField(max_length=4, choices=Scope, default=Scope.SITE)
    token_sha256 = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey("clinic.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    read_at = models.DateTimeField("last read", null=True, blank=True, help_text="To the minute.")
    is_called_off = models.BooleanField(default=False, help_text="As it was read last: all of it called off, since its person has left the site.")
    turns = models.PositiveSmallIntegerField(default=0, help_text="How often it was called off as a whole, or came back.")
    # When its person left the site; set as it is read, by sessions.queries.feeds.
    left_at: datetime | None = None

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True) | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="feed_revoked_has_both",
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=False, chair__isnull=True) | Q(user__isnull=True, chair__isnull=False, scope="site"),
                name="feed_has_one_owner",
                violation_error_message="A feed is of a person or of a chair.",
            ),
        ]
        indexes = [models.Index(fields=["site", "user"], condition=Q(revoked_at__isnull=True), name="feed_open_by_user")]

    def __str__(self) -> str:
        return self.name


class LeftSlot(models.Model):
    """Where and when a visit stood before it was moved."""

    is_append_only = True

    site = models.ForeignKey("clinic.Site", on_delete=models.PROTECT, related_name="+")
    session = models.ForeignKey("treatment_sessions.TreatmentSession", on_delete=models.PROTECT, related_name="left_slots")
    chair = models.ForeignKey("clinic.Chair", on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    schedule_version = models.PositiveIntegerField(help_text="The version that the visit had there.")
    left_at = models.DateTimeField()

    class Meta:
        ordering = ["left_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["session", "schedule_version"], name="left_slot_once")]
        indexes = [models.Index(fields=["site", "starts_at"], name="left_slot_by_site")]


class LeftHands(models.Model):
    """Whose visit it was before it was handed on: their calendar calls it off."""

    is_append_only = True

    site = models.ForeignKey("clinic.Site", on_delete=models.PROTECT, related_name="+")
    session = models.ForeignKey("treatment_sessions.TreatmentSession", on_delete=models.PROTECT, related_name="left_hands")
    monitor = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")
    left_at = models.DateTimeField()

    class Meta:
        ordering = ["left_at", "pk"]
