"""What only the printed record shows: entries that were corrected or withdrawn, and every signature with its proof (MON-7, OUT-2)."""

from typing import Any

from django.db.models import Q

from clinic.models import Signature
from clinic.signatures import is_intact
from desk.queries.timeline import words_of
from sessions.models import (
    Addendum,
    Departure,
    DeviceConfirmation,
    DeviceUse,
    Discharge,
    Observation,
    PreDoseCheck,
    ReadinessCheck,
    Round,
    SessionEvent,
    TreatmentSession,
)
from sessions.queries.leaving import printed

SIGNED = (Discharge, Addendum, Departure, DeviceConfirmation)
CORRECTABLE = (DeviceUse, Observation, Round, SessionEvent, PreDoseCheck, ReadinessCheck)


def superseded(session: TreatmentSession) -> list[dict[str, Any]]:
    """The old entries, each with what became of it; in order of the time they tell."""
    rows: list[dict[str, Any]] = []
    for model in CORRECTABLE:
        here = Q(session=session) | Q(supersedes__session=session)
        newer = model.objects.filter(here, supersedes__isnull=False).select_related("supersedes", "supersedes__recorded_by", "recorded_by")
        for row in newer:
            old: Any = row.supersedes
            title, text, _, _ = words_of(old)
            rows.append(
                {"at": old.observed_at, "title": title, "text": text, "by": old.recorded_by, "was": was_of(row, old),
                 "reason": row.reason, "changed_by": row.recorded_by, "changed_at": row.recorded_at}
            )  # fmt: skip
    return sorted(rows, key=lambda row: row["at"])


def was_of(row: Any, old: Any) -> str:
    """What became of an old entry, in a word."""
    if row.session_id != old.session_id:
        return "entered again in the right patient's session"
    return "taken back" if row.is_withdrawn else "corrected"


def signatures_of(session: TreatmentSession) -> list[dict[str, Any]]:
    """The signatures under the discharge or departure, the addenda and a late device's confirmation, each verified now."""
    wanted = Q(pk__in=[])
    for model in SIGNED:
        rows: Any = model._default_manager
        wanted |= Q(target_kind=model._meta.model_name, target_pk__in=rows.filter(session=session).values("pk"))
    signatures = Signature.objects.filter(wanted, site_id=session.site_id).order_by("signed_at", "pk")
    return [printed(signature) | {"is_intact": is_intact(signature)} for signature in signatures]
