"""The sessions that were drawn for an auditor."""

from django.db import models


class SampledSession(models.Model):
    """One of a random sample (clinic.models.AuditorGrant), at its place of the drawing."""

    is_append_only = True

    site = models.ForeignKey("clinic.Site", on_delete=models.PROTECT, related_name="+")
    grant = models.ForeignKey("clinic.AuditorGrant", on_delete=models.PROTECT, related_name="sampled")
    session = models.ForeignKey("treatment_sessions.TreatmentSession", on_delete=models.PROTECT, related_name="+")
    place = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["grant", "place"]
        constraints = [models.UniqueConstraint(fields=["grant", "session"], name="sampled_session_once")]
