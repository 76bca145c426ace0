"""The course of treatment and the prescriber's orders on it (PAT-2, DOS-3, DOS-4, DOS-8)."""

import uuid

from django.db import models
from django.db.models import F, Q

from clinic.fields import SealedTextField
from clinic.sparse import Sparse


class Indication(models.TextChoices):
    TRD = "trd", "Treatment-resistant depression (TRD)"
    MDSI = "mdsi", "MDD with acute suicidal ideation or behaviour (MDSI)"


class Course(Sparse):
    site = models.ForeignKey("clinic.Site", on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="courses")
    indication = models.CharField(max_length=4, choices=Indication)
    with_antidepressant = models.BooleanField("with an oral antidepressant", default=True)
    prescriber = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")
    earlier_sessions = models.PositiveSmallIntegerField("sessions elsewhere", default=0)
    earlier_first_on = models.DateField("first session elsewhere", null=True, blank=True)
    earlier_last_on = models.DateField("last session elsewhere", null=True, blank=True)
    earlier_last_dose_mg = models.PositiveSmallIntegerField("last dose elsewhere (mg)", null=True, blank=True)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey("clinic.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    end_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["patient"],
                condition=Q(ended_at__isnull=True),
                name="course_open_once",
                violation_error_message="This patient already has an open course.",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True, end_reason="")
                | (Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(end_reason="")),
                name="course_ended_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(earlier_sessions=0, earlier_first_on__isnull=True, earlier_last_on__isnull=True)
                | Q(earlier_sessions__gt=0, earlier_first_on__isnull=False, earlier_last_on__gte=F("earlier_first_on")),
                name="course_earlier_has_dates",
                violation_error_message="Sessions elsewhere need the date of the first and of the last.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_indication_display()} course"


class LeftCourse(models.Model):
    """Whose course it was before it went to another prescriber: their calendar calls its visits off."""

    is_append_only = True

    site = models.ForeignKey("clinic.Site", on_delete=models.PROTECT, related_name="+")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="left_by")
    prescriber = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")
    left_at = models.DateTimeField()

    class Meta:
        ordering = ["left_at", "pk"]
        indexes = [models.Index(fields=["prescriber", "site"], name="left_course_by_prescriber")]


class Order(models.Model):
    """A prescriber's order: dose, how many sessions, which period, signed (DOS-8). Sessions point to it, never the reverse."""

    site = models.ForeignKey("clinic.Site", on_delete=models.PROTECT, related_name="+")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="orders")
    dose_mg = models.PositiveSmallIntegerField("dose (mg)")
    other_dose_reason = SealedTextField(max_length=200, blank=True, row="client_key")
    phase = models.CharField(max_length=12, blank=True)
    sessions = models.PositiveSmallIntegerField("how many sessions")
    valid_from_on = models.DateField("from")
    valid_until_on = models.DateField("until")
    note = SealedTextField(max_length=300, blank=True, row="client_key")
    ordered_by = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")
    ordered_at = models.DateTimeField()
    signed_at = models.DateTimeField(null=True, blank=True)
    signature = models.OneToOneField("clinic.Signature", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    is_spoken = models.BooleanField("spoken, read back", default=False)
    taken_by = models.ForeignKey(
        "clinic.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text="Who wrote a spoken order down and read it back."
    )
    client_key = models.UUIDField(default=uuid.uuid4, unique=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.ForeignKey("clinic.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-valid_from_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until_on__gte=F("valid_from_on")),
                name="order_ends_after_start",
                violation_error_message="The order ends before it begins.",
            ),
            models.CheckConstraint(
                condition=Q(sessions__gte=1), name="order_has_sessions", violation_error_message="An order is for at least one session."
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at__isnull=True, cancelled_by__isnull=True) | Q(cancelled_at__isnull=False, cancelled_by__isnull=False),
                name="order_cancelled_has_both",
            ),
            models.CheckConstraint(
                condition=Q(signed_at__isnull=True, signature__isnull=True) | Q(signed_at__isnull=False, signature__isnull=False),
                name="order_signed_has_both",
            ),
            models.CheckConstraint(
                condition=Q(is_spoken=False, taken_by__isnull=True) | Q(is_spoken=True, taken_by__isnull=False), name="order_spoken_was_taken_down"
            ),
        ]
        indexes = [
            models.Index(fields=["site"], condition=Q(is_spoken=True, signed_at__isnull=True, cancelled_at__isnull=True), name="order_to_cosign"),
        ]
