"""The devices a patient has used, and the second person who vouches for a late one (DOS-1, DOS-2, DEV-1, SET-9, OUT-4)."""

from django.db import models
from django.db.models import Q

from clinic.facts import Fact


class Route(models.TextChoices):
    """DEV-1: the two never mix."""

    PATIENT_NAMED = "patient", "Patient-named, from a certified pharmacy"
    BULK = "bulk", "Bulk stock of the site"


class DeviceUse(Fact):
    """One device. `observed_at` is when the patient began it; `observed_by` is who watched."""

    session = models.ForeignKey("treatment_sessions.TreatmentSession", on_delete=models.PROTECT, related_name="device_uses")
    number = models.PositiveSmallIntegerField("device")
    route = models.CharField(max_length=8, choices=Route)
    lot = models.CharField(max_length=40, blank=True, help_text="Empty: not known; the device was given all the same.")
    expires_on = models.DateField("expiry", null=True, blank=True)
    sprays = models.PositiveSmallIntegerField(default=2)
    indicator_ok = models.BooleanField("indicator: two dots before, none after", default=True)
    has_failed = models.BooleanField("device failed", default=False)
    label_checked = models.BooleanField("label checked against the patient", default=False)
    counts_from = models.DateTimeField(
        null=True, blank=True, help_text="Written down late by one person: the discharge gate counts from here until a second one confirms (OUT-4)."
    )

    class Meta(Fact.Meta):
        ordering = ["number", "observed_at", "pk"]
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(condition=Q(sprays__lte=2), name="device_sprays_0_to_2", violation_error_message="A device holds two sprays."),
            models.CheckConstraint(condition=Q(number__gte=1, number__lte=12), name="device_number_sane"),
        ]


class DeviceConfirmation(Fact):
    """A second person vouches for the time of a device that was written down late (OUT-4). `recorded_by` is whose page it was."""

    session = models.ForeignKey("treatment_sessions.TreatmentSession", on_delete=models.PROTECT, related_name="device_confirmations")
    device = models.OneToOneField(DeviceUse, on_delete=models.PROTECT, related_name="confirmation")
    second = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")

    class Meta(Fact.Meta):
        ordering = ["recorded_at", "pk"]
