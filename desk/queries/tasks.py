"""What a clinician still owes somebody after a bad moment, for the board: safety calls, signatures, word to the REMS."""

from datetime import datetime

from django.db.models import Case, OuterRef, Q, QuerySet, Subquery, When
from django.urls import reverse

from clinic.addresses import address
from clinic.models import Notice, Site
from clinic.prepared import prepared
from clinic.queries import open_notices
from clinic.queries.anchors import ANCHOR_LATE
from clinic.queries.reviews import GUESSING
from clinic.roles import Permission, may
from patients.models import TransferOut
from patients.queries.authorisations import TELL_OF_MOVE
from patients.queries.emergency_reads import NOTICE as EMERGENCY_READ
from patients.queries.names import NAMES_BESIDE, name_beside
from reminders.queries.balance import UNBALANCED
from sessions.models import Emergency, TreatmentSession
from sessions.queries.adverse import NOTICE as EVENT_NOTICE
from sessions.queries.adverse import WORDS as EVENT_WORDS
from sessions.queries.adverse import Owed, owed_events
from sessions.queries.by_patient import MOVE_WISH, OF_THE_LINK, RED_ANSWER
from sessions.queries.complaints import COMPLAINT
from sessions.queries.emergency import UNTOLD, untold
from sessions.queries.leaving import UNSIGNED
from sessions.queries.next_step import NEXT_NOTICE
from sessions.queries.off_schedule import OFF_SCHEDULE
from sessions.queries.safety_calls import CALL_NOTICE
from sessions.queries.voiding import TELL_REMS
from sessions.rules.concerns import DRIVER_TOLD

# Of the site itself: what the row is called, its page, and who may open that.
OF_THE_HOUSE = {
    UNBALANCED: ("Messages", "messages", Permission.VIEW_MESSAGES),
    ANCHOR_LATE: ("Audit trail", "audit", Permission.VIEW_AUDIT),
}
# For the reviewers of the trail: what the row is called.
TO_REVIEW = {EMERGENCY_READ: "Emergency read", GUESSING: "Wrong tries"}
KINDS = (CALL_NOTICE, UNSIGNED, COMPLAINT, TELL_REMS, NEXT_NOTICE, DRIVER_TOLD, OFF_SCHEDULE, *OF_THE_LINK)
# Whose pages not everybody at the board may open.
NEEDS = {TELL_OF_MOVE: Permission.MANAGE_INTAKE, MOVE_WISH: Permission.BOOK, OFF_SCHEDULE: Permission.BOOK}
STEP_OF = {COMPLAINT: "dose", RED_ANSWER: "arrive"}


def tasks_of(site: Site | OuterRef | int) -> QuerySet[Notice]:
    """Open tasks about sessions, serious events and emergencies, the soonest due first."""
    return open_notices(site).filter(kind__in=(*KINDS, EVENT_NOTICE, UNTOLD, TELL_OF_MOVE, *TO_REVIEW, *OF_THE_HOUSE))


@prepared
def named_tasks(site_pk: int) -> QuerySet[Notice]:
    """The same; those about a session or a move with the patient's name."""
    session = TreatmentSession.objects.filter(pk=OuterRef("target_pk"), site_id=site_pk)
    move = TransferOut.objects.filter(pk=OuterRef("target_pk"), site_id=site_pk)
    ours = Q(kind__in=KINDS, target_kind="treatmentsession")
    names = {
        name: Case(When(ours, then=Subquery(session.values(f"patient__{column}"))), default=Subquery(move.values(f"patient__{column}")))
        for name, column in NAMES_BESIDE.items()
    }
    return tasks_of(site_pk).annotate(**names)


def task_rows(site: Site, now: datetime, role: str) -> list[dict[str, object]]:
    """Each task with its patient and its page, where the role may open that; red once it is overdue. Serious events stand first, by the way they go as of now.

    One query; events and emergencies are read where a notice has told of any.
    """
    notices = named_tasks(site.pk)
    kinds = {notice.kind for notice in notices}
    return [
        *(event_row(owed, site, now) for owed in (owed_events(site, now) if EVENT_NOTICE in kinds else [])),
        *(emergency_row(row, site) for row in (untold(site) if UNTOLD in kinds else [])),
        *(task_row(notice, site, now, role) for notice in notices if is_named(notice)),
        *(house_row(notice, site, role) for notice in notices if notice.kind in OF_THE_HOUSE),
        *(reading_row(notice, site, now, role) for notice in notices if notice.kind in TO_REVIEW),
    ]


def emergency_row(emergency: Emergency, site: Site) -> dict[str, object]:
    who = emergency.patient.short_name if emergency.patient is not None else emergency.where or "Emergency"
    return {
        "patient": who, "text": "An emergency is over: nobody has told yet what happened.", "rule": "MON-5", "due_at": None, "owner": "", "is_late": False,
        "url": address("emergency", site.slug, emergency.pk),
    }  # fmt: skip


def house_row(notice: Notice, site: Site, role: str) -> dict[str, object]:
    """Messages that don't add up are red at once; a late anchor harms nobody today."""
    name, page, permission = OF_THE_HOUSE[notice.kind]
    return {
        "patient": name, "text": notice.text, "rule": notice.rule, "due_at": None, "owner": "", "is_late": notice.kind == UNBALANCED,
        "url": reverse(page, args=[site.slug]) if may(role, permission) else "",
    }  # fmt: skip


def reading_row(notice: Notice, site: Site, now: datetime, role: str) -> dict[str, object]:
    return {
        "patient": TO_REVIEW[notice.kind], "text": notice.text, "rule": notice.rule, "due_at": notice.due_at, "owner": "",
        "is_late": notice.due_at is not None and now > notice.due_at,
        "url": review_url(notice, site) if may(role, Permission.REVIEW_AUDIT) else "",
    }  # fmt: skip


def review_url(notice: Notice, site: Site) -> str:
    if notice.kind == GUESSING:
        return reverse("audit_review", args=[site.slug])
    return reverse("emergency_read_review", args=[site.slug, notice.target_pk])


def event_row(owed: Owed, site: Site, now: datetime) -> dict[str, object]:
    return {
        "patient": owed.event.patient.short_name, "text": EVENT_WORDS[owed.way], "rule": "PMF-6", "due_at": owed.due_at, "owner": "",
        "is_late": owed.is_late(now), "url": address("adverse_event", site.slug, owed.event.pk),
    }  # fmt: skip


def task_row(notice: Notice, site: Site, now: datetime, role: str) -> dict[str, object]:
    return {
        "patient": name_beside(notice), "text": notice.text, "rule": notice.rule, "due_at": notice.due_at,
        "owner": str(notice.owner) if notice.owner else "", "is_late": notice.due_at is not None and now > notice.due_at,
        "url": task_url(notice, site) if may(role, NEEDS.get(notice.kind, Permission.VIEW_RECORD)) else "",
    }  # fmt: skip


def is_named(notice: Notice) -> bool:
    return notice.kind == TELL_OF_MOVE or (notice.kind in KINDS and notice.target_kind == "treatmentsession")


def task_url(notice: Notice, site: Site) -> str:
    if notice.kind == TELL_OF_MOVE:
        return address("transfer_told", site.slug, notice.target_pk)
    if notice.kind == NEXT_NOTICE:
        return address("session_next", site.slug, notice.target_pk)
    if notice.kind == OFF_SCHEDULE:
        return address("session_move", site.slug, notice.target_pk)
    if notice.kind == MOVE_WISH:
        return reverse("wishes", args=[site.slug])
    return f"{address('flowsheet', site.slug, notice.target_pk)}?step={STEP_OF.get(notice.kind, 'leave')}"


def task_changes(rows: list[dict[str, object]], now: datetime) -> list[datetime]:
    """When a task turns red by time alone."""
    return [row["due_at"] for row in rows if isinstance(row["due_at"], datetime) and row["due_at"] > now]
