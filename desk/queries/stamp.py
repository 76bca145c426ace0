"""Whether anything is new at a site, in one query: what a poll asks every ten seconds."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from clinic.audit import chain_of
from clinic.models import AuditHead, Heartbeat, Site
from clinic.prepared import prepared
from clinic.queries.presence import on_site_at
from desk.queries.tasks import tasks_of
from patients.queries.cosign import unsigned_spoken

SILENT_AFTER = timedelta(minutes=3)


@dataclass(frozen=True, slots=True)
class Stamp:
    """The site's last audited act, and the signs of life. Every act is audited, so an equal `seq` means equal facts."""

    seq: int
    watchman_at: datetime | None
    sender_at: datetime | None
    has_prescriber: bool
    unsigned_at: datetime | None = None
    unsigned_mine_at: datetime | None = None
    has_tasks: bool = False

    def silent_minutes(self, now: datetime) -> int:
        """How long the watchman has been silent; 0 while he is heard, or before his first round."""
        if self.watchman_at is None or now - self.watchman_at <= SILENT_AFTER:
            return 0
        return int((now - self.watchman_at).total_seconds()) // 60

    def messages_wait(self, now: datetime) -> bool:
        """Whether the sender of messages is silent: they are kept, and wait."""
        return self.sender_at is not None and now - self.sender_at > SILENT_AFTER

    def flags(self, now: datetime) -> str:
        return f"{int(bool(self.silent_minutes(now)))}{int(self.messages_wait(now))}{int(self.has_prescriber)}"


Signs = tuple[int | None, datetime | None, datetime | None, bool, datetime | None, datetime | None, bool]


@prepared
def signs(site_pk: int, chain: str, person_pk: int, now: datetime) -> QuerySet[Site, Signs]:
    here = OuterRef("pk")
    unsigned = unsigned_spoken(here).order_by("ordered_at")
    return (
        Site.objects.filter(pk=site_pk)
        .annotate(
            seq=Subquery(AuditHead.objects.filter(pk=chain).values("seq")[:1]),
            watchman_at=Subquery(Heartbeat.objects.filter(name="watchman").values("beat_at")[:1]),
            sender_at=Subquery(Heartbeat.objects.filter(name="sender").values("beat_at")[:1]),
            has_prescriber=Exists(on_site_at(here, now).filter(is_prescriber=True)),
            unsigned_at=Subquery(unsigned.values("ordered_at")[:1]),
            unsigned_mine_at=Subquery(unsigned.filter(ordered_by_id=person_pk).values("ordered_at")[:1]),
            has_tasks=Exists(tasks_of(here)),
        )
        .values_list("seq", "watchman_at", "sender_at", "has_prescriber", "unsigned_at", "unsigned_mine_at", "has_tasks")
    )


def stamp_of(site: Site, now: datetime, person_pk: int = 0) -> Stamp:
    """One query. A site without any act yet has no chain: its number is zero. `unsigned…` is the oldest spoken order to co-sign (DOS-8)."""
    found = signs(site.pk, chain_of(site), person_pk, now)[0]
    return Stamp(found[0] or 0, *found[1:])
