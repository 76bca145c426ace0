"""The packets for the day the screens are dark: their passphrase, sealed, and the last of each kind."""

from django.db import models
from django.db.models import Q


class DowntimeKit(models.Model):
    """A site has packets once an administrator has set the passphrase that opens them. It is kept sealed and never shown."""

    site = models.OneToOneField("clinic.Site", on_delete=models.PROTECT, related_name="downtime_kit")
    sealed = models.BinaryField()
    set_at = models.DateTimeField()
    set_by = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")


class DowntimePacket(models.Model):
    """The state of one kind of packet, no fact: each one that was made is in the audit trail."""

    class Kind(models.TextChoices):
        PLAN = "plan", "The next day, made each evening"
        TODAY = "today", "Today, made every hour"

    site = models.ForeignKey("clinic.Site", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=5, choices=Kind)
    tried_at = models.DateTimeField(null=True, blank=True)
    made_at = models.DateTimeField(null=True, blank=True)
    day = models.DateField(null=True, blank=True)
    file_name = models.CharField(max_length=60, blank=True, help_text="Of a day and a kind; never of a person.")
    sessions = models.PositiveSmallIntegerField(default=0)
    pages = models.PositiveSmallIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    why = models.CharField(max_length=200, blank=True, help_text="Why the last try failed; empty when it didn't.")

    class Meta:
        ordering = ["site", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["site", "kind"], name="downtime_packet_once"),
            models.CheckConstraint(
                condition=Q(made_at__isnull=True, day__isnull=True, file_name="") | (Q(made_at__isnull=False, day__isnull=False) & ~Q(file_name="")),
                name="downtime_packet_made",
            ),
        ]
