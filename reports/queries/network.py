"""A year of many sites from their summed up months: a few queries, whatever the number of visits behind them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import zip_longest

from django.db.models import Case, CharField, Exists, OuterRef, Value, When
from django.db.models.functions import Cast, Concat

from clinic.models import AuditEntry, AuditHead, Site
from clinic.queries import today_at
from reports.models import MonthSummary, SiteSummary
from reports.queries.binder.scope import silent
from reports.queries.summaries import version
from reports.rules import MEASURE_BY_CODE, MEASURES, Kind, Measure
from reports.rules.overview import ONCE


@dataclass(slots=True)
class Total:
    """One measure over many months: what was kept or found of what was counted; of amounts their number, sum and greatest; of a spread each band."""

    measure: Measure
    kept: float = 0
    counted: float = 0
    greatest: float = 0
    bands: list[float] = field(default_factory=list)

    def add(self, numbers: list[float]) -> None:
        if self.measure.kind is Kind.SPREAD:
            self.bands = [sum(pair) for pair in zip_longest(self.bands, numbers, fillvalue=0)]
            self.kept, self.counted = max(self.bands), sum(self.bands)
        elif self.measure.kind is Kind.AMOUNT:
            count, total, greatest = numbers
            self.counted, self.kept, self.greatest = self.counted + count, self.kept + total, max(self.greatest, greatest)
        else:
            self.kept, self.counted = self.kept + numbers[0], self.counted + numbers[1]

    @property
    def numbers(self) -> list[float]:
        """As a month keeps them."""
        if self.measure.kind is Kind.SPREAD:
            return self.bands
        return [self.counted, self.kept, self.greatest] if self.is_amount else [self.kept, self.counted]

    @property
    def is_amount(self) -> bool:
        return self.measure.kind is Kind.AMOUNT

    @property
    def value(self) -> float | None:
        """Per cent, or the mean of the amounts; None of nothing."""
        return self.kept / self.counted * (1 if self.is_amount else 100) if self.counted else None

    @property
    def preferred(self) -> str:
        """The words of a spread's fullest band."""
        return self.measure.bands[self.bands.index(self.kept)].words if self.bands else ""

    @property
    def is_met(self) -> bool:
        return self.measure.kind is Kind.KEPT and self.counted > 0 and self.kept >= self.measure.target * self.counted


@dataclass(slots=True)
class Place:
    """One site. `is_summed_up`: its numbers stand; `waits`: something was written or a day has begun since, which the next tick sums up."""

    site: Site
    is_summed_up: bool
    waits: bool
    visits: int = 0
    dosed: int = 0
    totals: dict[str, Total] = field(default_factory=dict)

    @property
    def judged(self) -> list[Total]:
        return [total for code, total in self.totals.items() if code in ONCE and total.measure.kind is Kind.KEPT and total.counted]

    @property
    def kept(self) -> int:
        return sum(total.is_met for total in self.judged)


@dataclass(frozen=True, slots=True)
class Line:
    """One measure of the whole network, and at how many of the sites that it was asked of it was kept in full."""

    total: Total
    met: int
    sites: int


def places_over(sites: Iterable[Site], first: date, last: date, *, now: datetime) -> list[Place]:
    """In the order given; `first` and `last` are the first days of months. Two queries."""
    given = list(sites)
    states = SiteSummary.objects.filter(site__in=given, is_whole=True, version=version()).annotate(is_behind=is_behind())
    speaking = {pk: (is_behind, as_of) for pk, is_behind, as_of in states.values_list("pk", "is_behind", "as_of")}
    found = {site.pk: place_of(site, speaking.get(site.pk), today_at(site, now)) for site in given}
    months = MonthSummary.objects.filter(site__in=list(speaking), month__gte=first, month__lte=last).order_by()
    for site, visits, dosed, numbers in months.values_list("site_id", "visits", "dosed", "numbers"):
        place = found[site]
        place.visits, place.dosed = place.visits + visits, place.dosed + dosed
        for code, counted in numbers.items():
            if code not in place.totals:
                place.totals[code] = Total(MEASURE_BY_CODE[code])
            place.totals[code].add(counted)
    return list(found.values())


def is_behind() -> Case:
    """Whether a site's chain has entries that its summaries don't speak of and that changed the record; only a chain that has grown is looked into."""
    chain = Concat(Value("site:"), Cast(OuterRef("pk"), CharField()))
    since = AuditEntry.objects.filter(chain=chain, seq__gt=OuterRef("seq")).exclude(silent())
    return Case(When(Exists(AuditHead.objects.filter(pk=chain, seq__gt=OuterRef("seq"))), then=Exists(since)), default=Value(False))


def place_of(site: Site, speaking: tuple[bool, date] | None, today: date) -> Place:
    waits = speaking is not None and (speaking[0] or speaking[1] < today)
    return Place(site, is_summed_up=speaking is not None, waits=waits)


def lines_of(places: list[Place]) -> list[Line]:
    """Each measure that counted anything, over all of them."""
    found = []
    for measure in MEASURES:
        own = [place.totals[measure.code] for place in places if measure.code in place.totals and place.totals[measure.code].counted]
        if own:
            found.append(Line(together(measure, own), sum(total.is_met for total in own), len(own)))
    return found


def together(measure: Measure, own: list[Total]) -> Total:
    """One measure over several sites."""
    whole = Total(measure)
    for total in own:
        whole.add(total.numbers)
    return whole
