"""What lies open at a site beside its sessions, in one query with its calendar and chairs: presence, handovers, the day's records, unsigned orders."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Case, CharField, F, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Cast, Concat

from clinic.cells import Stored
from clinic.models import Chair, Closure, DutyPeriod, OpeningHours, Site
from clinic.prepared import prepared
from clinic.queries.presence import AWAITS_WORD, LONGEST_STAY
from clinic.rules.opening import Calendar, Span
from clinic.rules.presence import OLDEST, Presence, ended_at
from patients.queries.cosign import unsigned_spoken
from sessions.models import DayRecord, Handover
from sessions.queries.rescue import stranded_from
from sessions.rules.rescue import is_stranded

SEPARATOR = "\x1f"
NOTE: Any = Handover._meta.get_field("note")
COLUMNS = ("kind", "key", "a", "b", "c", "who", "mark", "words")
DAYS_BACK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Stay:
    """Somebody's presence; `waits`: a prescriber's own word about it is missing (SET-2)."""

    pk: int
    user_pk: int
    name: str
    presence: Presence
    is_prescriber: bool
    waits: bool


@dataclass(frozen=True, slots=True)
class Offer:
    """A handover that is open: offered, or a cover that goes on."""

    pk: int
    offered_at: datetime
    accepted_at: datetime | None
    minutes: int | None
    offered_by_id: int
    offered_by: str
    to_id: int
    to: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    day: date
    kind: str
    short: tuple[str, ...]
    pk: int


@dataclass
class Loose:
    calendar: Calendar
    chairs: list[Chair] = field(default_factory=list)
    stays: list[Stay] = field(default_factory=list)
    offers: list[Offer] = field(default_factory=list)
    days: list[Day] = field(default_factory=list)
    orders: list[tuple[int, datetime]] = field(default_factory=list)
    stranded: dict[date, int] = field(default_factory=dict)

    def count_stranded(self, day: date, ends_at: datetime, closed_from: time | None) -> None:
        """One more booked visit that its day's closing shuts out (DOS-9)."""
        if is_stranded(ends_at, day, closed_from, self.calendar.zone):
            self.stranded[day] = self.stranded.get(day, 0) + 1


def read_loose(site: Site, now: datetime, first: date, last: date) -> Loose:
    """One query, whatever the history. The calendar covers the days from `first` to `last`."""
    return loose_of(site, rows_of(site.pk, now, now.astimezone(site.zone).date() - DAYS_BACK, first, last))


@prepared
def rows_of(site_pk: int, now: datetime, since: date, first: date, last: date) -> QuerySet[Any, tuple[Any, ...]]:
    recent = Q(lapses_at__gt=now - LONGEST_STAY, came_at__gt=now - 2 * LONGEST_STAY)
    stays = DutyPeriod.objects.filter(recent | Q(AWAITS_WORD, is_prescriber=True, came_at__gt=now - OLDEST), site_id=site_pk)
    waits = Case(When(Q(is_prescriber=False), Value("staff")), When(AWAITS_WORD, Value("waits")), default=Value("own"), output_field=CharField())
    giver = Concat(
        text("offered_by_id"),
        Value(SEPARATOR),
        F("offered_by__printed_name"),
        Value(SEPARATOR),
        F("to__printed_name"),
        Value(SEPARATOR),
        F("note"),
        Value(SEPARATOR),
        text("client_key"),
        output_field=TextField(),
    )
    offers = Handover.objects.filter(Q(accepted_at__isnull=True) | Q(kind=Handover.Kind.COVER), site_id=site_pk, ended_at__isnull=True)
    days = DayRecord.objects.standing().filter(site_id=site_pk, day__gte=since)
    rows = [
        part("stay", stays, a="came_at", b="left_at", c="lapses_at", who="membership__user_id", mark=waits, words="membership__user__printed_name"),
        part("offer", offers, a="offered_at", b="accepted_at", c="minutes", who="to_id", words=giver),
        part("day", days, a="day", mark="kind", words="answers"),
        part("order", unsigned_spoken(site_pk), a="ordered_at"),
        part("chair", Chair.objects.filter(site_id=site_pk, is_active=True), a="position", words="name"),
        part("closure", Closure.objects.filter(site_id=site_pk, closed_on__gte=first, closed_on__lte=last), a="closed_on", b="closes_at"),
        part("stranded", stranded_from(site_pk, since + DAYS_BACK), a="treatment_on", b="ends_at", c="closed_from"),
    ]
    hours = part("hours", OpeningHours.objects.filter(site_id=site_pk), a="weekday", b="opens_at", c="closes_at")
    return hours.union(*rows, all=True)  # type: ignore[no-any-return]


def text(column: Any) -> Cast:
    return Cast(column, TextField())


def part(kind: str, rows: QuerySet[Any], **columns: Any) -> Any:
    """One kind's rows as text in the columns that all kinds share, so that they come in one query."""
    named = {f"x_{name}": text(columns[name]) if name in columns else Value("", TextField()) for name in COLUMNS[2:]}
    return rows.order_by().annotate(x_kind=Value(kind, TextField()), x_key=text("pk"), **named).values_list(*(f"x_{name}" for name in COLUMNS))


def loose_of(site: Site, rows: Iterable[tuple[Any, ...]]) -> Loose:
    spans: list[Span] = []
    closed: set[date] = set()
    early: list[tuple[date, time]] = []
    found = Loose(Calendar(site.zone, (), frozenset()))
    for kind, key, a, b, c, who, mark, words in rows:
        if kind == "hours":
            spans.append(Span(int(a), time.fromisoformat(b), time.fromisoformat(c)))
        elif kind == "closure" and b:
            early.append((date.fromisoformat(a), time.fromisoformat(b)))
        elif kind == "closure":
            closed.add(date.fromisoformat(a))
        elif kind == "chair":
            found.chairs.append(Chair(pk=int(key), site=site, name=words, position=int(a)))
        elif kind == "stranded":
            found.count_stranded(date.fromisoformat(a), moment(b), time.fromisoformat(c) if c else None)
        elif kind == "stay":
            presence = Presence(moment(a), ended_at(moment(b) if b else None, moment(c)))
            found.stays.append(Stay(int(key), int(who), words, presence, mark != "staff", mark == "waits"))
        elif kind == "offer":
            giver_pk, giver, to, cell, own = words.split(SEPARATOR)
            note = NOTE.opened(Stored(cell), site=site.pk, row=UUID(own))
            found.offers.append(Offer(int(key), moment(a), moment(b) if b else None, int(c) if c else None, int(giver_pk), giver, int(who), to, note))
        elif kind == "day":
            found.days.append(Day(date.fromisoformat(a), mark, tuple(json.loads(words).get("short", ())), int(key)))
        else:
            found.orders.append((int(key), moment(a)))
    found.calendar = Calendar(site.zone, tuple(sorted(spans, key=lambda span: (span.weekday, span.opens_at))), frozenset(closed), tuple(early))
    found.chairs.sort(key=lambda chair: (chair.position, chair.name, chair.pk))
    found.stays.sort(key=lambda stay: (stay.presence, stay.pk))
    return found


def moment(written: str) -> datetime:
    """A stored moment as either engine writes it as text."""
    at = datetime.fromisoformat(written)
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)
