"""What came back: the provider's word that a message didn't arrive, and addresses that nothing reaches any more."""

from django.db import models

from clinic.fields import SealedTextField
from clinic.marks import ReachMarkField
from reminders.models.outbox import OutboxMessage


class DeliveryReport(models.Model):
    """One word about one message's delivery, from its provider or a person; each state of a round is kept once."""

    is_append_only = True

    site = models.ForeignKey("clinic.Site", on_delete=models.PROTECT, related_name="+")
    message = models.ForeignKey(OutboxMessage, on_delete=models.PROTECT, related_name="reports")
    round = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=20)
    code = models.CharField(max_length=20, blank=True)
    reported_at = models.DateTimeField()
    reported_by = models.ForeignKey("clinic.User", null=True, on_delete=models.PROTECT, related_name="+", help_text="Empty: the provider.")

    class Meta:
        ordering = ["reported_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["message", "round", "status"], name="delivery_report_once")]


class Undeliverable(models.Model):
    """An address that nothing reaches. It counts while the chart still has it and nobody has said that it works: a changed one is tried anew."""

    is_append_only = True

    site = models.ForeignKey("clinic.Site", on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="undeliverable")
    channel = models.CharField(max_length=8, choices=OutboxMessage.Channel)
    address = SealedTextField(max_length=254, row="message_id", help_text="As it was: compared with the chart's present one before each message.")
    address_mark = ReachMarkField(of="address")
    message = models.ForeignKey(OutboxMessage, on_delete=models.PROTECT, related_name="+")
    reported_at = models.DateTimeField()
    why = models.CharField(max_length=200)

    class Meta:
        ordering = ["-reported_at", "-pk"]
        indexes = [models.Index(fields=["patient", "channel", "address"], name="undeliverable_by_address")]


class Reinstatement(models.Model):
    """Somebody found out that an address works after all: messages go there again."""

    is_append_only = True

    site = models.ForeignKey("clinic.Site", on_delete=models.PROTECT, related_name="+")
    undeliverable = models.OneToOneField(Undeliverable, on_delete=models.PROTECT, related_name="reinstatement")
    reinstated_at = models.DateTimeField()
    reinstated_by = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")
