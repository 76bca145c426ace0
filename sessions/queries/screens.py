"""What an enrolled screen and the board ask: who is in a chair now, open calls for help, how the patient said they feel."""

from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from clinic.models import Chair
from sessions.models import HelpCall, SessionEvent, TreatmentSession
from sessions.states import PRESENT

FEELINGS = (SessionEvent.Kind.FEELS_GOOD, SessionEvent.Kind.FEELS_SO_SO, SessionEvent.Kind.FEELS_BAD)


def session_on(chair: Chair) -> TreatmentSession | None:
    """Whoever is in this chair now; the last to arrive where two are on record."""
    rows = TreatmentSession.objects.select_related("site", "patient", "policy").filter(chair=chair, status__in=PRESENT)
    return rows.order_by("-arrived_at", "-pk").first()


def had_help() -> Exists:
    """For a query of sessions: whether there is a call to read at all; most sessions have none."""
    return Exists(HelpCall.objects.filter(session_id=OuterRef("pk")))


def with_calls(rows: QuerySet[TreatmentSession]) -> QuerySet[TreatmentSession]:
    """Sessions with `help_asked_at`, `felt` and `felt_at`, within the query that there is."""
    calls = HelpCall.objects.filter(session_id=OuterRef("pk"), answered_at__isnull=True)
    felt = SessionEvent.objects.standing().filter(session_id=OuterRef("pk"), kind__in=FEELINGS).order_by("-observed_at", "-pk")
    return rows.annotate(
        help_asked_at=Subquery(calls.values("asked_at")[:1]), felt=Subquery(felt.values("kind")[:1]), felt_at=Subquery(felt.values("observed_at")[:1])
    )


def feels_bad_since(session: TreatmentSession, seen_at: datetime | None) -> datetime | None:
    """When the patient said that they feel bad, unless somebody has seen them since; for sessions of `with_calls`."""
    felt_at: datetime | None = getattr(session, "felt_at", None)
    if felt_at is None or getattr(session, "felt", "") != SessionEvent.Kind.FEELS_BAD:
        return None
    return felt_at if seen_at is None or seen_at <= felt_at else None
