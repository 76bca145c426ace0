"""What every fact has: both times, who, the page's key, and what it supersedes. Facts are only ever added (MON-7)."""

import uuid
from datetime import datetime

from django.db import models
from django.db.models import Q

from clinic.fields import SealedTextField


class RecordedVia(models.TextChoices):
    PERSON = "person", "A member of staff"
    SCREEN = "screen", "An enrolled screen"
    LINK = "link", "The patient's own link"


def written_at(observed_at: datetime, now: datetime) -> datetime:
    """`recorded_at` of a row made at `now`: where a clock was put back, a row is never written before what it tells was seen."""
    return max(now, observed_at)


class FactQuerySet(models.QuerySet):  # type: ignore[type-arg]
    def standing(self) -> "FactQuerySet":
        """The rows that count today: neither superseded nor withdrawn."""
        return self.filter(superseded_by__isnull=True, is_withdrawn=False)


class Fact(models.Model):
    """`observed_at` may be earlier than `recorded_at`; a correction is a new row that names the old one and says why.

    A row with `is_withdrawn` supersedes one that should never have been written (an undo, a wrong patient).
    """

    is_append_only = True

    site = models.ForeignKey("clinic.Site", on_delete=models.PROTECT, related_name="+")
    observed_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    recorded_via = models.CharField(max_length=8, choices=RecordedVia, default=RecordedVia.PERSON)
    recorded_by = models.ForeignKey("clinic.User", null=True, on_delete=models.PROTECT, related_name="+")
    observed_by = models.ForeignKey("clinic.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    client_key = models.UUIDField(default=uuid.uuid4, unique=True)
    supersedes = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="superseded_by")
    is_withdrawn = models.BooleanField(default=False)
    reason = SealedTextField(max_length=300, blank=True, row="client_key")

    objects = FactQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(condition=Q(observed_at__lte=models.F("recorded_at")), name="%(app_label)s_%(class)s_not_in_future"),
            models.CheckConstraint(
                condition=Q(recorded_via=RecordedVia.PERSON, recorded_by__isnull=False)
                | (~Q(recorded_via=RecordedVia.PERSON) & Q(recorded_by__isnull=True)),
                name="%(app_label)s_%(class)s_has_one_recorder",
            ),
            models.CheckConstraint(
                condition=Q(supersedes__isnull=True, is_withdrawn=False) | (Q(supersedes__isnull=False) & ~Q(reason="")),
                name="%(app_label)s_%(class)s_correction_has_reason",
            ),
        ]
