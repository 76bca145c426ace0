"""What somebody must see to now, derived from what is on record: the one answer for the board and for the watchman."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Model

from clinic.models import DutyPeriod, Site
from clinic.rules.opening import Calendar, local_day
from clinic.rules.presence import gaps
from patients.models import Order
from patients.rules.orders import cosign_is_late
from sessions.models import Alert, Handover, MonitoringForm
from sessions.picture import Picture
from sessions.queries.due import WATCHED, next_due
from sessions.queries.forgotten import over_at
from sessions.queries.forms import limits_of
from sessions.queries.loose import Loose, Offer, Stay
from sessions.rules import concerns as rules
from sessions.rules.alerts import calls_prescriber
from sessions.rules.clocks import next_round_due_at
from sessions.rules.concerns import Kind
from sessions.rules.deadlines import Deadlines, Urgency, urgency
from sessions.states import PRESENT, Status

PRESSING = (Urgency.OVERDUE, Urgency.LATE, Urgency.TODAY, Urgency.TOMORROW)


@dataclass(frozen=True, slots=True)
class Concern:
    """One thing that waits for somebody. `words` name a chair, never a patient; `since` is when it began or was due."""

    kind: Kind
    target: Model
    words: str
    since: datetime | None = None
    discriminator: str = ""

    @property
    def key(self) -> tuple[str, str, int, str]:
        return (self.kind.code, self.target._meta.model_name or "", self.target.pk, self.discriminator)


FormState = tuple[MonitoringForm, Deadlines, Urgency]


def concerns(site: Site, now: datetime, *, pictures: Iterable[Picture], loose: Loose, forms: Iterable[FormState], has_visits: bool) -> list[Concern]:
    """Everything, in the order of the table of kinds. `pictures` are those of everybody in the house, with devices, checks and alerts;

    their sessions carry `explained` (sessions.queries.forgotten).
    """
    here = [picture for picture in pictures if picture.session.status in PRESENT]
    offers = live_offers(loose.offers, {picture.session.monitor_id for picture in here})
    found = [
        *(one for picture in here for one in of_picture(picture, loose, now)),
        *presence_concerns(site, here, loose, now),
        *(one for offer in offers for one in offer_concerns(offer, now)),
        *form_concerns(forms),
        *order_concerns(site, loose, now),
        *day_concerns(site, loose, has_visits=has_visits, now=now),
        *stranded_concerns(site, loose),
    ]
    order = {kind.code: place for place, kind in enumerate(rules.KINDS)}
    return sorted(found, key=lambda one: (order[one.kind.code], one.key))


def of_picture(picture: Picture, loose: Loose, now: datetime) -> Iterator[Concern]:
    """One patient's: a late check or repeat, a late round, an alert that nobody has seen, an owner who has gone, closing time."""
    session, chair = picture.session, picture.session.chair.name
    due = next_due(picture, now)
    if due is not None and due.is_late:
        yield Concern(rules.CHECK, session, f"{chair}: {due.label.lower()} is late.", due.at)
    round_at = round_due_at(picture)
    if round_at is not None and now > round_at + picture.clock_policy.grace:
        yield Concern(rules.ROUND, session, f"{chair}: a round is late.", round_at)
    waiting = [at for at in alert_waits(picture) if at <= now]
    if waiting:
        yield Concern(rules.ALERT, session, f"{chair}: an alert waits for somebody.", min(waiting))
    called = [alert.raised_at for alert in picture.open_alerts if is_called(alert, now)]
    if called:
        yield Concern(rules.CALLED, session, f"{chair}: an alert waits for the prescriber.", min(called))
    if owner_is_gone(picture, loose.stays, now):
        yield Concern(rules.OWNER_GONE, session, f"{chair}: its nurse is not on site. Take it over.")
    since = over_at(session, loose.calendar)
    if now > since and not getattr(session, "explained", False):
        yield Concern(rules.PAST_CLOSING, session, f"{chair}: a session is still open after closing.", since)


def round_due_at(picture: Picture) -> datetime | None:
    """When the patient must be seen again (MON-3); None unless watched. `last_round_at` comes with the board's sessions, rounds with other pictures."""
    first = picture.first_device_at
    if first is None or picture.session.status not in WATCHED:
        return None
    last = getattr(picture.session, "last_round_at", None)
    seen = [row.observed_at for row in (*picture.rounds, *picture.observations)]
    return next_round_due_at(first_device_at=first, seen_at=[*seen, *([last] if last else [])], policy=picture.clock_policy)


def alert_waits(picture: Picture) -> list[datetime]:
    """From when each open alert waits for somebody."""
    rows = (
        rules.alert_waits_since(tier=alert.tier, raised_at=alert.raised_at, acknowledged_at=alert.acknowledged_at) for alert in picture.open_alerts
    )
    return [at for at in rows if at is not None]


def is_called(alert: Alert, now: datetime) -> bool:
    """Whether the prescriber is called about it (MON-6): the same for board, flowsheet and watchman."""
    return calls_prescriber(tier=alert.tier, repeat_due_at=alert.repeat_due_at, escalated_at=alert.escalated_at, now=now)


def owner_is_gone(picture: Picture, stays: Iterable[Stay], now: datetime) -> bool:
    """Whether a watched patient's monitor is on record as having left (SET-3). Who never said that they came is asked for by the gate, not here."""
    session = picture.session
    if session.status not in WATCHED or session.monitor_id is None:
        return False
    mine = [stay.presence for stay in stays if stay.user_pk == session.monitor_id]
    return bool(mine) and not any(stay.came_at <= now < stay.ended_at for stay in mine)


def presence_concerns(site: Site, here: list[Picture], loose: Loose, now: datetime) -> Iterator[Concern]:
    """A gap that goes on while somebody is dosed, since it began; and each presence that waits for its prescriber's word (SET-2)."""
    first = min((picture.first_device_at for picture in here if picture.first_device_at and picture.session.status in WATCHED), default=None)
    present = [stay.presence for stay in loose.stays if stay.is_prescriber]
    if first is not None and not any(stay.came_at <= now < stay.ended_at for stay in present):
        began = gaps(present, first, now + timedelta(microseconds=1))[-1].starts_at
        yield Concern(rules.GAP, site, "No prescriber is on site while a patient is treated or watched.", began)
    for stay in loose.stays:
        if stay.waits:
            words = f"{stay.name} has not confirmed being here since {stay.presence.came_at.astimezone(loose.calendar.zone):%-d %b, %H:%M}."
            yield Concern(rules.UNCONFIRMED, DutyPeriod(pk=stay.pk), words, stay.presence.came_at)


def live_offers(offers: Iterable[Offer], monitors: Collection[int | None]) -> list[Offer]:
    """Offers whose giver still has a chair, and covers whose taker does: the others are about nobody any more."""
    return [offer for offer in offers if (offer.offered_by_id if offer.accepted_at is None else offer.to_id) in monitors]


def offer_concerns(offer: Offer, now: datetime) -> Iterator[Concern]:
    alarms_at = rules.offer_alarms_at(offered_at=offer.offered_at, accepted_at=offer.accepted_at)
    if alarms_at is not None and now >= alarms_at:
        yield Concern(rules.OFFER, Handover(pk=offer.pk), f"{offer.to} has not accepted the chairs of {offer.offered_by}.", alarms_at)
    back_at = rules.cover_ends_at(accepted_at=offer.accepted_at, minutes=offer.minutes)
    if back_at is not None and now >= back_at:
        yield Concern(rules.COVER, Handover(pk=offer.pk), f"{offer.offered_by} is not back: {offer.to} still covers.", back_at)


def form_states(forms: Iterable[MonitoringForm], calendar: Calendar, today: date) -> list[FormState]:
    """Each form with its deadlines by today's hours and closures, as the filing desk has them (PMF-5)."""
    limits = ((form, limits_of(form, calendar)) for form in forms)
    return [(form, limit, urgency(limit, today)) for form, limit in limits]


def form_concerns(forms: Iterable[FormState]) -> Iterator[Concern]:
    for form, limits, pressing in forms:
        if pressing in PRESSING:
            yield Concern(rules.FORM, form, f"A monitoring form must be sent by {limits.staffed_due_on:%-d %b}.")


def order_concerns(site: Site, loose: Loose, now: datetime) -> Iterator[Concern]:
    """Spoken orders whose day is over without the prescriber's signature (DOS-8)."""
    today = local_day(now, site.zone)
    for pk, ordered_at in loose.orders:
        if cosign_is_late(ordered_on=local_day(ordered_at, site.zone), on=today):
            yield Concern(rules.ORDER, Order(pk=pk), "A spoken order was not co-signed on its day.", ordered_at)


def day_concerns(site: Site, loose: Loose, *, has_visits: bool, now: datetime) -> Iterator[Concern]:
    """Today not opened, opened with something missing; any of the last days not closed."""
    today, calendar = local_day(now, site.zone), loose.calendar
    opened = {row.day: row for row in loose.days if row.kind == "opening"}
    closed = {row.day for row in loose.days if row.kind == "closing"}
    opens_at = calendar.opening_at(today)
    if rules.opening_is_missing(has_visits=has_visits, opens_at=opens_at, is_opened=today in opened, now=now):
        yield Concern(rules.UNOPENED, site, "Nobody has opened the day yet.", opens_at, today.isoformat())
    if today in opened and opened[today].short:
        yield Concern(rules.SHORT, site, f"Opened without: {rules.listed(opened[today].short)}.", None, today.isoformat())
    for day in opened:
        closes_at = calendar.closing_at(day)
        if rules.closing_is_missing(closes_at=closes_at, is_opened=True, is_closed=day in closed, day_is_over=day < today, now=now):
            yield Concern(rules.UNCLOSED, site, f"The day {day:%-d %b} was not closed.", closes_at, day.isoformat())


def stranded_concerns(site: Site, loose: Loose) -> Iterator[Concern]:
    """Booked visits on days that have closed, until each is moved, cancelled or kept (DOS-9)."""
    for day, count in sorted(loose.stranded.items()):
        if count:
            words = "1 booked visit has" if count == 1 else f"{count} booked visits have"
            yield Concern(rules.STRANDED, site, f"{words} no open clinic on {day:%-d %b}.", None, day.isoformat())


def next_moments(pictures: Iterable[Picture], loose: Loose, now: datetime) -> list[datetime]:
    """When time alone brings or changes a concern: for whoever waits with looking again."""
    moments: list[datetime | None] = [stay.presence.ended_at for stay in loose.stays]
    for picture in pictures:
        round_at = round_due_at(picture)
        moments += [*alert_waits(picture), round_at + picture.clock_policy.grace if round_at else None]
    for offer in loose.offers:
        moments.append(rules.offer_alarms_at(offered_at=offer.offered_at, accepted_at=offer.accepted_at))
        moments.append(rules.cover_ends_at(accepted_at=offer.accepted_at, minutes=offer.minutes))
    today = local_day(now, loose.calendar.zone)
    moments += [loose.calendar.opening_at(today), loose.calendar.closing_at(today)]
    return [at for at in moments if at is not None and at > now]


def has_visits(statuses: Iterable[str]) -> bool:
    """Whether anybody comes, or came, on a day."""
    return any(status not in (Status.CANCELLED, Status.MISSED, Status.VOIDED) for status in statuses)
