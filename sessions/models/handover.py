"""Whose chair it is: offers to a named colleague, covers with a return, and take-overs when the owner is gone (SET-3)."""

from django.db import models
from django.db.models import Q

from clinic.fields import SealedJSONField, SealedTextField


class Handover(models.Model):
    """All of one monitor's chairs, offered to one colleague. It counts once that colleague accepts; a cover returns to its giver."""

    class Kind(models.TextChoices):
        HAND = "hand", "Handed over"
        COVER = "cover", "Covered for a while"

    class Ended(models.TextChoices):
        DECLINED = "declined", "Declined"
        WITHDRAWN = "withdrawn", "Taken back before anybody accepted"
        RETURNED = "returned", "The giver is back"
        OVER = "over", "Nobody of these chairs is here any more"

    site = models.ForeignKey("clinic.Site", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=6, choices=Kind)
    to = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")
    minutes = models.PositiveSmallIntegerField("back in (minutes)", null=True, blank=True)
    note = SealedTextField("what to know", max_length=300, blank=True, row="client_key")
    offered_at = models.DateTimeField()
    offered_by = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")
    accepted_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey("clinic.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    ended_how = models.CharField(max_length=10, choices=Ended, blank=True)
    client_key = models.UUIDField(unique=True)

    class Meta:
        ordering = ["offered_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="cover", minutes__gte=1) | Q(kind="hand", minutes__isnull=True), name="handover_cover_has_minutes"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True, ended_how="")
                | (Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(ended_how="")),
                name="handover_ended_has_both",
            ),
            models.CheckConstraint(
                condition=~Q(to=models.F("offered_by")), name="handover_to_somebody_else", violation_error_message="Name a colleague."
            ),
            models.UniqueConstraint(
                fields=["site", "offered_by"],
                condition=Q(ended_at__isnull=True, accepted_at__isnull=True),
                name="handover_waiting_once",
                violation_error_message="Your chairs are offered to somebody already.",
            ),
        ]
        indexes = [models.Index(fields=["site", "offered_at"], condition=Q(ended_at__isnull=True), name="handover_open_by_site")]


class HandoverChair(models.Model):
    """One chair of an offer, with what its card said when it was offered."""

    is_append_only = True

    site = models.ForeignKey("clinic.Site", on_delete=models.PROTECT, related_name="+")
    handover = models.ForeignKey(Handover, on_delete=models.PROTECT, related_name="chairs")
    session = models.ForeignKey("treatment_sessions.TreatmentSession", on_delete=models.PROTECT, related_name="handover_chairs")
    told = SealedJSONField(default=dict, blank=True, row="place", help_text="The lines of the card: phase, next due, worries, way home.")

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["handover", "session"], name="handover_chair_once")]

    @property
    def place(self) -> str:
        """What its cell is sealed for."""
        return f"{self.handover_id} {self.session_id}"


class TakeOver(models.Model):
    """A monitor took a chair whose owner was gone, and said why."""

    is_append_only = True

    site = models.ForeignKey("clinic.Site", on_delete=models.PROTECT, related_name="+")
    session = models.ForeignKey("treatment_sessions.TreatmentSession", on_delete=models.PROTECT, related_name="take_overs")
    owner = models.ForeignKey("clinic.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    owner_was_here = models.BooleanField(help_text="By their presence on record at that moment.")
    reason = SealedTextField(max_length=300, row="client_key")
    taken_at = models.DateTimeField()
    taken_by = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")
    client_key = models.UUIDField()

    class Meta:
        ordering = ["taken_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="take_over_has_reason"),
            models.UniqueConstraint(fields=["client_key", "session"], name="take_over_once"),
        ]
