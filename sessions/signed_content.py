"""What a discharge's and an addendum's signature binds, as canonical text (OUT-2). Schema 1 is frozen: change nothing, add schema 2.

Only facts are signed content, as they stood at the moment of signing; status and plans are not. The patient is named by
`uid` alone: a corrected name or birth date breaks no signature.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime
from typing import Any

from django.db.models import F, Q

from sessions.models import (
    Addendum,
    DeviceUse,
    Discharge,
    IdentityCheck,
    Observation,
    PreDoseCheck,
    ReadinessCheck,
    Round,
    SessionEvent,
    TreatmentSession,
)

SCHEMA = 1
_COMMON = ("id", "observed_at", "recorded_at", "recorded_via", "recorded_by_id", "observed_by_id", "supersedes_id", "reason")
_FIELDS: dict[Any, tuple[str, ...]] = {
    IdentityCheck: ("moment", "said_name", "said_birth_date"),
    PreDoseCheck: ("schema", "answers"),
    DeviceUse: ("number", "route", "lot", "expires_on", "sprays", "indicator_ok", "has_failed", "label_checked"),
    Observation: (
        "kind", "planned_minute", "systolic", "diastolic", "pulse", "spo2", "breaths", "breathing", "sedation", "dissociation", "cadss", "nausea",
        "urgent_signs", "not_obtained", "note",
    ),
    Round: (),
    SessionEvent: ("kind", "what", "dose", "route", "ordered_by_id", "effect"),
    ReadinessCheck: ("schema", "answers"),
}  # fmt: skip


def plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def line(row: Any) -> str:
    """One fact: its kind, then its fields as JSON in ASCII with sorted keys."""
    body = {name: plain(getattr(row, name)) for name in (*_COMMON, *_FIELDS[type(row)])}
    return f"{row._meta.model_name} {json.dumps(body, sort_keys=True)}"


def discharge_text(discharge: Discharge, session: TreatmentSession, patient_uid: object, site_uid: object, facts: Iterable[Any]) -> str:
    """Schema 1 over rows in memory; bulk seeding renders without a query. Facts in order of kind, then of pk."""
    order = {model: place for place, model in enumerate(_FIELDS)}
    rows = sorted(facts, key=lambda row: (order[type(row)], row.pk))
    head = [
        f"vigil-discharge {SCHEMA}", f"site {site_uid}", f"session {session.uid}", f"patient {patient_uid}",
        f"protocol {session.protocol_code} {session.protocol_version}", f"setting {session.setting}", f"readiness {discharge.readiness_id}",
        f"discharged {plain(discharge.discharged_at)} by {discharge.discharged_by_id}", f"early {json.dumps(discharge.early_reason if discharge.is_early else None)}",
    ]  # fmt: skip
    return "\n".join([*head, *(line(row) for row in rows)])


def facts_signed(session_pks: Collection[int]) -> dict[int, list[Any]]:
    """By session, the facts that stood when its discharge was signed: written by then, and not yet superseded."""
    signed_at = F("session__discharge__recorded_at")
    still = Q(superseded_by__isnull=True) | Q(superseded_by__recorded_at__gt=signed_at)
    facts: dict[int, list[Any]] = defaultdict(list)
    for model in _FIELDS:
        for row in model.objects.filter(still, session_id__in=session_pks, recorded_at__lte=signed_at, is_withdrawn=False):
            facts[row.session_id].append(row)
    return facts


def render_discharges(pks: Collection[int]) -> dict[int, str]:
    """The contents of many discharges as they stood when they were signed, by a query a kind of fact; missing ones are left out."""
    discharges = list(Discharge.objects.filter(pk__in=pks).select_related("session__patient", "site"))
    facts = facts_signed([discharge.session_id for discharge in discharges])
    return {
        discharge.pk: discharge_text(discharge, discharge.session, discharge.session.patient.uid, discharge.site.uid, facts[discharge.session_id])
        for discharge in discharges
    }


def render_discharge(pk: int) -> str:
    """One discharge's content. Raises LookupError when there is none."""
    return render_discharges([pk])[pk]


def render_addenda(pks: Collection[int]) -> dict[int, str]:
    """The contents of many addenda: session, time, author and words; missing ones are left out."""
    return {row.pk: addendum_text(row) for row in Addendum.objects.filter(pk__in=pks).select_related("session", "site")}


def addendum_text(row: Addendum) -> str:
    body = {name: plain(getattr(row, name)) for name in (*_COMMON, "text")}
    return "\n".join([f"vigil-addendum {SCHEMA}", f"site {row.site.uid}", f"session {row.session.uid}", json.dumps(body, sort_keys=True)])


def render_addendum(pk: int) -> str:
    """One addendum's content. Raises LookupError when there is none."""
    return render_addenda([pk])[pk]
