"""What patients texted to us: each text once, whose number it is, and what a person did about it (MSG-2, MSG-6)."""

from django.db import models
from django.db.models import Q

from clinic.fields import SealedTextField
from clinic.marks import ReachMarkField
from reminders.rules.replies import TextKind


class InboundText(models.Model):
    """One text as it came. Its number is kept as it was: it may be nobody's, and an answer goes to it, not to the chart's newest number."""

    is_append_only = True

    class Kind(models.TextChoices):
        CRISIS = TextKind.CRISIS, "Words of a crisis"
        STOP = TextKind.STOP, "No more texts"
        START = TextKind.START, "Texts again"
        HELP = TextKind.HELP, "Asks who this is"
        UNKNOWN = TextKind.UNKNOWN, "To be read"

    site = models.ForeignKey("clinic.Site", on_delete=models.PROTECT, related_name="+")
    provider = models.CharField(max_length=16)
    provider_id = models.CharField(max_length=80, help_text="The provider's own number of the text: a repeated webhook has one effect.")
    number = SealedTextField("from", max_length=40, row="place")
    number_mark = ReachMarkField(of="number")
    body = SealedTextField(blank=True, row="place")
    kind = models.CharField(max_length=8, choices=Kind)
    is_opt_out = models.BooleanField(default=False, help_text="It asks for no more texts, whatever else it says.")
    language = models.CharField(max_length=2)
    received_at = models.DateTimeField()

    class Meta:
        ordering = ["-received_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["site", "provider", "provider_id"], name="inbound_text_once")]
        indexes = [
            models.Index(fields=["site", "number", "-received_at"], name="inbound_by_number"),
            models.Index(fields=["site", "number_mark", "-received_at"], name="inbound_by_mark"),
        ]

    @property
    def place(self) -> str:
        """What its cells are sealed for."""
        return f"{self.provider} {self.provider_id}"

    @property
    def handled(self) -> "TextHandling | None":
        """Who took it and what was done; None while nobody has."""
        return getattr(self, "handling", None)


class TextSender(models.Model):
    """A patient who had the number when the text came; several may share one."""

    is_append_only = True

    site = models.ForeignKey("clinic.Site", on_delete=models.PROTECT, related_name="+")
    text = models.ForeignKey(InboundText, on_delete=models.PROTECT, related_name="senders")
    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="texts_sent")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["text", "patient"], name="text_sender_once")]


class TextHandling(models.Model):
    """Who took a text, and what was done: one row per text."""

    is_append_only = True

    class How(models.TextChoices):
        REACHED = "reached", "Called and spoke with the patient"
        TRIED = "tried", "Called, nobody answered: see the note"
        PASSED = "passed", "Passed on to somebody: see the note"
        NOTHING = "nothing", "Nothing to do"

    site = models.ForeignKey("clinic.Site", on_delete=models.PROTECT, related_name="+")
    text = models.OneToOneField(InboundText, on_delete=models.PROTECT, related_name="handling")
    how = models.CharField("what was done", max_length=8, choices=How)
    note = SealedTextField(max_length=300, blank=True, row="text_id")
    handled_at = models.DateTimeField()
    handled_by = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(how="reached") | Q(how="nothing") | ~Q(note=""),
                name="text_handling_says_what",
                violation_error_message="Say what was done.",
            )
        ]
