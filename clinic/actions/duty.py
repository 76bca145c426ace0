"""Come, leave, stay past closing (SET-2)."""

from datetime import datetime

from django.db import transaction

from clinic import audit
from clinic.findings import refuse
from clinic.models import DutyPeriod, Membership, User
from clinic.queries import calendar_of, today_at
from clinic.rules.opening import Calendar
from clinic.rules.people import is_prescriber


@transaction.atomic
def check_in(membership: Membership, *, by: User, now: datetime) -> DutyPeriod:
    """Be on site from now until closing; pressing twice has one effect. A stay that lapsed is closed at its lapse."""
    row = locked_member(membership)
    standing = open_period(row)
    if standing is not None and standing.lapses_at > now:
        return standing
    if standing is not None:
        close(standing, standing.lapses_at)
    return begin(row, by=by, now=now)


@transaction.atomic
def check_out(membership: Membership, *, by: User, now: datetime) -> DutyPeriod | None:
    """Leave now; without a stay there is nothing to do. A stay that lapsed ended then, not now."""
    row = locked_member(membership)
    period = open_period(row)
    if period is None:
        return None
    close(period, min(now, period.lapses_at))
    audit.record(action="duty.left", target=period, by=by, now=now, site=row.site, changes={"membership": row.pk, "left_at": period.left_at})
    return period


@transaction.atomic
def stay_on(membership: Membership, *, by: User, now: datetime) -> DutyPeriod:
    """Stay until the end of the day; after closing it says "I was here all along", with the moment of saying so kept.

    Raises Refused (SET-2) without a stay of today.
    """
    row = locked_member(membership)
    period = open_period(row)
    calendar = calendar_today(row, now)
    if period is None or calendar.end_of_day(period.came_at) <= now:
        raise refuse("SET-2", "There is no stay of today to go on with. Check in instead.")
    lapsed_at = period.lapses_at
    period.lapses_at, period.confirmed_at, period.confirmed_by = calendar.end_of_day(now), now, by
    period.save(update_fields=["lapses_at", "confirmed_at", "confirmed_by"])
    changes = {"membership": row.pk, "lapses_at": [lapsed_at.isoformat(), period.lapses_at.isoformat()]}
    audit.record(action="duty.stayed", target=period, by=by, now=now, site=row.site, changes=changes)
    return period


def end_presence(membership: Membership, now: datetime) -> DutyPeriod | None:
    """Close a member's stay, for a verb that ends or changes the membership (in its transaction, with its audit entry)."""
    period = open_period(membership)
    if period is not None:
        close(period, min(now, period.lapses_at))
    return period


def begin(membership: Membership, *, by: User, now: datetime) -> DutyPeriod:
    period = DutyPeriod.objects.create(
        site=membership.site, membership=membership, is_prescriber=is_prescriber(membership.role), came_at=now,
        lapses_at=calendar_today(membership, now).presence_lapses_at(now), recorded_at=now, recorded_by=by,
    )  # fmt: skip
    changes = {"membership": membership.pk, "is_prescriber": period.is_prescriber, "lapses_at": period.lapses_at}
    audit.record(action="duty.came", target=period, by=by, now=now, site=membership.site, changes=changes)
    return period


def locked_member(membership: Membership) -> Membership:
    return Membership.objects.select_for_update(of=("self",)).select_related("site").get(pk=membership.pk)


def open_period(membership: Membership) -> DutyPeriod | None:
    return DutyPeriod.objects.filter(membership=membership, left_at__isnull=True).first()


def close(period: DutyPeriod, at: datetime) -> None:
    # A clock that was set back must not end a stay before its beginning.
    period.left_at = max(at, period.came_at)
    period.save(update_fields=["left_at"])


def calendar_today(membership: Membership, now: datetime) -> Calendar:
    today = today_at(membership.site, now)
    return calendar_of(membership.site, today, today)
