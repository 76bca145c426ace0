"""The weekly self-audit: each Monday's round, what it found, who answers for it by when, and how the rules judged it again."""

from django.db import models
from django.db.models import F, Q


class SelfAudit(models.Model):
    """One round of a site's week: unique, so that two beats or a late one have one effect."""

    site = models.ForeignKey("clinic.Site", on_delete=models.PROTECT, related_name="+")
    week_on = models.DateField(help_text="The Monday, on the site's own calendar.")
    first_on = models.DateField()
    last_on = models.DateField()
    ran_at = models.DateTimeField()
    visits = models.PositiveIntegerField()
    found = models.PositiveIntegerField(default=0)
    closed = models.PositiveIntegerField(default=0)
    digest_tries = models.PositiveSmallIntegerField(default=0)
    digest_tried_at = models.DateTimeField(null=True, blank=True)
    digest_sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-week_on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["site", "week_on"], name="self_audit_once_a_week"),
            models.CheckConstraint(condition=Q(first_on__lte=F("last_on"), last_on__lt=F("week_on")), name="self_audit_judges_the_past"),
            models.CheckConstraint(condition=Q(digest_sent_at__isnull=True) | Q(digest_tried_at__isnull=False), name="self_audit_sent_was_tried"),
        ]
        indexes = [models.Index(fields=["ran_at"], condition=Q(digest_sent_at__isnull=True), name="self_audit_to_send")]


class AuditFinding(models.Model):
    """What fell short: a visit in one measure, or the site. Open once per key; the rules close it, or a person with a reason."""

    class Closing(models.TextChoices):
        MENDED = "mended", "The record keeps the rule now"
        KEPT = "kept", "Every visit since the due date has kept the rule"
        REASON = "reason", "Closed with a reason"

    site = models.ForeignKey("clinic.Site", on_delete=models.PROTECT, related_name="+")
    audit = models.ForeignKey(SelfAudit, on_delete=models.PROTECT, related_name="findings")
    key = models.CharField(max_length=80)
    measure = models.CharField(max_length=40)
    rule = models.CharField(max_length=10)
    session = models.ForeignKey("treatment_sessions.TreatmentSession", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    words = models.CharField(max_length=300, blank=True)
    found_on = models.DateField()
    owner = models.ForeignKey("clinic.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    cause = models.CharField(max_length=500, blank=True)
    action = models.CharField(max_length=500, blank=True)
    due_on = models.DateField("due", null=True, blank=True)
    recheck_on = models.DateField(null=True, blank=True)
    planned_at = models.DateTimeField(null=True, blank=True)
    planned_by = models.ForeignKey("clinic.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey("clinic.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text="Empty: the rules.")
    closed_how = models.CharField(max_length=8, choices=Closing, blank=True)
    closed_why = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["found_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["site", "key"], condition=Q(closed_at__isnull=True), name="audit_finding_open_once"),
            models.UniqueConstraint(fields=["audit", "key"], name="audit_finding_once_an_audit"),
            models.CheckConstraint(
                condition=Q(planned_at__isnull=True, planned_by__isnull=True, owner__isnull=True, cause="", action="", due_on__isnull=True, recheck_on__isnull=True)
                | Q(planned_at__isnull=False, planned_by__isnull=False, owner__isnull=False, due_on__isnull=False, recheck_on__gt=F("due_on")) & ~Q(cause="") & ~Q(action=""),
                name="audit_finding_plan_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True, closed_how="", closed_why="")
                | Q(closed_at__isnull=False, closed_by__isnull=True, closed_how__in=["mended", "kept"])
                | Q(closed_at__isnull=False, closed_by__isnull=False, closed_how="reason") & ~Q(closed_why=""),
                name="audit_finding_closed_by_rule_or_reason",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["site", "found_on"], condition=Q(closed_at__isnull=True), name="audit_finding_open")]


class FindingCheck(models.Model):
    """How one audit judged a finding again."""

    is_append_only = True

    class Verdict(models.TextChoices):
        MENDED = "mended", "The record keeps the rule now"
        KEPT = "kept", "Kept at every visit since"
        AGAIN = "again", "Fell short again"
        NOTHING = "nothing", "No visit to judge since"

    site = models.ForeignKey("clinic.Site", on_delete=models.PROTECT, related_name="+")
    finding = models.ForeignKey(AuditFinding, on_delete=models.PROTECT, related_name="checks")
    audit = models.ForeignKey(SelfAudit, on_delete=models.PROTECT, related_name="checks")
    verdict = models.CharField(max_length=8, choices=Verdict)
    counted = models.PositiveIntegerField(default=0)
    short = models.PositiveIntegerField(default=0)
    checked_at = models.DateTimeField()

    class Meta:
        ordering = ["checked_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["finding", "audit"], name="finding_check_once_an_audit")]
