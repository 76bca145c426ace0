"""What only the printed record shows: entries that were corrected or withdrawn, and every signature with its proof (MON-7, OUT-2)."""

from collections.abc import Collection
from typing import Any

from django.db.models import Q

from clinic.models import Signature
from clinic.signatures import intact
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
from sessions.queries.timeline import words_of

SIGNED: dict[str, Any] = {
    "discharge": Discharge, "addendum": Addendum, "departure": Departure, "deviceconfirmation": DeviceConfirmation,
}  # fmt: skip
CORRECTABLE: tuple[Any, ...] = (DeviceUse, Observation, Round, SessionEvent, PreDoseCheck, ReadinessCheck)


def superseded(session: TreatmentSession) -> list[dict[str, Any]]:
    """The old entries, each with what became of it; in order of the time they tell."""
    return superseded_of([session.pk])[session.pk]


def superseded_of(session_pks: Collection[int]) -> dict[int, list[dict[str, Any]]]:
    """The same for many sessions, by session: one query a kind of fact. What was entered again elsewhere stands in both."""
    found: dict[int, list[dict[str, Any]]] = {pk: [] for pk in session_pks}
    for model in CORRECTABLE:
        here = Q(session__in=session_pks) | Q(supersedes__session__in=session_pks)
        newer = model.objects.filter(here, supersedes__isnull=False).select_related("supersedes", "supersedes__recorded_by", "recorded_by")
        for row in newer.order_by("pk"):
            line = replaced(row)
            for pk in {row.session_id, row.supersedes.session_id} & found.keys():
                found[pk].append(line)
    return {pk: sorted(rows, key=lambda row: (row["at"], row["changed_at"])) for pk, rows in found.items()}


def replaced(row: Any) -> dict[str, Any]:
    """What a correction took the place of."""
    old: Any = row.supersedes
    title, text, _, _ = words_of(old)
    return {
        "at": old.observed_at, "title": title, "text": text, "by": old.recorded_by, "was": was_of(row, old), "reason": row.reason,
        "changed_by": row.recorded_by, "changed_at": row.recorded_at,
    }  # fmt: skip


def was_of(row: Any, old: Any) -> str:
    """What became of an old entry, in a word."""
    if row.session_id != old.session_id:
        return "entered again in the right patient's session"
    return "taken back" if row.is_withdrawn else "corrected"


def signatures_of(session: TreatmentSession) -> list[dict[str, Any]]:
    """The signatures under the discharge or departure, the addenda and a late device's confirmation, each verified now."""
    rows = signatures_by_session(session.site_id, [session.pk])[session.pk]
    whole = intact(rows)
    return [printed(signature) | {"is_intact": signature.pk in whole} for signature in rows]


def signatures_by_session(site_pk: int, session_pks: Collection[int]) -> dict[int, list[Signature]]:
    """Unverified, in the order of signing."""
    targets = {
        (kind, pk): session
        for kind, model in SIGNED.items()
        for pk, session in model.objects.filter(session__in=session_pks).values_list("pk", "session_id")
    }
    wanted = Q(pk__in=[])
    for kind in SIGNED:
        wanted |= Q(target_kind=kind, target_pk__in=[pk for one, pk in targets if one == kind])
    found: dict[int, list[Signature]] = {pk: [] for pk in session_pks}
    for signature in Signature.objects.filter(wanted, site_id=site_pk).order_by("signed_at", "pk"):
        found[targets[signature.target_kind, signature.target_pk]].append(signature)
    return found
