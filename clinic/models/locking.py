"""PINs of people at their sites, and the tries that an enrolled tablet still allows each of them."""

from django.db import models
from django.db.models import Q

MOST_WRONG_PINS = 5


class Pin(models.Model):
    """Six digits of a person at a site, hashed as a password is. They open enrolled tablets of that site, and nothing else."""

    site = models.ForeignKey("clinic.Site", on_delete=models.PROTECT, related_name="+")
    membership = models.OneToOneField("clinic.Membership", on_delete=models.PROTECT, related_name="pin")
    hashed = models.CharField(max_length=200)
    set_at = models.DateTimeField()


class PinDoor(models.Model):
    """Wrong PINs of one person at one tablet; at the fifth it is shut to them until they sign in there with their password."""

    site = models.ForeignKey("clinic.Site", on_delete=models.PROTECT, related_name="+")
    screen = models.ForeignKey("clinic.Screen", on_delete=models.PROTECT, related_name="pin_doors")
    membership = models.ForeignKey("clinic.Membership", on_delete=models.PROTECT, related_name="pin_doors")
    wrong = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["screen", "membership"], name="pin_door_once"),
            models.CheckConstraint(condition=Q(wrong__lte=MOST_WRONG_PINS), name="pin_door_counts_to_its_end"),
        ]
