"""What a prescriber's signature under a departure binds, as canonical text (OUT-3). A schema, once shipped, is frozen."""

import json
from collections.abc import Collection

from sessions.models import Departure
from sessions.signed_content import plain

KIND = "departure"
SCHEMA = 1
_FIELDS = (
    "id", "observed_at", "recorded_at", "recorded_via", "recorded_by_id", "observed_by_id", "kind", "condition", "patient_called", "contact_called",
    "emergency_called", "note", "destination", "handed_to",
)  # fmt: skip


def departure_text(row: Departure) -> str:
    """Schema 1: site, session, then the fact as JSON in ASCII with sorted keys."""
    body = {name: plain(getattr(row, name)) for name in _FIELDS}
    return "\n".join([f"vigil-departure {SCHEMA}", f"site {row.site.uid}", f"session {row.session.uid}", json.dumps(body, sort_keys=True)])


def render_departures(pks: Collection[int]) -> dict[int, str]:
    """The texts of many departures in one query; missing ones are left out."""
    return {row.pk: departure_text(row) for row in Departure.objects.filter(pk__in=pks).select_related("session", "site")}


def render_departure(pk: int) -> str:
    """One departure's text. Raises LookupError when there is none."""
    return render_departures([pk])[pk]
