"""Notices that the watchman and others raise, and his sign of life; a rulebook task is a notice with a due time."""

from django.db import models
from django.db.models import Q


class Notice(models.Model):
    """Something that somebody must see. Open ones are unique per kind and target, so that raising twice has one effect."""

    site = models.ForeignKey("clinic.Site", on_delete=models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=40)
    rule = models.CharField(max_length=10)
    target_kind = models.CharField(max_length=40)
    target_pk = models.BigIntegerField()
    discriminator = models.CharField(max_length=40, blank=True, help_text="Tells two of a kind on one target apart, such as the minute of a check.")
    text = models.CharField(max_length=300, help_text="No patient's name, drug or diagnosis.")
    owner = models.ForeignKey("clinic.User", null=True, blank=True, on_delete=models.PROTECT, related_name="notices")
    raised_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_how = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["due_at", "raised_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["site", "kind", "target_kind", "target_pk", "discriminator"], condition=Q(resolved_at__isnull=True), name="notice_open_once"
            )
        ]
        indexes = [models.Index(fields=["site"], condition=Q(resolved_at__isnull=True), name="notice_open_by_site")]


class Heartbeat(models.Model):
    """When a background part last did its round: `watchman`, `sweep`, `sender`. The board says when one is silent."""

    name = models.CharField(max_length=40, primary_key=True)
    beat_at = models.DateTimeField()
