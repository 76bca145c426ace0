"""Beat's tick, which a worker writes down: what `/readyz` calls the heartbeat."""

from celery import shared_task

from clinic import clock, scope
from clinic.models import Heartbeat


@shared_task
@scope.closed()
def tick() -> None:
    """Two beats or two workers at once write the same row: harmless."""
    Heartbeat.objects.update_or_create(name="tick", defaults={"beat_at": clock.now()})
