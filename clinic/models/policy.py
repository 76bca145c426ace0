"""What a site has decided, by effective date: an old session is judged by what was in force on its day."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from clinic.roles import LICENSED
from clinic.sparse import Sparse


def default_check_minutes() -> list[int]:
    return [0, 40, 120]


def default_signing_credentials() -> list[str]:
    return [str(credential) for credential in LICENSED]


def default_second_factor() -> bool:
    """On, but in demonstrations and tests, whose people have a password alone."""
    return bool(settings.IS_PRODUCTION)


def validate_minutes(minutes: object) -> None:
    """The planned checks: whole minutes that start at 0 and rise (MON-3)."""
    good = isinstance(minutes, list) and all(isinstance(minute, int) and 0 <= minute <= 600 for minute in minutes)
    if not good or not minutes or minutes != sorted(set(minutes)) or minutes[0] != 0:
        raise ValidationError("List the minutes of the checks in rising order and begin with 0, for example 0, 40, 120.")


class Anchor(models.TextChoices):
    """From which device a clock counts (MON-2)."""

    FIRST_DEVICE = "first_device", "the first device"
    LAST_DEVICE = "last_device", "the last device"


class SitePolicy(Sparse):
    """One version; never edited after its day has begun: a change is a new version."""

    site = models.ForeignKey("clinic.Site", on_delete=models.PROTECT, related_name="policies")
    effective_on = models.DateField("in force from")
    gate_anchor = models.CharField("the two hours count from", max_length=12, choices=Anchor, default=Anchor.LAST_DEVICE)
    minimum_watch_minutes = models.PositiveSmallIntegerField("minimum watch (minutes)", default=120)
    check_minutes = models.JSONField("planned checks (minutes)", default=default_check_minutes, validators=[validate_minutes])
    check_anchor = models.CharField("checks count from", max_length=12, choices=Anchor, default=Anchor.FIRST_DEVICE)
    check_grace_minutes = models.PositiveSmallIntegerField("grace of a check (minutes)", default=5)
    check_after_minutes = models.PositiveSmallIntegerField("after the last planned check, one every (minutes)", default=30)
    final_check_minutes = models.PositiveSmallIntegerField("final check not older than (minutes)", default=15)
    round_minutes = models.PositiveSmallIntegerField("a round every (minutes)", default=15)
    late_entry_minutes = models.PositiveSmallIntegerField("late entry over (minutes)", default=10)
    predose_max_age_minutes = models.PositiveSmallIntegerField("pre-dose vitals not older than (minutes)", default=30)
    rest_minutes = models.PositiveSmallIntegerField("rest after each device (minutes)", default=5)
    predose_systolic = models.PositiveSmallIntegerField("weigh the dose above systolic (mmHg)", default=140)
    predose_diastolic = models.PositiveSmallIntegerField("weigh the dose above diastolic (mmHg)", default=90)
    high_systolic = models.PositiveSmallIntegerField("high: systolic above (mmHg)", default=160)
    high_diastolic = models.PositiveSmallIntegerField("high: diastolic above (mmHg)", default=100)
    critical_systolic = models.PositiveSmallIntegerField("critical: systolic above (mmHg)", default=200)
    critical_diastolic = models.PositiveSmallIntegerField("critical: diastolic above (mmHg)", default=120)
    low_spo2 = models.PositiveSmallIntegerField("high: SpO₂ below (%)", default=93)
    critical_spo2 = models.PositiveSmallIntegerField("critical: SpO₂ below (%)", default=90)
    critical_moaas = models.PositiveSmallIntegerField("critical: MOAA/S at or below", default=2)
    visit_before_minutes = models.PositiveSmallIntegerField("a visit begins before the dose by (minutes)", default=30)
    visit_after_minutes = models.PositiveSmallIntegerField("a visit lasts after the dose (minutes)", default=150)
    minimum_gap_days = models.PositiveSmallIntegerField("days from one visit of a patient to the next, at least", default=2)
    chairs_per_monitor = models.PositiveSmallIntegerField("chairs watched per monitor, at most", default=4)
    moves_by_link = models.BooleanField("a patient’s wish to move is granted at once, without the desk", default=False)
    intake_step_days = models.PositiveSmallIntegerField("a step of an intake is slow after (days)", default=7)
    benefit_review_weeks = models.PositiveSmallIntegerField("after the first, a benefit review every (weeks)", default=12)
    madrs_suicide_from = models.PositiveSmallIntegerField("MADRS: suicidal thoughts count from the answer", default=2)
    lock_after_minutes = models.PositiveSmallIntegerField("lock a sign-in after nothing was done for (minutes)", default=10)
    sign_in_hours = models.PositiveSmallIntegerField("a sign-in ends after (hours)", default=12)
    signing_credentials = models.JSONField("may sign a discharge", default=default_signing_credentials)
    second_factor = models.BooleanField("staff sign in in two steps: the password and a code, or a passkey", default=default_second_factor)
    both_to_sign = models.BooleanField("the first signature of a sign-in, and each of a second person, asks for both", default=default_second_factor)
    reason = models.CharField("why it was changed", max_length=300, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey("clinic.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-effective_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["site", "effective_on"], name="policy_once_a_day", violation_error_message="A version already begins on that day."
            ),
            models.CheckConstraint(
                condition=Q(minimum_watch_minutes__gte=120), name="policy_minimum_watch", violation_error_message="MON-1: at least 120 minutes."
            ),
            models.CheckConstraint(
                condition=Q(critical_systolic__gte=F("high_systolic"))
                & Q(critical_diastolic__gte=F("high_diastolic"))
                & Q(critical_spo2__lte=F("low_spo2")),
                name="policy_critical_beyond_high",
                violation_error_message="A critical limit must lie beyond the high one.",
            ),
        ]
