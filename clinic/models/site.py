"""Organisation, site, certification, chairs, opening hours and closures (SET-1, SET-5, SET-6)."""

import uuid
import zoneinfo

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q


def validate_zone(name: str) -> None:
    if name not in zoneinfo.available_timezones():
        raise ValidationError("Choose a time zone of the list, for example America/New_York.")


class Setting(models.TextChoices):
    """Where a session is held; inpatient units and emergency departments enrol nobody and owe no forms (SET-6)."""

    OUTPATIENT = "outpatient", "Outpatient healthcare setting"
    INPATIENT = "inpatient", "Inpatient unit"
    EMERGENCY = "emergency", "Emergency department"


class Organisation(models.Model):
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=200)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Site(models.Model):
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="sites")
    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    public_name = models.CharField(
        "neutral public name", max_length=60, help_text="Patients read this in messages. It must not tell what is treated (MSG-4)."
    )
    address = models.CharField(max_length=300)
    phone = models.CharField(max_length=40)
    time_zone = models.CharField(max_length=60, default="America/New_York", validators=[validate_zone])
    rems_number = models.CharField("REMS site number", max_length=40, blank=True)
    dea_number = models.CharField("DEA number", max_length=20, blank=True)
    default_setting = models.CharField(max_length=12, choices=Setting, default=Setting.OUTPATIENT)
    other_settings = models.JSONField(
        default=list, blank=True, help_text="Where else this site holds sessions (SET-6); empty: in the default setting alone."
    )
    is_archived = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def settings(self) -> list[tuple[str, str]]:
        """The settings that a session here can have, the default one first (SET-6)."""
        known = dict(Setting.choices)
        return [(name, known[name]) for name in dict.fromkeys([self.default_setting, *self.other_settings]) if name in known]

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)


class Certification(models.Model):
    """An event in the life of a site's REMS certification; it ends by an event, never by expiry (SET-1)."""

    class Kind(models.TextChoices):
        CERTIFIED = "certified", "Certified"
        RECERTIFIED = "recertified", "Re-certified by a new authorized representative"
        ENDED = "ended", "Certification ended"

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="certifications")
    kind = models.CharField(max_length=12, choices=Kind)
    happened_on = models.DateField("on")
    review_on = models.DateField("review date (a reminder only)", null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-happened_on", "-pk"]


class AuthorizedRepresentative(models.Model):
    """Who stands for the site before the REMS; a new person opens the task to re-certify (SET-5)."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="representatives")
    name = models.CharField(max_length=200)
    email = models.EmailField()
    phone = models.CharField(max_length=40, blank=True)
    from_on = models.DateField("from")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-from_on", "-pk"]


class Chair(models.Model):
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="chairs")
    name = models.CharField(max_length=40)
    position = models.PositiveSmallIntegerField(default=1)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["position", "name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["site", "name"], name="chair_name_once_per_site", violation_error_message="This site already has a chair of that name."
            )
        ]

    def __str__(self) -> str:
        return self.name


class OpeningHours(models.Model):
    """One span of a weekday (0 = Monday) in the site's zone."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="opening_hours")
    weekday = models.PositiveSmallIntegerField(
        choices=[(0, "Monday"), (1, "Tuesday"), (2, "Wednesday"), (3, "Thursday"), (4, "Friday"), (5, "Saturday"), (6, "Sunday")]
    )
    opens_at = models.TimeField("opens")
    closes_at = models.TimeField("closes")
    monitors = models.PositiveSmallIntegerField("monitors planned", null=True, blank=True, help_text="Planning keeps to it (MON-9); empty: no limit.")

    class Meta:
        ordering = ["weekday", "opens_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")),
                name="opening_hours_end_after_start",
                violation_error_message="The site must close after it opens.",
            ),
            models.UniqueConstraint(fields=["site", "weekday", "opens_at"], name="opening_hours_once"),
        ]


class Closure(models.Model):
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="closures")
    closed_on = models.DateField("closed on")
    closes_at = models.TimeField("closed from", null=True, blank=True, help_text="On the site's wall; empty: the whole day.")
    reason = models.CharField(max_length=200)

    class Meta:
        ordering = ["-closed_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["site", "closed_on"], name="closure_once_a_day", violation_error_message="That day is already marked as closed."
            )
        ]
