"""What a clinician still owes somebody after a bad moment, for the board: safety calls, signatures, word to the REMS; in one query."""

from datetime import datetime

from django.db.models import OuterRef, QuerySet, Subquery
from django.urls import reverse

from clinic.models import Notice, Site
from clinic.queries import open_notices
from sessions.models import TreatmentSession
from sessions.queries.complaints import COMPLAINT
from sessions.queries.leaving import UNSIGNED
from sessions.queries.safety_calls import CALL_NOTICE
from sessions.queries.voiding import TELL_REMS

KINDS = (CALL_NOTICE, UNSIGNED, COMPLAINT, TELL_REMS)
STEP_OF = {COMPLAINT: "dose"}


def tasks_of(site: Site) -> QuerySet[Notice]:
    """Open tasks about sessions, the soonest due first."""
    return open_notices(site).filter(kind__in=KINDS, target_kind="treatmentsession")


def task_rows(site: Site, now: datetime) -> list[dict[str, object]]:
    """Each task with its patient and its page; red once it is overdue."""
    session = TreatmentSession.objects.filter(pk=OuterRef("target_pk"), site=site)
    names = {"last_name": Subquery(session.values("patient__last_name")), "first_name": Subquery(session.values("patient__first_name"))}
    return [task_row(notice, site, now) for notice in tasks_of(site).annotate(**names)]


def task_row(notice: Notice, site: Site, now: datetime) -> dict[str, object]:
    return {
        "patient": f"{notice.last_name}, {notice.first_name[:1]}.", "text": notice.text, "rule": notice.rule, "due_at": notice.due_at,  # type: ignore[attr-defined]
        "owner": str(notice.owner) if notice.owner else "", "is_late": notice.due_at is not None and now > notice.due_at,
        "url": f"{reverse('flowsheet', args=[site.slug, notice.target_pk])}?step={STEP_OF.get(notice.kind, 'leave')}",
    }  # fmt: skip


def task_changes(rows: list[dict[str, object]], now: datetime) -> list[datetime]:
    """When a task turns red by time alone."""
    return [row["due_at"] for row in rows if isinstance(row["due_at"], datetime) and row["due_at"] > now]
