"""Who may audit what, and until when: the limits of an auditor's place in a site."""

from django.db import models
from django.db.models import F, Q


class AuditorGrant(models.Model):
    """A person whom an administrator has named: a range of days, or a random sample of it. The newest one of a place counts.

    A sample is drawn once, by `seed` over a population whose number and digest are kept: anybody can draw it again.
    """

    site = models.ForeignKey("clinic.Site", on_delete=models.PROTECT, related_name="auditor_grants")
    printed_name = models.CharField(max_length=120)
    email = models.EmailField("e-mail")
    membership = models.ForeignKey(
        "clinic.Membership", null=True, blank=True, on_delete=models.PROTECT, related_name="auditor_grants", help_text="Empty: has yet to join."
    )  # fmt: skip
    invitation = models.OneToOneField("clinic.Invitation", null=True, blank=True, on_delete=models.PROTECT, related_name="auditor_grant")
    purpose = models.CharField("sent by whom, and why", max_length=200)
    first_on = models.DateField("from")
    last_on = models.DateField("to")
    sample_size = models.PositiveSmallIntegerField("sample of", null=True, blank=True, help_text="Empty: every session of these days.")
    seed = models.CharField(max_length=80, blank=True)
    drawn_from = models.PositiveIntegerField(null=True, blank=True)
    drawn_sha256 = models.CharField(max_length=64, blank=True)
    expires_at = models.DateTimeField()
    client_key = models.UUIDField(unique=True)
    granted_at = models.DateTimeField()
    granted_by = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey("clinic.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-granted_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(last_on__gte=F("first_on")), name="auditor_grant_range"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("granted_at")), name="auditor_grant_expires_later"),
            models.CheckConstraint(condition=Q(membership__isnull=False) | Q(invitation__isnull=False), name="auditor_grant_is_named"),
            models.CheckConstraint(
                condition=Q(sample_size__isnull=True, seed="", drawn_from__isnull=True, drawn_sha256="")
                | (Q(sample_size__gte=1, drawn_from__isnull=False) & ~Q(seed="") & ~Q(drawn_sha256="")),
                name="auditor_grant_sample_is_provable",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True) | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="auditor_grant_revoked_has_both",
            ),
        ]
        indexes = [models.Index(fields=["membership", "-id"], name="auditor_grant_by_place")]

    def __str__(self) -> str:
        return f"Audit by {self.printed_name}"
