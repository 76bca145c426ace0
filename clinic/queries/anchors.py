"""How the anchoring stands, for the audit page and the operator: each place, what has arrived there last, and whether that is late."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Max

from clinic.anchor_places import name_of, shown
from clinic.models import AnchorDelivery, AuditEntry
from clinic.rules.anchoring import is_late

ANCHOR_LATE = "anchor_late"


@dataclass(frozen=True)
class Place:
    words: str
    arrived_at: datetime | None
    number: int | None
    is_late: bool


def anchored_places(now: datetime) -> list[Place]:
    """One of each place that the environment names; empty where nothing leaves the house at all."""
    if not settings.VIGIL_ANCHOR_TO:
        return []
    found = AnchorDelivery.objects.order_by().values("place").annotate(at=Max("round__made_at"), number=Max("round__number"))
    arrived = {row["place"]: row for row in found}
    first = AuditEntry.objects.order_by("pk").values_list("happened_at", flat=True).first()
    return [place_of(words, arrived.get(name_of(words)), first, now) for words in settings.VIGIL_ANCHOR_TO]


def place_of(place: str, row: Mapping[str, Any] | None, first: datetime | None, now: datetime) -> Place:
    at, number = (row["at"], row["number"]) if row is not None else (None, None)
    return Place(shown(place), at, number, is_late(at, first, now))  # type: ignore[arg-type]
