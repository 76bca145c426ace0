"""What the board says beside the chairs: whose each is, what waits for somebody and where it is settled."""

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse

from clinic.models import Site
from clinic.roles import Permission, may
from sessions.models import TreatmentSession
from sessions.picture import Picture
from sessions.queries.concerns import Concern, round_due_at
from sessions.queries.loose import Loose, Offer
from sessions.rules.concerns import COVER, GAP, OFFER, ORDER, OWNER_GONE, SHORT, STRANDED, UNCLOSED, UNCONFIRMED, UNOPENED, cover_ends_at

# Where each is settled, and the word on the link; the others stand on a card or have a banner of their own.
PLACES = {
    UNCONFIRMED.code: ("duty", "Who is on site"),
    UNOPENED.code: ("day", "Open the day"),
    SHORT.code: ("day", "The day"),
    UNCLOSED.code: ("day", "Close it"),
    OFFER.code: ("handover", "Chairs"),
    COVER.code: ("handover", "Chairs"),
    OWNER_GONE.code: ("handover", "Take over"),
    STRANDED.code: ("rescue", "Settle them"),
}
BANNERS = (GAP.code, ORDER.code)


def worry_rows(site: Site, found: Iterable[Concern], role: str) -> list[dict[str, object]]:
    """The concerns that no card shows, in the order of their kinds; with a link where the role may settle them."""
    rows: list[dict[str, object]] = []
    for one in found:
        if one.kind.on_card or one.kind.code in BANNERS:
            continue
        name, link = PLACES[one.kind.code]
        url = reverse(name, args=[site.slug, one.discriminator] if one.kind is STRANDED else [site.slug])
        if one.kind is STRANDED and not may(role, Permission.BOOK):
            url = ""
        rows.append(
            {"tone": one.kind.tone, "icon": one.kind.icon, "words": one.words, "rule": one.kind.rule, "since": one.since, "url": url, "link": link}
        )
    return rows


def offers_to(loose: Loose, person_pk: int) -> list[Offer]:
    """What this person can accept, or come back to, with one tap."""
    mine = (offer.offered_by_id if offer.accepted_at is not None else offer.to_id for offer in loose.offers)
    return [offer for offer, who in zip(loose.offers, mine, strict=True) if who == person_pk]


def gap_since(found: Iterable[Concern]) -> datetime | None:
    """Since when no prescriber has been on site while somebody is treated or watched (SET-2)."""
    return next((one.since for one in found if one.kind is GAP), None)


def prescribers_of(loose: Loose, now: datetime) -> list[tuple[int, str]]:
    """User and name of the prescribers who are on site now, earliest first (SET-2)."""
    return [(stay.user_pk, stay.name) for stay in loose.stays if stay.is_prescriber and stay.presence.came_at <= now < stay.presence.ended_at]


def owner_words(session: TreatmentSession, loose: Loose) -> str:
    """Whose chair it is; whom it is offered to, or for whom and until when it is covered."""
    owner = getattr(session, "monitor_name", None)
    if not owner:
        return ""
    for offer in loose.offers:
        if offer.accepted_at is None and offer.offered_by_id == session.monitor_id:
            return f"{owner}, offered to {offer.to}"
        back_at = cover_ends_at(accepted_at=offer.accepted_at, minutes=offer.minutes)
        if back_at is not None and offer.to_id == session.monitor_id:
            return f"{owner}, for {offer.offered_by} until {back_at.astimezone(loose.calendar.zone):%H:%M}"
    return str(owner)


def round_words(picture: Picture, now: datetime) -> str:
    """A late round, in words for the card (MON-3)."""
    due_at = round_due_at(picture)
    if due_at is None or now <= due_at + picture.clock_policy.grace:
        return ""
    return f"Round late {int((now - due_at).total_seconds()) // 60} min"
