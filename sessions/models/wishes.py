"""What a patient says before a visit by their own link: answers about the preparation, and a wish to come at another time."""

from django.db import models
from django.db.models import Q

from clinic.facts import Fact
from clinic.fields import SealedJSONField, SealedTextField


class Preparation(Fact):
    """Answers by question id (sessions.rules.preparation) for one slot. They stand beside the pre-dose questions and answer none of them."""

    session = models.ForeignKey("treatment_sessions.TreatmentSession", on_delete=models.PROTECT, related_name="preparations")
    slot_at = models.DateTimeField(help_text="The visit's time that was asked about: a move of the chair alone changes nothing.")
    schema = models.PositiveSmallIntegerField(default=1)
    answers = SealedJSONField(row="client_key")
    ride_name = SealedTextField(max_length=80, blank=True, row="client_key")
    ride_phone = SealedTextField(max_length=30, blank=True, row="client_key")
    driver = models.ForeignKey(
        "patients.Contact", null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text="Who agreed to a text when the patient is ready, as the patient says."
    )  # fmt: skip

    class Meta(Fact.Meta):
        ordering = ["recorded_at", "pk"]


class MoveWish(models.Model):
    """Another time that the patient asks for; the desk says yes or no, or the site's policy does. One stands open at a time."""

    class Answer(models.TextChoices):
        OPEN = "", "Waits for an answer"
        ACCEPTED = "accepted", "Moved"
        DECLINED = "declined", "Not possible"
        GONE = "gone", "The visit has changed"

    site = models.ForeignKey("clinic.Site", on_delete=models.PROTECT, related_name="move_wishes")
    session = models.ForeignKey("treatment_sessions.TreatmentSession", on_delete=models.PROTECT, related_name="move_wishes")
    slot_version = models.PositiveIntegerField(help_text="Of the slot that they want to leave.")
    starts_at = models.DateTimeField()
    chair = models.ForeignKey("clinic.Chair", on_delete=models.PROTECT, related_name="+")
    client_key = models.UUIDField(unique=True)
    asked_at = models.DateTimeField()
    answer = models.CharField(max_length=8, choices=Answer, default=Answer.OPEN, blank=True)
    words = SealedTextField("a word to the patient", max_length=200, blank=True, row="client_key")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        "clinic.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text="Empty: the site's policy, or the visit changed."
    )  # fmt: skip

    class Meta:
        ordering = ["asked_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answer="", answered_at__isnull=True, answered_by__isnull=True) | (~Q(answer="") & Q(answered_at__isnull=False)),
                name="wish_answer_has_time",
            ),
            models.UniqueConstraint(fields=["session"], condition=Q(answer=""), name="wish_open_once"),
        ]
        indexes = [models.Index(fields=["site"], condition=Q(answer=""), name="wish_open_by_site")]
