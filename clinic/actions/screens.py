"""Enrol a screen, revoke it, note that it was seen."""

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from clinic import audit
from clinic.actions.writing import locked_site
from clinic.findings import refuse
from clinic.models import Chair, Screen, Site, User
from clinic.tokens import token_digest

SEEN_GRAIN = timedelta(minutes=1)


@transaction.atomic
def enrol_screen(site: Site, *, name: str, kind: str, chair: Chair | None, by: User, now: datetime, token: str = "") -> tuple[Screen, str]:
    """A screen that signs in as nobody, and its token, which is stored hashed only. `token` is given by demonstrations alone.

    Raises Refused for a second screen of that name, and where chair and kind don't fit.
    """
    row = locked_site(site)
    is_wall = kind in (Screen.Kind.WALL, Screen.Kind.TABLET)
    if is_wall and chair is not None:
        raise refuse("SITE", "A wall shows every chair: leave the chair empty.", field="chair")
    if not is_wall and chair is None:
        raise refuse("SITE", "Say which chair it stands at.", field="chair")
    if Screen.objects.filter(site=row, name__iexact=name, revoked_at__isnull=True).exists():
        raise refuse("SITE", "This site already has a screen of that name.", field="name")
    secret = token or secrets.token_urlsafe(32)
    screen = Screen.objects.create(site=row, name=name, kind=kind, chair=chair, token_sha256=token_digest(secret), enrolled_at=now, enrolled_by=by)
    changes = {"kind": kind, "chair": chair.pk if chair is not None else None}
    audit.record(action="screen.enrolled", target=screen, by=by, now=now, site=row, changes=changes)
    return screen, secret


@transaction.atomic
def revoke_screen(screen: Screen, *, by: User, now: datetime) -> Screen:
    """End a screen for good: its address answers like one that never was."""
    row = Screen.objects.select_for_update(of=("self",)).select_related("site").get(pk=screen.pk)
    if row.revoked_at is not None:
        return row
    row.revoked_at, row.revoked_by = now, by
    row.save(update_fields=["revoked_at", "revoked_by"])
    audit.record(action="screen.revoked", target=row, by=by, now=now, site=row.site)
    return row


def note_seen(screen: Screen, *, now: datetime) -> None:
    """A screen's sign of life, once a minute; like a heartbeat it leaves no audit entry."""
    if screen.seen_at is not None and now - screen.seen_at < SEEN_GRAIN:
        return
    minute = now.replace(second=0, microsecond=0)
    Screen.objects.filter(Q(seen_at__isnull=True) | Q(seen_at__lt=minute), pk=screen.pk).update(seen_at=minute)
