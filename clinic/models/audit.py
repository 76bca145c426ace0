"""The audit chain and the signatures; both only ever grow (triggers of clinic.guards refuse update and delete)."""

from django.db import models
from django.db.models import F, Q

from clinic.facts import Fact


class AuditHead(models.Model):
    """The end of one chain: `site:<id>`, or `org:<id>` for acts without a site. Locked last in every act."""

    chain = models.CharField(max_length=40, primary_key=True)
    seq = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="")


class AuditEntry(models.Model):
    """One link. `body` is canonical text and alone is hashed; the columns beside it are for searching."""

    is_append_only = True

    chain = models.CharField(max_length=40)
    seq = models.BigIntegerField()
    prev_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    schema = models.PositiveSmallIntegerField()
    body = models.TextField()
    site = models.ForeignKey("clinic.Site", null=True, blank=True, on_delete=models.PROTECT, related_name="audit_entries")
    happened_at = models.DateTimeField()
    actor = models.ForeignKey("clinic.User", null=True, blank=True, on_delete=models.PROTECT, related_name="audit_entries")
    action = models.CharField(max_length=60)
    target_kind = models.CharField(max_length=40)
    target_pk = models.CharField(max_length=40)
    patient_pk = models.BigIntegerField(null=True, blank=True, help_text="Whose record it touched, for 'who looked at this patient'.")

    class Meta:
        ordering = ["-seq", "-pk"]
        constraints = [models.UniqueConstraint(fields=["chain", "seq"], name="audit_seq_once")]
        indexes = [
            models.Index(fields=["site", "happened_at"], name="audit_by_time"),
            models.Index(fields=["site", "patient_pk", "happened_at"], name="audit_by_patient"),
            models.Index(fields=["site", "actor", "happened_at"], name="audit_by_actor"),
        ]


class Signature(models.Model):
    """A person's signature under one record: who, in what standing, when, meaning what, over which content (21 CFR 11)."""

    is_append_only = True

    class Meaning(models.TextChoices):
        DISCHARGE = "discharge", "I find this patient stable and ready to leave"
        ORDER = "order", "I order this"
        DECISION = "decision", "I have weighed this and decide"
        FORM = "form", "I confirm what this form says"
        ADDENDUM = "addendum", "I add this to the record"
        REVIEW = "review", "I have reviewed this"
        EARLY = "early", "I let this patient leave early, for the reason given"
        VOUCH = "vouch", "I confirm when this device was given"
        PROCEDURE = "procedure", "I have read this and work by it"

    site = models.ForeignKey("clinic.Site", on_delete=models.PROTECT, related_name="signatures")
    signer = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="signatures")
    printed_name = models.CharField(max_length=120)
    credential = models.CharField(max_length=12)
    role = models.CharField(max_length=16)
    meaning = models.CharField(max_length=12, choices=Meaning)
    signed_at = models.DateTimeField()
    confirmed_by = models.CharField(max_length=12, default="password", help_text="How the identity was confirmed again.")
    target_kind = models.CharField(max_length=40)
    target_pk = models.BigIntegerField()
    content_schema = models.PositiveSmallIntegerField()
    content_sha256 = models.CharField(max_length=64)
    # Over the fields above (clinic.seals); 1: a row of before, which binds the content alone.
    seal_schema = models.PositiveSmallIntegerField(default=1, db_default=1)
    seal_sha256 = models.CharField(max_length=64, default="", db_default="", blank=True)

    class Meta:
        ordering = ["signed_at", "pk"]
        indexes = [models.Index(fields=["site", "target_kind", "target_pk"], name="signature_by_target")]


class AuditReview(Fact):
    """A person has read the site's entries of one stretch and signs for it; stretches follow one another without a gap."""

    since_seq = models.BigIntegerField()
    up_to_seq = models.BigIntegerField()
    up_to_hash = models.CharField(max_length=64)
    note = models.CharField(max_length=500, blank=True, help_text="What was found, without a patient's name.")

    class Meta(Fact.Meta):
        ordering = ["-up_to_seq"]
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(condition=Q(since_seq__gte=1, up_to_seq__gte=F("since_seq")), name="audit_review_stretch"),
            models.UniqueConstraint(fields=["site", "since_seq"], name="audit_reviewed_once"),
        ]
