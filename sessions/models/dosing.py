"""The devices a patient has used: time, sprays, route, lot, expiry, who watched (DOS-1, DOS-2, DEV-1, SET-9)."""

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

    class Meta(Fact.Meta):
        ordering = ["number", "observed_at", "pk"]
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(condition=Q(sprays__lte=2), name="device_sprays_0_to_2", violation_error_message="A device holds two sprays."),
            models.CheckConstraint(condition=Q(number__gte=1, number__lte=12), name="device_number_sane"),
        ]
