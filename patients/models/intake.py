"""The intake of a patient, from referral to bookable: its owner, and the facts that no chart holds (patients.rules.intake)."""

from django.db import models
from django.db.models import Q

from clinic.facts import Fact
from clinic.fields import SealedTextField
from patients.models.course import Indication


class DropReason(models.TextChoices):
    NOT_SUITABLE = "not_suitable", "Not suitable"
    PAYER = "payer", "Payer refused"
    COST = "cost", "Cost"
    NO_CONTACT = "no_contact", "Can't be reached"
    NO_WAY = "no_way", "No way to come or to get home"
    OTHER_TREATMENT = "other_treatment", "Chose another treatment"
    OTHER_SETTING = "other_setting", "Treated elsewhere"
    CHANGED_MIND = "changed_mind", "Changed their mind"
    OTHER = "other", "Other"


class Intake(models.Model):
    """One way in. What the chart holds (trials, consent, enrolment, order) is never copied here: those steps are derived."""

    class Origin(models.TextChoices):
        REFERRAL = "referral", "Referred"
        TRANSFER = "transfer", "Transfers in"
        RETURN = "return", "Comes back"

    class Status(models.TextChoices):
        OPEN = "open", "Open"
        FINISHED = "finished", "Finished"
        DROPPED = "dropped", "Dropped out"

    site = models.ForeignKey("clinic.Site", on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="intakes")
    origin = models.CharField(max_length=10, choices=Origin, default=Origin.REFERRAL)
    indication = models.CharField(max_length=4, choices=Indication, default=Indication.TRD)
    referred_by = SealedTextField("referred by", max_length=120, blank=True, row="client_key")
    referred_on = models.DateField("referred on")
    note = SealedTextField(max_length=300, blank=True, row="client_key")
    earlier_sessions = models.PositiveSmallIntegerField("sessions elsewhere", default=0)
    earlier_first_on = models.DateField("first session elsewhere", null=True, blank=True)
    earlier_last_on = models.DateField("last session elsewhere", null=True, blank=True)
    earlier_last_dose_mg = models.PositiveSmallIntegerField("last dose elsewhere (mg)", null=True, blank=True)
    owner = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=8, choices=Status, default=Status.OPEN)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")
    reopened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    client_key = models.UUIDField(unique=True)

    class Meta:
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["patient"],
                condition=Q(status="open"),
                name="intake_open_once",
                violation_error_message="This patient already has an open intake.",
            ),
            models.CheckConstraint(
                condition=Q(status="open", closed_at__isnull=True) | (~Q(status="open") & Q(closed_at__isnull=False)), name="intake_closed_has_time"
            ),
        ]
        indexes = [models.Index(fields=["site", "status"], name="intake_by_status")]


class IntakeFact(Fact):
    """Something recorded about an intake. `observed_at` is when it was done, `observed_by` who did it; ends and reopenings stay in the row's history."""

    class Kind(models.TextChoices):
        EVALUATED = "evaluated", "Evaluated"
        PDMP = "pdmp", "PDMP checked"
        NO_AUTHORISATION = "no_authorisation", "No authorisation needed"
        DEVICE_ORDERED = "device_ordered", "Device ordered"
        DROPPED = "dropped", "Dropped out"
        REOPENED = "reopened", "Reopened"
        FINISHED = "finished", "Finished"

    intake = models.ForeignKey(Intake, on_delete=models.PROTECT, related_name="facts")
    kind = models.CharField(max_length=16, choices=Kind)
    drop_reason = models.CharField(max_length=16, choices=DropReason, blank=True)
    note = SealedTextField(max_length=300, blank=True, row="client_key")

    class Meta(Fact.Meta):
        ordering = ["observed_at", "pk"]
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(
                condition=(Q(kind="dropped") & ~Q(drop_reason="")) | (~Q(kind="dropped") & Q(drop_reason="")), name="intake_dropped_has_reason"
            ),
        ]
