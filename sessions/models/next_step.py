"""How a course goes on after a visit that was missed or held: what was decided, with the reason where it matters, and what was accepted of it (DOS-6)."""

from django.db import models
from django.db.models import Q

from clinic.facts import Fact


class NextStep(Fact):
    """One decision; another one later supersedes it. `reason` is the prescriber's for whatever isn't simply going on."""

    class Choice(models.TextChoices):
        KEEP = "keep", "Go on with the present schedule"
        BACK = "back", "Step back to the previous, more frequent schedule"
        END = "end", "End the course"

    session = models.ForeignKey("treatment_sessions.TreatmentSession", on_delete=models.PROTECT, related_name="next_steps")
    choice = models.CharField(max_length=4, choices=Choice)

    class Meta(Fact.Meta):
        ordering = ["recorded_at", "pk"]
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(condition=Q(choice="keep") | ~Q(reason=""), name="next_step_says_why", violation_error_message="Say why."),
        ]


class Redrawing(Fact):
    """One press on "accept": how many visits it moved, added and gave up. The visits tell where; its key makes that a repeated post changes nothing."""

    session = models.ForeignKey("treatment_sessions.TreatmentSession", on_delete=models.PROTECT, related_name="redrawings")
    moved = models.PositiveSmallIntegerField(default=0)
    added = models.PositiveSmallIntegerField(default=0)
    given_up = models.PositiveSmallIntegerField(default=0)

    class Meta(Fact.Meta):
        ordering = ["recorded_at", "pk"]
