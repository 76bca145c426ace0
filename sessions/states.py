"""The words of a treatment session's life (design.md, "The treatment session's life"); plain values, no database."""

from django.db import models


class Status(models.TextChoices):
    BOOKED = "booked", "Booked"
    ARRIVED = "arrived", "Arrived"
    WAITING = "waiting", "Waiting"
    CLEARED = "cleared", "Cleared"
    HELD = "held", "Held"
    DOSING = "dosing", "Dosing"
    MONITORING = "monitoring", "Monitoring"
    DISCHARGED = "discharged", "Discharged"
    LEFT = "left", "Left without sign-off"
    TRANSFERRED = "transferred", "Transferred (emergency)"
    CANCELLED = "cancelled", "Cancelled"
    MISSED = "missed", "Missed"
    VOIDED = "voided", "Voided"


# Occupies its chair and its patient: nobody else can be booked over it.
PLANNED = (Status.BOOKED, Status.ARRIVED, Status.WAITING, Status.CLEARED, Status.DOSING, Status.MONITORING)
# The patient is in the house.
PRESENT = (Status.ARRIVED, Status.WAITING, Status.CLEARED, Status.DOSING, Status.MONITORING)
# Has a card on the board: a held session only on its own day, for it may reopen.
OPEN = (*PRESENT, Status.HELD)
# At least one spray has been given.
DOSED = (Status.DOSING, Status.MONITORING, Status.DISCHARGED, Status.LEFT, Status.TRANSFERRED)
# Doesn't take place: its chair is free, and a calendar shows it as cancelled.
CALLED_OFF = (Status.HELD, Status.CANCELLED, Status.MISSED, Status.VOIDED)


class FormStatus(models.TextChoices):
    OWED = "owed", "Owed"
    COMPLETE = "complete", "Complete"
    SENT = "sent", "Sent, not proven"
    FILED = "filed", "Filed"
    VOID = "void", "Void"
