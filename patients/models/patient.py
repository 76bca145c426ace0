"""The patient and the people around them. Identifiers live here alone and are copied nowhere but into rendered forms."""

import uuid

from django.db import models
from django.db.models import Q

from clinic.fields import SealedDateField, SealedPhoneField, SealedTextField
from clinic.marks import BlindIndexField, ReachMarksField
from clinic.sparse import Sparse
from patients.models.messaging import TextConsent


class WayHome(models.TextChoices):
    """PRE-3."""

    DRIVER = "driver", "Somebody drives them"
    RIDE = "ride", "Ride service"
    TRANSIT = "transit", "Public transport"
    VAN = "van", "Facility van"
    ON_FOOT = "on_foot", "On foot, with someone"


class Language(models.TextChoices):
    ENGLISH = "en", "English"
    SPANISH = "es", "Spanish"


class Patient(Sparse):
    is_record = True

    class Status(models.TextChoices):
        ACTIVE = "active", "Active"
        PAUSED = "paused", "Paused"
        ENDED = "ended", "Ended"
        DECEASED = "deceased", "Deceased"

    class Sex(models.TextChoices):
        FEMALE = "female", "Female"
        MALE = "male", "Male"
        OTHER = "other", "Other or not said"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    site = models.ForeignKey("clinic.Site", on_delete=models.PROTECT, related_name="patients")
    mrn = SealedTextField("MRN", max_length=40)
    mrn_index = BlindIndexField(of="mrn")
    first_name = SealedTextField(max_length=80)
    middle_initial = SealedTextField(max_length=1, blank=True)
    last_name = SealedTextField(max_length=80)
    name_folded = SealedTextField(max_length=200, help_text="Last, first: without accents and case; searched and sorted on.")
    birth_on = SealedDateField("date of birth")
    sex = models.CharField(max_length=8, choices=Sex)
    can_be_pregnant = models.BooleanField("pregnancy is asked about", default=False)
    phone = SealedPhoneField(blank=True)
    phone_marks = ReachMarksField(of="phone")
    email = SealedTextField("e-mail", max_length=254, blank=True)
    email_marks = ReachMarksField(of="email")
    address = SealedTextField(max_length=300, blank=True)
    time_zone = models.CharField(max_length=60, blank=True, help_text="Empty: the site's.")
    language = models.CharField(max_length=2, choices=Language, default=Language.ENGLISH)
    usual_way_home = models.CharField(max_length=8, choices=WayHome, blank=True)
    allergies = SealedTextField(max_length=300, blank=True, help_text="Empty: nobody has asked; “none known” is an answer.")
    may_email = models.BooleanField("agreed to e-mails", default=False, help_text="What the ledger of consents says last.")
    text_consent = models.CharField("texts", max_length=8, choices=TextConsent, default=TextConsent.NONE, help_text="What the ledger says last.")
    status = models.CharField(max_length=8, choices=Status, default=Status.ACTIVE)
    status_reason = SealedTextField(max_length=200, blank=True)
    status_changed_at = models.DateTimeField(null=True, blank=True)
    moved_from = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="moved_to")
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["site", "mrn"], name="patient_mrn_once_per_site", violation_error_message="This site already has a patient with that MRN."
            ),
            models.UniqueConstraint(fields=["site", "mrn_index"], name="patient_sealed_mrn_once_per_site"),
            models.CheckConstraint(
                condition=Q(status="active") | ~Q(status_reason=""), name="patient_status_has_reason", violation_error_message="Say why."
            ),
        ]
        indexes = [
            models.Index(fields=["site", "name_folded"], name="patient_by_name"),
            models.Index(fields=["site", "birth_on"], name="patient_by_birth"),
        ]

    def __str__(self) -> str:
        return f"{self.last_name}, {self.first_name}"

    @property
    def short_name(self) -> str:
        """For the board: last name and an initial."""
        return f"{self.last_name}, {self.first_name[:1]}."


class Contact(models.Model):
    """An escort, a driver or an emergency contact of a patient."""

    class Kind(models.TextChoices):
        ESCORT = "escort", "Escort or driver"
        EMERGENCY = "emergency", "Emergency contact"
        CLINICIAN = "clinician", "Other clinician"

    site = models.ForeignKey("clinic.Site", on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="contacts")
    kind = models.CharField(max_length=10, choices=Kind)
    name = SealedTextField(max_length=120, row="client_key")
    relation = SealedTextField(max_length=60, blank=True, row="client_key")
    phone = SealedPhoneField(blank=True, row="client_key")
    phone_marks = ReachMarksField(of="phone")
    is_active = models.BooleanField(default=True)
    may_text = models.BooleanField("agreed to one text when the patient is ready", default=False, help_text="What the ledger of consents says last.")
    client_key = models.UUIDField(default=uuid.uuid4, unique=True, help_text="Of the post that made it: a retry has one effect.")

    class Meta:
        ordering = ["kind", "pk"]

    def __str__(self) -> str:
        return self.name
