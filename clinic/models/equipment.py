"""Pulse oximeters, cuffs and emergency kits with their checks (SET-4)."""

from django.db import models


class Equipment(models.Model):
    class Kind(models.TextChoices):
        OXIMETER = "oximeter", "Pulse oximeter"
        CUFF = "cuff", "Blood pressure cuff"
        EMERGENCY_KIT = "kit", "Emergency kit"
        OTHER = "other", "Other"

    site = models.ForeignKey("clinic.Site", on_delete=models.PROTECT, related_name="equipment")
    kind = models.CharField(max_length=12, choices=Kind)
    label = models.CharField("id", max_length=60)
    is_active = models.BooleanField(default=True)
    check_every_days = models.PositiveSmallIntegerField(default=365)

    class Meta:
        ordering = ["kind", "label", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["site", "label"], name="equipment_label_once", violation_error_message="This site already has equipment with that id."
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.label}"


class EquipmentCheck(models.Model):
    site = models.ForeignKey("clinic.Site", on_delete=models.PROTECT, related_name="equipment_checks")
    equipment = models.ForeignKey(Equipment, on_delete=models.PROTECT, related_name="checks")
    checked_at = models.DateTimeField()
    is_good = models.BooleanField()
    client_key = models.UUIDField(null=True, blank=True, unique=True, help_text="Of the post that made it: a retry has one effect.")
    note = models.CharField(max_length=200, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-checked_at", "-pk"]
