"""Who is on site, from when to when (SET-2); presence lapses at closing."""

from django.db import models
from django.db.models import F, Q


class DutyPeriod(models.Model):
    class EndedBy(models.TextChoices):
        PERSON = "person", "Left"
        CLOSING = "closing", "Lapsed at closing"

    site = models.ForeignKey("clinic.Site", on_delete=models.PROTECT, related_name="duty_periods")
    membership = models.ForeignKey("clinic.Membership", on_delete=models.PROTECT, related_name="duty_periods")
    is_prescriber = models.BooleanField(help_text="The role at the time; a later change of role rewrites no presence.")
    came_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)
    lapses_at = models.DateTimeField(help_text="Closing of the day on which the person came.")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey("clinic.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-came_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(left_at__isnull=True) | Q(left_at__gte=F("came_at")),
                name="duty_ends_after_start",
                violation_error_message="Nobody leaves before they came.",
            ),
            models.CheckConstraint(condition=Q(lapses_at__gt=F("came_at")), name="duty_lapses_after_start"),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True, confirmed_by__isnull=True) | Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
                name="duty_confirmed_has_both",
            ),
            models.UniqueConstraint(
                fields=["membership"],
                condition=Q(left_at__isnull=True),
                name="duty_open_once",
                violation_error_message="This person is on site already.",
            ),
        ]
        indexes = [models.Index(fields=["site", "is_prescriber", "came_at"], name="duty_by_site")]
