"""A payer's authorisation of sessions; how many are used is derived from the dosed sessions in its dates, never stored."""

from django.db import models
from django.db.models import F, Q

from clinic.facts import Fact
from clinic.fields import SealedTextField


class Authorisation(Fact):
    """What the payer granted. A change is a new row: one that supersedes for a correction, one of its own for a renewal."""

    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="authorisations")
    payer = SealedTextField(max_length=120, row="client_key")
    number = SealedTextField("authorisation number", max_length=60, row="client_key")
    sessions_granted = models.PositiveSmallIntegerField("sessions granted")
    from_on = models.DateField("from")
    until_on = models.DateField("until")
    note = SealedTextField(max_length=300, blank=True, row="client_key")

    class Meta(Fact.Meta):
        ordering = ["-until_on", "-pk"]
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(
                condition=Q(until_on__gte=F("from_on")), name="authorisation_ends_after_start", violation_error_message="It ends before it begins."
            ),
            models.CheckConstraint(
                condition=Q(sessions_granted__gte=1), name="authorisation_grants", violation_error_message="At least one session is granted."
            ),
        ]
