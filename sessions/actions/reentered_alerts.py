"""Alerts follow the checks that raised them into the right patient's session, with what became of them (MON-6)."""

from typing import Any

from sessions.actions.alerts import beyond_of, is_over_already
from sessions.models import Alert, Observation, TreatmentSession
from sessions.picture import Picture
from sessions.rules.alerts import repeat_due_at

KEPT = (
    "tier", "what", "text", "raised_at", "repeat_due_at", "escalated_at", "acknowledged_at", "acknowledged_by_id", "closed_at", "closed_by_id", "closed_how",
)  # fmt: skip


def follow_alerts(source: TreatmentSession, picture: Picture, moved: list[Any]) -> None:
    """Copy the alerts of the moved checks, open or closed; where the right patient's own limits are tighter, raise what was missed (PAT-8)."""
    new_of = {row.supersedes_id: row for row in moved if isinstance(row, Observation)}
    told = set()
    for alert in Alert.objects.filter(session=source, observation_id__in=[pk for pk in new_of if pk is not None]).order_by("raised_at", "pk"):
        check = new_of[alert.observation_id]
        told.add((check.pk, alert.what))
        made = Alert(site_id=source.site_id, session=picture.session, observation=check, **{name: getattr(alert, name) for name in KEPT})
        made.save(force_insert=True)
    for check in new_of.values():
        for beyond in beyond_of(picture, check):
            if (check.pk, beyond.what) in told or is_over_already(picture, check, beyond.what):
                continue
            Alert.objects.create(
                site_id=source.site_id, session=picture.session, observation=check, tier=beyond.tier, what=beyond.what, text=beyond.text,
                raised_at=check.recorded_at, repeat_due_at=repeat_due_at(beyond, check.observed_at),
            )  # fmt: skip
