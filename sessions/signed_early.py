"""What both signatures of an early discharge bind, as canonical text (OUT-3): schema 2 of a discharge. Frozen, as every schema is once shipped.

The facts read as in schema 1; before them stand the second signer, the reason, and each finding that was gone past.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from sessions.models import Discharge, Override
from sessions.signed_content import discharge_text, facts_signed, plain

SCHEMA = 2
_PASSED = ("id", "gate", "rule", "finding", "text", "reason", "decided_at", "decided_by_id")


def early_text(discharge: Discharge, passed: Iterable[Override], facts: Iterable[Any]) -> str:
    """Schema 2 over rows in memory: a head of its own, then the text of schema 1."""
    session = discharge.session
    head = [f"vigil-discharge {SCHEMA}", f"second {discharge.second_signer_id}"]
    head += [f"passed {json.dumps({name: plain(getattr(row, name)) for name in _PASSED}, sort_keys=True)}" for row in passed]
    return "\n".join([*head, discharge_text(discharge, session, session.patient.uid, discharge.site.uid, facts)])


def render_early_discharges(pks: Collection[int]) -> dict[int, str]:
    """The contents of many early discharges as they stood when they were signed; missing ones are left out."""
    discharges = list(Discharge.objects.filter(pk__in=pks).select_related("session__patient", "site"))
    facts = facts_signed([discharge.session_id for discharge in discharges])
    passed: dict[int, list[Override]] = defaultdict(list)
    for row in Override.objects.filter(discharge__in=discharges).order_by("pk"):
        passed[row.discharge_id or 0].append(row)
    return {discharge.pk: early_text(discharge, passed[discharge.pk], facts[discharge.session_id]) for discharge in discharges}


def render_early_discharge(pk: int) -> str:
    """One early discharge's content. Raises LookupError when there is none."""
    return render_early_discharges([pk])[pk]
