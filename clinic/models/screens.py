"""Enrolled screens: the wall, a room's clocks, a patient's tablet, a tablet of the staff. They show no identity and sign in as nobody."""

from django.db import models
from django.db.models import Q


class Screen(models.Model):
    """Whoever holds its token holds the screen: only the token's hash is stored, and revoking ends it at once."""

    class Kind(models.TextChoices):
        WALL = "wall", "Wall: every chair, from five metres"
        ROOM = "room", "Room: one chair’s clocks"
        PATIENT = "patient", "Patient: time left, help, how they feel"
        TABLET = "tablet", "Staff: locked board, opened by PIN"

    site = models.ForeignKey("clinic.Site", on_delete=models.PROTECT, related_name="screens")
    name = models.CharField(max_length=40)
    kind = models.CharField(max_length=8, choices=Kind)
    chair = models.ForeignKey("clinic.Chair", null=True, blank=True, on_delete=models.PROTECT, related_name="screens")
    token_sha256 = models.CharField(max_length=64, unique=True)
    enrolled_at = models.DateTimeField()
    enrolled_by = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey("clinic.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    seen_at = models.DateTimeField("last seen", null=True, blank=True, help_text="To the minute.")

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True) | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="screen_revoked_has_both",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["wall", "tablet"], chair__isnull=True) | (~Q(kind__in=["wall", "tablet"]) & Q(chair__isnull=False)),
                name="screen_chair_fits_kind",
                violation_error_message="A wall and a staff tablet show every chair; the others show one.",
            ),
            models.UniqueConstraint(
                fields=["site", "name"],
                condition=Q(revoked_at__isnull=True),
                name="screen_name_once",
                violation_error_message="This site already has a screen of that name.",
            ),
        ]

    def __str__(self) -> str:
        return self.name
