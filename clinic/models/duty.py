"""Who is on site, from when to when (SET-2); presence lapses at closing. What was said later is kept beside it."""

from django.db import models
from django.db.models import F, Q

from clinic.rules.presence import awaits_word, is_proof


class DutyPeriod(models.Model):
    class EndedBy(models.TextChoices):
        PERSON = "person", "Left"
        CLOSING = "closing", "Lapsed at closing"

    site = models.ForeignKey("clinic.Site", on_delete=models.PROTECT, related_name="duty_periods")
    membership = models.ForeignKey("clinic.Membership", on_delete=models.PROTECT, related_name="duty_periods")
    is_prescriber = models.BooleanField(help_text="The role at the time; a later change of role rewrites no presence.")
    came_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)
    left_recorded_at = models.DateTimeField(null=True, blank=True, help_text="Empty: nobody said so, it lapsed.")
    left_recorded_by = models.ForeignKey("clinic.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    handed_to = models.ForeignKey(
        "clinic.Membership", null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text="Who was named to be here from then on."
    )
    lapses_at = models.DateTimeField(help_text="Closing of the day on which the person came.")
    leaves_at = models.DateTimeField(null=True, blank=True, help_text="When they plan to leave (DOS-9); empty: at closing.")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True, help_text="What somebody else wrote is no proof until the person says so.")
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
                condition=Q(leaves_at__isnull=True) | Q(leaves_at__gt=F("came_at")),
                name="duty_plan_after_start",
                violation_error_message="Nobody plans to leave before they came.",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True, confirmed_by__isnull=True) | Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
                name="duty_confirmed_has_both",
            ),
            models.CheckConstraint(
                condition=Q(left_recorded_at__isnull=True, left_recorded_by__isnull=True)
                | Q(left_recorded_at__isnull=False, left_recorded_by__isnull=False, left_at__isnull=False),
                name="duty_left_recorded_has_both",
            ),
            models.CheckConstraint(condition=Q(handed_to__isnull=True) | Q(left_at__isnull=False), name="duty_handed_on_at_leaving"),
            models.UniqueConstraint(
                fields=["membership"],
                condition=Q(left_at__isnull=True),
                name="duty_open_once",
                violation_error_message="This person is on site already.",
            ),
        ]
        indexes = [models.Index(fields=["site", "is_prescriber", "came_at"], name="duty_by_site")]

    @property
    def is_proof(self) -> bool:
        """Read it with `membership` at hand."""
        return is_proof(person=self.membership.user_id, recorded_by=self.recorded_by_id, confirmed_at=self.confirmed_at)

    @property
    def awaits_word(self) -> bool:
        return self.is_prescriber and awaits_word(
            person=self.membership.user_id, recorded_by=self.recorded_by_id, confirmed_at=self.confirmed_at,
            left_recorded_by=self.left_recorded_by_id, left_recorded_at=self.left_recorded_at,
        )  # fmt: skip


class DutyCorrection(models.Model):
    """A stay written down or changed afterwards by the person themselves: both times stay on record, with the reason."""

    is_append_only = True

    site = models.ForeignKey("clinic.Site", on_delete=models.PROTECT, related_name="+")
    period = models.ForeignKey(DutyPeriod, on_delete=models.PROTECT, related_name="corrections")
    came_before = models.DateTimeField(null=True, help_text="Empty: the stay was not on record at all.")
    came_after = models.DateTimeField()
    left_before = models.DateTimeField(null=True)
    left_after = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")
    client_key = models.UUIDField(unique=True)

    class Meta:
        ordering = ["recorded_at", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="duty_correction_has_reason")]
