"""Each day: sign the head of every chain and carry the lines outside, where nobody who can write here can write."""

import logging
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction

from clinic import scope
from clinic.actions.notices import raise_notice, resolve_notices
from clinic.anchor_keys import NoKey, SigningKey, signing_key
from clinic.anchor_places import NotTaken, carry, name_of, shown
from clinic.models import AnchorDelivery, AnchorRound, AuditHead, Site
from clinic.queries.anchors import ANCHOR_LATE, anchored_places
from clinic.rules.anchoring import Anchor, told

log = logging.getLogger(__name__)

# What could not be delivered is tried again with each tick; an older round says nothing that a newer one doesn't.
KEEPS_TRYING = timedelta(days=30)


def anchor(*, now: datetime) -> dict[str, int]:
    """Make today's round unless it is there, and deliver what is owed. Nothing without a place; loud in the log without a key."""
    if not settings.VIGIL_ANCHOR_TO:
        return {"made": 0, "delivered": 0, "owed": 0}
    try:
        key = signing_key()
    except NoKey as missing:
        log.error("The audit trail was not anchored: %s", missing)
        tell_late(now)
        return {"made": 0, "delivered": 0, "owed": 1}
    made = make_round(key, now=now)
    owed = owed_deliveries(now)
    delivered = sum(deliver(row, place, key.public.text, now=now) for row, place in owed)
    tell_late(now)
    return {"made": int(made is not None), "delivered": delivered, "owed": len(owed) - delivered}


def tell_late(now: datetime) -> None:
    """A place without its day's anchor is a task at every site, until it has arrived: nobody reads the log of a worker."""
    late = [place.words for place in anchored_places(now) if place.is_late]
    for site in Site.objects.filter(is_archived=False).order_by("pk"):
        with scope.of_site(site.pk):
            tell(site, late, now)


def tell(site: Site, late: list[str], now: datetime) -> None:
    if late:
        words = f"The audit trail's daily anchor has not arrived at {', '.join(late)}. Tell the operator."
        raise_notice(site, ANCHOR_LATE, "11.10(e)", site, words, now)
    else:
        resolve_notices(site, ANCHOR_LATE, site, "The anchors arrive again.", now)


def make_round(key: SigningKey, *, now: datetime) -> AnchorRound | None:
    """Today's lines, once a day (UTC); None when they are there, or when there is nothing to anchor. Of two workers one makes it."""
    day = now.astimezone(UTC).date()
    newest = AnchorRound.objects.order_by("-number").first()
    heads = list(AuditHead.objects.filter(seq__gt=0).order_by("chain"))
    if not heads or (newest is not None and newest.day >= day):
        return None
    number = newest.number + 1 if newest is not None else 1
    lines = "\n".join(signed_line(key, head, number, now) for head in heads)
    try:
        with transaction.atomic():
            return AnchorRound.objects.create(number=number, day=day, made_at=now, lines=lines)
    except IntegrityError:
        return None


def signed_line(key: SigningKey, head: AuditHead, number: int, now: datetime) -> str:
    text = told(Anchor(number=number, at=now.astimezone(UTC), chain=head.chain, seq=head.seq, hash=head.hash, key=key.public.name))
    return f"{text} {key.sign(text)}"


def owed_deliveries(now: datetime) -> list[tuple[AnchorRound, str]]:
    """Rounds that a place hasn't got; a place that is new gets the last days too."""
    rounds = list(AnchorRound.objects.filter(made_at__gt=now - KEEPS_TRYING).order_by("number"))
    there = set(AnchorDelivery.objects.filter(round__in=rounds).values_list("round_id", "place"))
    return [(row, place) for row in rounds for place in settings.VIGIL_ANCHOR_TO if (row.pk, name_of(place)) not in there]


def deliver(row: AnchorRound, place: str, public: str, *, now: datetime) -> bool:
    try:
        carry(row, place, public)
    except NotTaken as failure:
        log.warning("Anchors of round %s did not reach %s: %s", row.number, shown(place), failure)
        return False
    try:
        with transaction.atomic():
            AnchorDelivery.objects.create(round=row, place=name_of(place), delivered_at=now)
    except IntegrityError:
        return False
    return True
