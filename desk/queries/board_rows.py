"""What the board reads of sessions and forms: two queries, written once a worker (ADR 14)."""

from datetime import date

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from clinic.models import SitePolicy
from clinic.prepared import prepared
from patients.models import Course
from patients.queries.names import NAMES_BESIDE
from sessions.models import MonitoringForm, Round, TreatmentSession
from sessions.picture import has_standing
from sessions.queries.by_patient import MOVE_WISH, RED_ANSWER, has_open
from sessions.queries.forgotten import is_explained
from sessions.queries.forms import OPEN as FORM_OPEN
from sessions.queries.numbering import COURSE, with_place
from sessions.queries.screening import screen_is_open
from sessions.queries.screens import with_calls
from sessions.states import OPEN, PRESENT, Status

OWED_COLUMNS = "site", "session", "status", "revision", "treatment_on", "due_on", "owed_at"
# Of a policy the board asks the clocks, never the limits: alerts are stored (MON-6).
CLOCKS = (
    "id", "site", "gate_anchor", "check_anchor", "minimum_watch_minutes", "check_minutes", "check_grace_minutes", "check_after_minutes", "final_check_minutes",
    "round_minutes", "rest_minutes",
)  # fmt: skip
# Of each row, its patient and policy; a phone number alone costs more to read than the rest.
UNSHOWN = (
    *(
        f"patient__{name}"
        for name in ("mrn_index", "phone", "phone_marks", "email", "email_marks", "address", "allergies", "status_changed_at", "created_at")
    ),
    *(f"policy__{field.name}" for field in SitePolicy._meta.concrete_fields if field.name not in CLOCKS),
    *(f"course__{field.name}" for field in Course._meta.concrete_fields if field.name not in ("id", *COURSE)),
    *[
        "uid",
        "schedule_version",
        "setting",
        "way_home",
        "escort",
        "kit_route",
        "kit_lot",
        "kit_expires_on",
        "booked_at",
        "booked_by",
        "order",
        "void_second",
        "replaced_by",
    ],
    *["arrived_at", "waiting_at", "cleared_at", "held_at", "dosing_at", "monitoring_at", "cancelled_at", "missed_at", "voided_at"],
)


@prepared
def sessions_on(site_pk: int, today: date) -> QuerySet[TreatmentSession]:
    rows = TreatmentSession.objects.filter(Q(treatment_on=today) | Q(status__in=PRESENT), site_id=site_pk).exclude(status=Status.VOIDED)
    rounds = Round.objects.standing().filter(session_id=OuterRef("pk")).order_by("-observed_at")
    rows = with_calls(rows).annotate(
        needs_prescriber=screen_is_open(),
        explained=is_explained(),
        has_red_answer=has_open(RED_ANSWER),
        has_wish=has_open(MOVE_WISH),
        has_standing=has_standing(),
        last_round_at=Subquery(rounds.values("observed_at")[:1]),
        monitor_name=F("monitor__printed_name"),
    )
    return with_place(rows, of=OPEN).select_related("patient", "policy", "course").defer(*UNSHOWN).order_by()


@prepared
def open_forms(site_pk: int) -> QuerySet[MonitoringForm]:
    owed = MonitoringForm.objects.filter(site_id=site_pk, status__in=FORM_OPEN).order_by("due_on", "pk").only(*OWED_COLUMNS)
    return owed.annotate(**{name: F(f"session__patient__{column}") for name, column in NAMES_BESIDE.items()})
