"""Backups that were made and drills that proved one: the installation's, since a database is saved as a whole."""

from django.db import models
from django.db.models import Q


class BackupRun(models.Model):
    """One run. `running` holds the place of its kind, so that two workers never make the same backup; a lost one is failed by the next.

    A drill is a backup that was read back, restored into a scratch database and checked there.
    """

    class Kind(models.TextChoices):
        BACKUP = "backup", "Backup"
        DRILL = "drill", "Drill: backup, restored and checked"

    class Status(models.TextChoices):
        RUNNING = "running", "Under way"
        GOOD = "good", "Good"
        FAILED = "failed", "Failed"

    kind = models.CharField(max_length=6, choices=Kind)
    status = models.CharField(max_length=7, choices=Status, default=Status.RUNNING)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    seconds = models.FloatField(null=True, blank=True, help_text="By a clock that nobody moves.")
    engine = models.CharField(max_length=10)
    file_name = models.CharField(max_length=120, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    is_encrypted = models.BooleanField(default=True)
    rows = models.PositiveBigIntegerField(default=0, help_text="In all tables together.")
    entries = models.PositiveBigIntegerField(default=0, help_text="Of the audit trail, verified by the drill.")
    signatures = models.PositiveBigIntegerField(default=0, help_text="Verified by the drill.")
    why = models.CharField(max_length=300, blank=True, help_text="Why it failed; no patient's data.")

    class Meta:
        ordering = ["-started_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["kind"], condition=Q(status="running"), name="backup_run_one_at_a_time"),
            models.CheckConstraint(
                condition=Q(status="running", ended_at__isnull=True) | (~Q(status="running") & Q(ended_at__isnull=False)), name="backup_run_ended"
            ),
            models.CheckConstraint(condition=~Q(status="good") | (~Q(sha256="") & ~Q(file_name="")), name="backup_run_good_has_file"),
            models.CheckConstraint(condition=~Q(status="failed") | ~Q(why=""), name="backup_run_failed_says_why"),
        ]
        indexes = [models.Index(fields=["kind", "status", "-started_at"], name="backup_run_latest")]

    @property
    def minutes(self) -> float | None:
        return None if self.seconds is None else round(self.seconds / 60, 1)
