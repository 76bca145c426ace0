"""Who is, and was, on site (SET-2)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, OuterRef, Q, QuerySet

from clinic.models import DutyCorrection, DutyPeriod, Membership, Site
from clinic.prepared import prepared
from clinic.roles import Role
from clinic.rules.opening import local_day
from clinic.rules.presence import OLDEST, Gap, Presence, ended_at, gaps

# A stay lapses at the end of its local day at the latest, so older ones needn't be read: cost doesn't grow with history.
LONGEST_STAY = timedelta(hours=26)
SOON = timedelta(minutes=60)
# The same as `is_proof` and `awaits_word` of the rules, for queries.
PROOF = Q(confirmed_at__isnull=False) | Q(recorded_by_id=F("membership__user_id"))
GOING_BY_OTHERS = Q(left_recorded_by_id__isnull=False) & ~Q(left_recorded_by_id=F("membership__user_id"))
AWAITS_WORD = ~PROOF | GOING_BY_OTHERS & (Q(confirmed_at__isnull=True) | Q(confirmed_at__lt=F("left_recorded_at")))


def duty_at(site: Site, at: datetime) -> list[DutyPeriod]:
    """Everybody on site at a moment, with their membership and user, earliest first."""
    return stays_at(site.pk, at)


@prepared
def stays_at(site_pk: int, at: datetime) -> QuerySet[DutyPeriod]:
    return on_site_at(site_pk, at).select_related("membership__user").order_by("came_at", "pk")


def on_site_at(site: Site | int | OuterRef, at: datetime) -> QuerySet[DutyPeriod]:
    """The stays that cover a moment; past `lapses_at` an open one counts as ended."""
    still = Q(left_at__isnull=True) | Q(left_at__gt=at)
    return DutyPeriod.objects.filter(still, site=site, came_at__lte=at, came_at__gt=at - LONGEST_STAY, lapses_at__gt=at)


def prescriber_on_site(site: Site, at: datetime) -> bool:
    """Whether a prescriber is on site at a moment (SET-2)."""
    return on_site_at(site, at).filter(is_prescriber=True).exists()


def stays_over(site: Site, start: datetime, end: datetime, *, prescribers_only: bool = False) -> list[DutyPeriod]:
    """The stays that touch [start, end), earliest first: a session's printed presence."""
    stays = DutyPeriod.objects.filter(site=site, came_at__lt=end, came_at__gt=start - LONGEST_STAY, lapses_at__gt=start)
    stays = stays.filter(Q(left_at__isnull=True) | Q(left_at__gt=start))
    if prescribers_only:
        stays = stays.filter(is_prescriber=True)
    return list(stays.select_related("membership__user", "handed_to__user").order_by("came_at", "pk"))


def presence_gaps(site: Site, start: datetime, end: datetime) -> list[Gap]:
    """The stretches of [start, end) without a prescriber on site (SET-2); derived, never stored. For a session still running, `end` is now."""
    return gaps_between(stays_over(site, start, end, prescribers_only=True), start, end)


def gaps_between(stays: Iterable[DutyPeriod], start: datetime, end: datetime, *, proven_only: bool = False) -> list[Gap]:
    """The gaps that prescribers' stays leave; `proven_only`: a stay that waits for its person's word covers nothing, as in reports."""
    counted = (stay for stay in stays if stay.is_prescriber and not (proven_only and not stay.is_proof))
    return gaps([Presence(stay.came_at, ended_at(stay.left_at, stay.lapses_at)) for stay in counted], start, end)


def corrections_of(stays: Iterable[DutyPeriod]) -> list[DutyCorrection]:
    """What was put right about these stays, in order: the times before and after, and why."""
    rows = DutyCorrection.objects.filter(period__in=[stay.pk for stay in stays]).select_related("period__membership__user")
    return list(rows.order_by("recorded_at", "pk"))


def awaiting_word(site: Site, now: datetime) -> QuerySet[DutyPeriod]:
    """Prescribers' stays that somebody else wrote down and that wait for their own word, the oldest first."""
    recent = DutyPeriod.objects.filter(AWAITS_WORD, site=site, is_prescriber=True, came_at__gt=now - OLDEST)
    return recent.select_related("membership__user", "recorded_by", "left_recorded_by").order_by("came_at", "pk")


def prescribers_of(site: Site) -> list[Membership]:
    return list(
        Membership.objects.filter(site=site, is_active=True, role=Role.PRESCRIBER).select_related("user").order_by("user__printed_name", "pk")
    )


@dataclass(frozen=True)
class DutyNow:
    """Who is on site, as one member sees it."""

    stays: list[DutyPeriod]
    mine: DutyPeriod | None
    lapsed: DutyPeriod | None
    prescriber_here: bool
    is_last_prescriber: bool
    lapses_soon: bool


def duty_now(site: Site, membership: Membership, now: datetime) -> DutyNow:
    """The duty fragment's content, in one query."""
    recent = DutyPeriod.objects.filter(site=site, came_at__lte=now, came_at__gt=now - LONGEST_STAY)
    wanted = recent.filter(Q(left_at__isnull=True) | Q(left_at__gt=now)).filter(Q(lapses_at__gt=now) | Q(membership=membership, left_at__isnull=True))
    found = list(wanted.select_related("membership__user").order_by("came_at", "pk"))
    stays = [stay for stay in found if stay.lapses_at > now]
    own = next((stay for stay in found if stay.membership_id == membership.pk), None)
    mine = own if own is not None and own.lapses_at > now else None
    lapsed = own if mine is None and own is not None and local_day(own.came_at, site.zone) == local_day(now, site.zone) else None
    prescribers = [stay for stay in stays if stay.is_prescriber]
    return DutyNow(
        stays=stays, mine=mine, lapsed=lapsed, prescriber_here=bool(prescribers),
        is_last_prescriber=mine is not None and prescribers == [mine],
        lapses_soon=mine is not None and mine.lapses_at - now <= SOON and mine.confirmed_at is None,
    )  # fmt: skip
