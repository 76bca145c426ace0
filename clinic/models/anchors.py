"""What was anchored outside, day by day, and where it has arrived; both only ever grow."""

from django.db import models


class AnchorRound(models.Model):
    """One day's signed lines, one for the head of every chain. The truth is the copy outside; this one says what should be there."""

    is_append_only = True

    number = models.PositiveIntegerField(unique=True)
    day = models.DateField(unique=True)
    made_at = models.DateTimeField()
    lines = models.TextField()

    class Meta:
        ordering = ["-number"]


class AnchorDelivery(models.Model):
    """That a round has arrived at one of the places that the environment names."""

    is_append_only = True

    round = models.ForeignKey(AnchorRound, on_delete=models.PROTECT, related_name="deliveries")
    place = models.CharField(max_length=64, help_text="SHA-256 of the place, which may hold a secret.")
    delivered_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["round", "place"], name="anchor_arrives_once")]
