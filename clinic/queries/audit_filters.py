"""What the audit trail can be narrowed to: who, which act, which kind of act, which patient, and what nobody has reviewed."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q

from clinic.audit import chain_of
from clinic.models import Site
from clinic.queries.reviews import unreviewed

READ = Q(action__in=("record.read", "record.printed", "report.read", "auditor.opened"))
LEFT = Q(action__in=("record.exported", "report.exported", "export.downloaded"))
DENIED = Q(action__startswith="access.")
# Of no patient: people, places, rules.
HOUSE = Q(patient_pk__isnull=True) & ~READ & ~LEFT & ~DENIED
UNREVIEWED = "unreviewed"
KINDS: dict[str, tuple[str, Q]] = {
    "reads": ("Records read", READ),
    "changes": ("Patients’ records changed", Q(patient_pk__isnull=False) & ~READ & ~LEFT & ~DENIED),
    "exports": ("What left the site", LEFT),
    "denials": ("What was refused", DENIED),
    "house": ("People, places and rules", HOUSE),
}


def kind_choices() -> list[tuple[str, str]]:
    return [("", "Everything"), *((code, label) for code, (label, _) in KINDS.items()), (UNREVIEWED, "Not reviewed yet")]


def condition(site: Site, asked: Mapping[str, Any]) -> Q:
    """Of a filter form's cleaned fields; unknown and empty ones narrow nothing."""
    wanted = Q()
    for name, column in (("person", "actor_id"), ("action", "action"), ("patient", "patient_pk")):
        if asked.get(name):
            wanted &= Q(**{column: asked[name]})
    kind = str(asked.get("kind") or "")
    if kind == UNREVIEWED:
        return wanted & Q(chain=chain_of(site), seq__gte=unreviewed(site).since)
    return wanted & KINDS[kind][1] if kind in KINDS else wanted
