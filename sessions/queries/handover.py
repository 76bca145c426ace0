"""The card of a monitor's chairs, and everything that the page of handing over shows."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from clinic.models import Membership, Site, User
from clinic.queries import on_site_at
from clinic.roles import LICENSED, Role
from sessions.models import Handover, TreatmentSession
from sessions.picture import Picture, bare_pictures_of
from sessions.queries.concerns import round_due_at
from sessions.queries.due import next_due
from sessions.queries.policies import policies_for
from sessions.queries.screening import WORDS, screen_is_open
from sessions.states import PRESENT, Status

PARTS = ("devices", "observations", "rounds", "alerts", "breaches")


@dataclass(frozen=True)
class Card:
    """One chair as it is told to a colleague: phase, what is due next, worries, the way home."""

    session: TreatmentSession
    phase: str
    gate_opens_at: datetime | None
    next_label: str
    next_at: datetime | None
    worries: list[str]
    way_home: str

    @property
    def next_words(self) -> str:
        return f"{self.next_label} {self.next_at.astimezone(self.session.site.zone):%H:%M}" if self.next_at else ""


@dataclass(frozen=True)
class Owner:
    """Somebody's chairs; `is_here` by their presence on record."""

    user: User
    is_here: bool
    cards: list[Card] = field(default_factory=list)


def cards_of(site: Site, sessions: Iterable[TreatmentSession], now: datetime) -> list[Card]:
    """Cards in a handful of queries, whatever their number."""
    listed = list(sessions)
    for session in listed:
        session.site = site
    return [card_of(picture, now) for picture in bare_pictures_of(listed, policies_for(listed), PARTS)] if listed else []


def card_of(picture: Picture, now: datetime) -> Card:
    session, due = picture.session, next_due(picture, now)
    return Card(
        session=session, phase=session.status, gate_opens_at=picture.gate_opens_at, next_label=due.label if due else "",
        next_at=due.at if due else None, worries=worries_of(picture, now), way_home=way_home_of(session),
    )  # fmt: skip


def worries_of(picture: Picture, now: datetime) -> list[str]:
    """Open alerts, what is late, a positive screen, broken rules."""
    due, round_at = next_due(picture, now), round_due_at(picture)
    found = list(dict.fromkeys(alert.text for alert in picture.open_alerts))
    if due is not None and due.is_late:
        found.append(f"{due.label} is late")
    if round_at is not None and now > round_at + picture.clock_policy.grace:
        found.append("A round is late")
    if getattr(picture.session, "needs_prescriber", False):
        found.append(WORDS)
    if picture.session.status == Status.WAITING:
        found.append(picture.session.status_reason)
    return [*found, *(breach.text for breach in picture.breaches)]


def way_home_of(session: TreatmentSession) -> str:
    if not session.way_home:
        return "Not known yet"
    escort = f": {session.escort.name}, {session.escort.phone}".rstrip(", ") if session.escort else ""
    at = f", at {session.ride_at.astimezone(session.site.zone):%H:%M}" if session.ride_at else ""
    return f"{session.get_way_home_display()}{escort}{at}"


def owners_of(site: Site, now: datetime) -> list[Owner]:
    """Everybody who has a chair now, with their cards, in order of name."""
    rows = TreatmentSession.objects.filter(site=site, status__in=PRESENT, monitor__isnull=False).annotate(needs_prescriber=screen_is_open())
    sessions = list(rows.select_related("site", "patient", "chair", "policy", "escort", "monitor").order_by("chair__position", "pk"))
    here = set(on_site_at(site, now).values_list("membership__user_id", flat=True))
    owners: dict[int, Owner] = {}
    for card in cards_of(site, sessions, now):
        user = card.session.monitor
        assert user is not None
        owners.setdefault(user.pk, Owner(user, user.pk in here)).cards.append(card)
    return sorted(owners.values(), key=lambda owner: (owner.user.printed_name, owner.user.pk))


def colleagues_of(site: Site, user: User) -> list[Membership]:
    """Who may take chairs: licensed, at the bedside, and not oneself."""
    rows = Membership.objects.filter(site=site, is_active=True, role__in=(Role.MONITOR, Role.PRESCRIBER), credential__in=LICENSED)
    return list(rows.exclude(user=user).select_related("user").order_by("user__printed_name", "pk"))


def open_handovers(site: Site) -> list[Handover]:
    """Offers that wait for an answer, and covers that go on; the oldest first."""
    rows = Handover.objects.filter(site=site, ended_at__isnull=True).exclude(kind=Handover.Kind.HAND, accepted_at__isnull=False)
    return list(rows.select_related("offered_by", "to").order_by("offered_at", "pk"))
