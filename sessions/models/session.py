"""The treatment session: a booked slot and the state it has reached. Facts about it live in the other files."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from clinic.fields import SealedTextField
from clinic.models.site import Setting
from clinic.sparse import Sparse
from patients.models.patient import WayHome
from sessions.models.dosing import Route
from sessions.states import Status

# Each status and the timestamp that must stand beside it.
STAMP_OF_STATUS: dict[str, str] = {
    Status.ARRIVED: "arrived_at",
    Status.CLEARED: "cleared_at",
    Status.WAITING: "waiting_at",
    Status.HELD: "held_at",
    Status.DOSING: "dosing_at",
    Status.MONITORING: "monitoring_at",
    Status.DISCHARGED: "discharged_at",
    Status.LEFT: "left_at",
    Status.TRANSFERRED: "transferred_at",
    Status.CANCELLED: "cancelled_at",
    Status.MISSED: "missed_at",
    Status.VOIDED: "voided_at",
}


class TreatmentSession(Sparse):
    is_record = True

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    site = models.ForeignKey("clinic.Site", on_delete=models.PROTECT, related_name="treatment_sessions")
    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="treatment_sessions")
    course = models.ForeignKey("patients.Course", on_delete=models.PROTECT, related_name="treatment_sessions")
    order = models.ForeignKey("patients.Order", null=True, blank=True, on_delete=models.PROTECT, related_name="treatment_sessions")
    chair = models.ForeignKey("clinic.Chair", on_delete=models.PROTECT, related_name="treatment_sessions")
    policy = models.ForeignKey(
        "clinic.SitePolicy",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="In force on the session's day; fixed at arrival.",
    )
    monitor = models.ForeignKey("clinic.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    protocol_code = models.CharField(max_length=40)
    protocol_version = models.PositiveSmallIntegerField(default=1)
    setting = models.CharField(max_length=12, choices=Setting, default=Setting.OUTPATIENT)
    planned_dose_mg = models.PositiveSmallIntegerField("planned dose (mg)")
    treatment_on = models.DateField("day of treatment", help_text="In the site's zone; deadlines and 'one dosed session a day' count in it.")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    schedule_version = models.PositiveIntegerField(default=1)
    slot_version = models.PositiveIntegerField(default=1, help_text="The version that brought the present time: patients' links name it.")
    slot_set_at = models.DateTimeField(null=True, blank=True, help_text="When the time was last changed, given up or taken back; empty: as booked.")
    status = models.CharField(max_length=12, choices=Status, default=Status.BOOKED)
    status_reason = SealedTextField(
        max_length=300,
        blank=True,
    )
    way_home = models.CharField(max_length=8, choices=WayHome, blank=True)
    escort = models.ForeignKey("patients.Contact", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    ride_at = models.DateTimeField(null=True, blank=True, help_text="When the way home comes, or leaves at the latest (DOS-9).")
    kit_route = models.CharField(max_length=8, choices=Route, blank=True, help_text="Entered once at the start; confirmed with each device.")
    kit_lot = models.CharField(max_length=40, blank=True)
    kit_expires_on = models.DateField(null=True, blank=True)
    booked_at = models.DateTimeField()
    booked_by = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True, help_text="The patient said that they come to this slot.")
    arrived_at = models.DateTimeField(null=True, blank=True)
    waiting_at = models.DateTimeField(null=True, blank=True)
    cleared_at = models.DateTimeField(null=True, blank=True)
    held_at = models.DateTimeField(null=True, blank=True)
    dosing_at = models.DateTimeField(null=True, blank=True)
    monitoring_at = models.DateTimeField(null=True, blank=True)
    discharged_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)
    transferred_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    missed_at = models.DateTimeField(null=True, blank=True)
    voided_at = models.DateTimeField(null=True, blank=True)
    void_second = models.ForeignKey(
        "clinic.User",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="The second person, where devices were on record (OUT-4).",
    )
    replaced_by = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="replaces",
        help_text="The right patient's session, where all of it was entered again.",
    )

    class Meta:
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="session_ends_after_start", violation_error_message="The visit ends before it begins."
            ),
            *(
                models.CheckConstraint(condition=~Q(status=status) | Q(**{f"{stamp}__isnull": False}), name=f"session_{status}_has_time")
                for status, stamp in STAMP_OF_STATUS.items()
            ),
            models.CheckConstraint(
                condition=Q(replaced_by__isnull=True) | Q(status=Status.VOIDED, void_second__isnull=False), name="session_replaced_is_voided"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[Status.HELD, Status.CANCELLED, Status.MISSED, Status.VOIDED, Status.LEFT, Status.WAITING])
                | ~Q(status_reason=""),
                name="session_status_has_reason",
                violation_error_message="Say why.",
            ),
        ]
        indexes = [
            models.Index(fields=["site", "treatment_on"], name="session_by_day"),
            models.Index(fields=["site", "status"], name="session_by_status"),
            models.Index(fields=["patient", "treatment_on"], name="session_by_patient"),
            models.Index(fields=["chair", "starts_at"], name="session_by_chair"),
            # Messages are derived by the time of the visit and by the time of its last change, whatever the site.
            models.Index(fields=["starts_at"], name="session_by_start"),
            models.Index(Coalesce("slot_set_at", "booked_at"), name="session_by_news"),
        ]

    def __str__(self) -> str:
        return f"Session {self.pk} on {self.treatment_on}"
