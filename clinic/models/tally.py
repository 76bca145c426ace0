"""How often each task of the background ended well or badly: counted by whoever ran it, read by the operator's metrics."""

from django.db import models


class TaskTally(models.Model):
    class Outcome(models.TextChoices):
        DONE = "done", "Done"
        FAILED = "failed", "Failed"

    task = models.CharField(max_length=80)
    outcome = models.CharField(max_length=6, choices=Outcome)
    count = models.BigIntegerField(default=0)
    last_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["task", "outcome"], name="task_tally_once")]
