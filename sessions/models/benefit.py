"""The benefit review: a prescriber's signed decision whether a course goes on (DOS-3, DOS-4, PAT-4)."""

from django.db import models
from django.db.models import Q

from clinic.facts import Fact
from clinic.fields import SealedJSONField, SealedTextField


class BenefitReview(Fact):
    """`answers` maps the ids of sessions.rules.benefit to words; `evidence` names the scores that the decision rested on, by row."""

    class Decision(models.TextChoices):
        CONTINUE = "continue", "Go on as now"
        CHANGE = "change", "Change frequency or dose"
        STOP = "stop", "Stop"

    class Frequency(models.TextChoices):
        TWICE_WEEKLY = "twice_weekly", "Twice a week"
        WEEKLY = "weekly", "Once a week"
        TWO_WEEKLY = "two_weekly", "Every two weeks"
        RARER = "rarer", "More rarely"

    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="benefit_reviews")
    course = models.ForeignKey("patients.Course", on_delete=models.PROTECT, related_name="benefit_reviews")
    reviewed_on = models.DateField("day", help_text="The site's date of `observed_at`.")
    decision = models.CharField(max_length=8, choices=Decision)
    frequency = models.CharField("new frequency", max_length=12, choices=Frequency, blank=True)
    dose_mg = models.PositiveSmallIntegerField("new dose (mg)", null=True, blank=True)
    why = SealedTextField(max_length=500, row="client_key")
    answers = SealedJSONField(row="client_key")
    concerns = SealedTextField("what follows", max_length=500, blank=True, row="client_key")
    evidence = models.JSONField(default=dict, blank=True, help_text="Scale → [baseline, latest], the rows of the scores; null for none.")

    class Meta(Fact.Meta):
        ordering = ["-observed_at", "-pk"]
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(condition=~Q(why=""), name="benefit_review_says_why", violation_error_message="Say why."),
            models.CheckConstraint(
                condition=Q(decision="change") | Q(frequency="", dose_mg__isnull=True),
                name="benefit_review_changes_only_by_change",
            ),
        ]
