"""Raise a notice once, and resolve it when the act itself has been done.

Neither writes to the audit chain: a notice is derived by the house, and the act that resolves it leaves its own entry.
"""

from collections.abc import Collection
from datetime import datetime

from django.db import models, transaction

from clinic.models import Notice, Site, User


@transaction.atomic
def raise_notice(
    site: Site,
    kind: str,
    rule: str,
    target: models.Model,
    text: str,
    now: datetime,
    due_at: datetime | None = None,
    owner: User | None = None,
    discriminator: str = "",
) -> Notice:
    """Open a notice, or return the one that is open already with its text and due time renewed: raising twice has one effect.

    `text` (at most 300 characters) holds no patient's name, drug or diagnosis.
    """
    key = {"site": site, "kind": kind, "target_kind": target._meta.model_name or "", "target_pk": target.pk, "discriminator": discriminator}
    wanted = {"rule": rule, "text": text[:300], "due_at": due_at, "owner": owner}
    standing = Notice.objects.select_for_update().filter(**key, resolved_at__isnull=True)
    notice = standing.first()
    if notice is None:
        # Two watchmen at once are harmless: the partial unique index lets one in, and both read the same row.
        Notice.objects.bulk_create([Notice(**key, **wanted, raised_at=now)], ignore_conflicts=True)
        notice = standing.get()
    changed = [name for name, value in wanted.items() if getattr(notice, name) != value]
    if changed:
        for name in changed:
            setattr(notice, name, wanted[name])
        notice.save(update_fields=changed)
    return notice


@transaction.atomic
def resolve_notices(site: Site, kind: str, target: models.Model, how: str, now: datetime, discriminator: str | None = None) -> int:
    """Close the open notices of a kind about a target; how many there were. `discriminator` None: all of them."""
    notices = Notice.objects.filter(site=site, kind=kind, target_kind=target._meta.model_name or "", target_pk=target.pk, resolved_at__isnull=True)
    if discriminator is not None:
        notices = notices.filter(discriminator=discriminator)
    return notices.update(resolved_at=now, resolved_how=how[:120])


def settle(site: Site, kinds: Collection[str], target: models.Model, how: str, now: datetime) -> int:
    """Close the open notices of several kinds about a target, in one query."""
    about = Notice.objects.filter(site=site, kind__in=kinds, target_kind=target._meta.model_name or "", target_pk=target.pk)
    return about.filter(resolved_at__isnull=True).update(resolved_at=now, resolved_how=how[:120])
