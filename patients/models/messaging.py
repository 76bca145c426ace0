"""What a patient has agreed to about messages, as a ledger: per channel, who asked, when, how, and by which words (MSG-1, MSG-2)."""

from django.db import models

from clinic.facts import Fact


class TextConsent(models.TextChoices):
    """MSG-1: a number that was given allows a few texts; more need the patient's express agreement."""

    NONE = "none", "No texts"
    GIVEN = "given", "Gave the number for this"
    EXPRESS = "express", "Agreed expressly"


class MessageConsent(Fact):
    """One answer about one channel. The newest is copied onto the patient, where the sender asks it again for each message."""

    class Channel(models.TextChoices):
        EMAIL = "email", "E-mail"
        TEXT = "text", "Text"

    class Answer(models.TextChoices):
        NO = "no", "No messages"
        GIVEN = "given", "Gave the number for this"
        EXPRESS = "express", "Agreed expressly"

    class How(models.TextChoices):
        CHART = "chart", "Told the staff"
        PAPER = "paper", "Signed on paper"
        IMPORTED = "imported", "Brought in from another system"
        TEXT = "text", "By their own text"
        LINK = "link", "By their own link"

    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="message_consents")
    channel = models.CharField(max_length=8, choices=Channel)
    answer = models.CharField(max_length=8, choices=Answer)
    how = models.CharField(max_length=8, choices=How, default=How.CHART)
    wording = models.CharField(max_length=40, blank=True, help_text="Version of the words that the patient agreed to.")

    class Meta(Fact.Meta):
        ordering = ["-recorded_at", "-pk"]


class DriverConsent(Fact):
    """What somebody who brings a patient home has said about the one text “ready about …” (MSG-1, MSG-2); the newest is copied onto the contact."""

    class How(models.TextChoices):
        CHART = "chart", "Told the staff themselves"
        LINK = "link", "The patient says by their link that they agreed"
        TEXT = "text", "By their own text"
        NUMBER = "number", "Their number was changed"

    contact = models.ForeignKey("patients.Contact", on_delete=models.PROTECT, related_name="driver_consents")
    has_agreed = models.BooleanField()
    how = models.CharField(max_length=8, choices=How)

    class Meta(Fact.Meta):
        ordering = ["-recorded_at", "-pk"]
