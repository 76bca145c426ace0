"""The findings of a gate as the page shows them: what was decided, by whom and why, and what is still open."""

from collections.abc import Iterable
from typing import Any
from uuid import uuid4

from clinic.findings import Finding, Level
from clinic.models import User
from sessions.actions.predose import holding
from sessions.picture import Picture


def gate_rows(picture: Picture, findings: Iterable[Finding], bound_form: Any = None) -> list[dict[str, object]]:
    """One row a finding: `decision` is the override that passes it, `key` a fresh client key for deciding on it."""
    taken = {override.finding: override for override in holding(picture)}
    names = {user.pk: str(user) for user in User.objects.filter(pk__in={override.decided_by_id for override in taken.values()})} if taken else {}
    refused = bound_form.data.get("finding") if bound_form is not None and "finding" in bound_form.fields else None
    rows = []
    for finding in findings:
        override = taken.get(finding.key) if finding.level is Level.DECISION else None
        rows.append({
            "finding": finding,
            "decision": override,
            "decided_by": names.get(override.decided_by_id, "") if override is not None else "",
            "is_open": finding.level is Level.BLOCK or (finding.level is Level.DECISION and override is None),
            "comes_after_repeat": finding.code.startswith("PRE-2.unrepeated."),
            "needs_decision": finding.level is Level.DECISION and override is None,
            "key": uuid4(),
            "typed": bound_form.data.get("reason", "") if refused == finding.key else "",
            "errors": errors_of(bound_form) if refused == finding.key else [],
        })  # fmt: skip
    return rows


def errors_of(form: Any) -> list[str]:
    """What was wrong with a form, as sentences."""
    return [str(error) for errors in form.errors.values() for error in errors] if form is not None else []
