"""Make a calendar feed, revoke it, note that it was read; keep the slot that a visit leaves."""

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from clinic import audit
from clinic.actions.writing import locked_site
from clinic.findings import refuse
from clinic.models import Chair, Site, User
from clinic.tokens import token_digest
from sessions.models import CalendarFeed, LeftHands, LeftSlot, TreatmentSession
from sessions.rules.feeds import MOST

READ_GRAIN = timedelta(minutes=1)


@transaction.atomic
def make_feed(
    site: Site, *, name: str, user: User | None, chair: Chair | None, scope: str, by: User, now: datetime, token: str = ""
) -> tuple[CalendarFeed, str]:
    """A feed of a person or of a chair, and its token, which is stored hashed only. `token` is given by demonstrations alone.

    Raises Refused beyond the number that one owner may have.
    """
    row = locked_site(site)
    standing = CalendarFeed.objects.filter(site=row, user=user, chair=chair, revoked_at__isnull=True)
    if standing.count() >= MOST:
        raise refuse("SITE", f"There are {MOST} of them already: revoke one that nobody uses.", code="feed.most", field="name")
    secret = token or secrets.token_urlsafe(32)
    feed = CalendarFeed.objects.create(
        site=row, name=name, user=user, chair=chair, scope=scope, token_sha256=token_digest(secret), made_at=now, made_by=by
    )  # fmt: skip
    audit.record(action="feed.made", target=feed, by=by, now=now, site=row, changes={"chair": chair.pk if chair else None, "scope": scope})
    return feed, secret


@transaction.atomic
def revoke_feed(feed: CalendarFeed, *, may_manage: bool, by: User, now: datetime) -> CalendarFeed:
    """End a feed for good: its address answers like one that never was. One's own, or any of them by who manages the site.

    Raises Refused for somebody else's. Twice has the effect of once.
    """
    row = CalendarFeed.objects.select_for_update(of=("self",)).select_related("site").get(pk=feed.pk)
    if row.user_id != by.pk and not may_manage:
        raise refuse("SITE", "That feed is somebody else's. They or an administrator revoke it.", code="feed.theirs")
    if row.revoked_at is not None:
        return row
    row.revoked_at, row.revoked_by = now, by
    row.save(update_fields=["revoked_at", "revoked_by"])
    audit.record(action="feed.revoked", target=row, by=by, now=now, site=row.site)
    return row


def note_read(feed: CalendarFeed, *, now: datetime) -> None:
    """When a calendar last came, to the minute; like a heartbeat it leaves no audit entry."""
    if feed.read_at is not None and now - feed.read_at < READ_GRAIN:
        return
    minute = now.replace(second=0, microsecond=0)
    CalendarFeed.objects.filter(Q(read_at__isnull=True) | Q(read_at__lt=minute), pk=feed.pk).update(read_at=minute)


def note_turn(feed: CalendarFeed) -> None:
    """Its person left the site since it was last read, or came back: every line must be newer than what the calendar holds."""
    is_off = feed.left_at is not None
    if feed.is_called_off != is_off:
        CalendarFeed.objects.filter(pk=feed.pk, is_called_off=not is_off).update(is_called_off=is_off, turns=F("turns") + 1)
        feed.refresh_from_db(fields=["is_called_off", "turns"])


def keep_left(session: TreatmentSession, *, now: datetime) -> None:
    """The slot that a locked visit is about to leave; inside the caller's transaction."""
    LeftSlot.objects.create(
        site_id=session.site_id, session=session, chair_id=session.chair_id, starts_at=session.starts_at, ends_at=session.ends_at,
        schedule_version=session.schedule_version, left_at=now,
    )  # fmt: skip


def keep_hands(session: TreatmentSession, *, monitor_pk: int, now: datetime) -> None:
    """Who has handed a locked visit on; inside the caller's transaction."""
    LeftHands.objects.create(site_id=session.site_id, session=session, monitor_id=monitor_pk, left_at=now)
