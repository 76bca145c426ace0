"""Which exports want a worker."""

from datetime import datetime, timedelta

from django.conf import settings

from clinic import scope
from reports.models import Export

State = Export.State
# So long an export may wait before anybody looks after it: its own call is still under way.
PATIENCE = timedelta(seconds=20)


def to_build(now: datetime, least: timedelta = PATIENCE) -> list[int]:
    """Exports that no worker has taken although they have waited at least so long, and those whose worker is lost; oldest first."""
    waiting = Export.objects.filter(state=State.WAITING, asked_at__lte=now - least)
    lost = Export.objects.filter(state=State.WORKING, lease_until__lte=now)
    with scope.every():
        return list((waiting | lost).order_by("asked_at", "pk").values_list("pk", flat=True)[:50])


def site_of(export_pk: int) -> int | None:
    """Whose export it is; None for one that is gone."""
    with scope.every():
        return Export.objects.filter(pk=export_pk).values_list("site_id", flat=True).first()


def is_busy(now: datetime) -> bool:
    """Whether as many exports are under way as may be at once."""
    with scope.every():
        return Export.objects.filter(state=State.WORKING, lease_until__gt=now).count() >= settings.VIGIL_EXPORTS_AT_ONCE
