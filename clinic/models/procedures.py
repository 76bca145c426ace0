"""The site's written procedures by version, and who has signed that they work by each (SET-3)."""

from django.db import models
from django.db.models import Q

from clinic.facts import Fact


class Procedure(models.Model):
    site = models.ForeignKey("clinic.Site", on_delete=models.PROTECT, related_name="procedures")
    title = models.CharField(max_length=120)
    retired_at = models.DateTimeField(null=True, blank=True)
    retired_by = models.ForeignKey("clinic.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["title", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["site", "title"], name="procedure_title_once"),
            models.CheckConstraint(
                condition=Q(retired_at__isnull=True, retired_by__isnull=True) | Q(retired_at__isnull=False, retired_by__isnull=False),
                name="procedure_retired_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class ProcedureVersion(Fact):
    """One text, in force from its day until the next one's; `reason` says what has changed."""

    procedure = models.ForeignKey(Procedure, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    effective_on = models.DateField("in force from")
    text = models.TextField(max_length=20_000)

    class Meta(Fact.Meta):
        ordering = ["procedure", "number"]
        constraints = [*Fact.Meta.constraints, models.UniqueConstraint(fields=["procedure", "number"], name="procedure_version_once")]

    def __str__(self) -> str:
        return f"{self.procedure}, version {self.number}"


class ProcedureSignOff(Fact):
    """A member has read a version and works by it; the signature is bound to its text."""

    version = models.ForeignKey(ProcedureVersion, on_delete=models.PROTECT, related_name="sign_offs")
    membership = models.ForeignKey("clinic.Membership", on_delete=models.PROTECT, related_name="+")

    class Meta(Fact.Meta):
        ordering = ["version", "recorded_at", "pk"]
        constraints = [*Fact.Meta.constraints, models.UniqueConstraint(fields=["version", "membership"], name="procedure_signed_once")]
