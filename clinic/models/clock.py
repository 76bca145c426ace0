"""How far the demonstration's or a test's clock stands from the real one; production refuses to use it."""

from django.db import models


class ClockOffset(models.Model):
    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    seconds = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_clock_offset")]
