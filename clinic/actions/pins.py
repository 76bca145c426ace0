"""Set a PIN, take it away; count the wrong ones of a tablet and forget them. Hashing is the caller's, outside of transactions."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from clinic import audit
from clinic.models import Membership, Pin, PinDoor, Screen, User
from clinic.models.locking import MOST_WRONG_PINS


@transaction.atomic
def set_pin(membership: Membership, *, hashed: str, by: User, now: datetime) -> Pin:
    """A person's own PIN at one site, after their password; a new one opens again the tablets that wrong ones have shut."""
    row = Membership.objects.select_for_update(of=("self",)).select_related("site").get(pk=membership.pk)
    pin, _ = Pin.objects.update_or_create(membership=row, defaults={"site": row.site, "hashed": hashed, "set_at": now})
    PinDoor.objects.filter(membership=row).update(wrong=0)
    audit.record(action="pin.set", target=row, by=by, now=now, site=row.site)
    return pin


@transaction.atomic
def remove_pin(membership: Membership, *, by: User, now: datetime) -> None:
    """Without a PIN the person's name is on no tablet. Taken away twice it is gone once."""
    row = Membership.objects.select_for_update(of=("self",)).select_related("site").get(pk=membership.pk)
    gone, _ = Pin.objects.filter(membership=row).delete()
    if gone:
        audit.record(action="pin.removed", target=row, by=by, now=now, site=row.site)


@transaction.atomic
def take_pin_try(tablet: Screen, membership: Membership) -> bool:
    """One of the few tries, taken before the PIN is looked at: many posts at once have no more of them. False when all are gone."""
    PinDoor.objects.bulk_create([PinDoor(site_id=tablet.site_id, screen=tablet, membership=membership)], ignore_conflicts=True)
    taken = PinDoor.objects.filter(screen=tablet, membership=membership, wrong__lt=MOST_WRONG_PINS).update(wrong=F("wrong") + 1)
    return bool(taken)


@transaction.atomic
def note_wrong_pin(tablet: Screen, membership: Membership, *, now: datetime) -> bool:
    """Whether this one has shut the tablet to the person; that leaves an entry, since somebody may be guessing."""
    is_shut = PinDoor.objects.filter(screen=tablet, membership=membership, wrong=MOST_WRONG_PINS).exists()
    if is_shut:
        audit.record(action="pin.off", target=tablet, by=None, now=now, site=tablet.site, changes={"membership": membership.pk})
    return is_shut


def forget_wrong_pins(tablet: Screen, user: User) -> None:
    """Their own right PIN, or a full sign-in at the tablet, gives all tries back."""
    PinDoor.objects.filter(screen=tablet, membership__user_id=user.pk, wrong__gt=0).update(wrong=0)
