"""The REMS enrolment with its proof (PAT-1); the verification at each visit is part of the pre-dose check."""

from django.db import models

from clinic.facts import Fact
from clinic.fields import SealedTextField


class Enrolment(Fact):
    """The form with both signatures, submitted; a missing REMS id is only a note. `observed_at` is the moment of submission."""

    class Method(models.TextChoices):
        PORTAL = "portal", "REMS portal"
        FAX = "fax", "Fax"
        ELSEWHERE = "elsewhere", "Enrolled by another setting"

    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="enrolments")
    patient_signed_on = models.DateField("patient signed on")
    prescriber_signed_on = models.DateField("prescriber signed on")
    submitted_on = models.DateField("submitted on")
    method = models.CharField(max_length=10, choices=Method)
    rems_id = SealedTextField("REMS patient id", max_length=40, blank=True, row="client_key")
    proof_note = SealedTextField(
        "proof", max_length=200, blank=True, help_text="Confirmation number or fax receipt; the paper itself can be attached.", row="client_key"
    )

    class Meta(Fact.Meta):
        ordering = ["-observed_at", "-pk"]
