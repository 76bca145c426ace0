"""Come, leave, stay past closing (SET-2)."""

from datetime import datetime

from django.db import transaction

from clinic import audit
from clinic.actions.notices import resolve_notices
from clinic.findings import refuse
from clinic.models import DutyPeriod, Membership, User
from clinic.queries import calendar_of, today_at
from clinic.rules.opening import Calendar
from clinic.rules.people import is_prescriber
from clinic.rules.presence import GAP_NOTICE, UNCONFIRMED_NOTICE


@transaction.atomic
def check_in(membership: Membership, *, by: User, now: datetime) -> DutyPeriod:
    """Be on site from now until closing; pressing twice has one effect. A stay that lapsed is closed at its lapse.

    One's own word begins a stay of its own: what somebody else wrote before it still waits to be confirmed (SET-2).
    """
    row = locked_member(membership)
    standing = open_period(row)
    if standing is not None and standing.lapses_at > now:
        if by.pk != row.user_id or standing.is_proof or not standing.is_prescriber:
            return standing
        close(standing, now)
    elif standing is not None:
        close(standing, standing.lapses_at)
    return begin(row, by=by, now=now)


@transaction.atomic
def check_out(membership: Membership, *, by: User, now: datetime) -> DutyPeriod | None:
    """Leave now; without a stay there is nothing to do. A stay that lapsed ended then, not now."""
    row = locked_member(membership)
    period = open_period(row)
    if period is None:
        return None
    close(period, min(now, period.lapses_at), by=by, said_at=now)
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
    if period.is_prescriber:
        resolve_notices(row.site, GAP_NOTICE, row.site, "A prescriber is here.", now)
        resolve_notices(row.site, UNCONFIRMED_NOTICE, period, "Confirmed by the prescriber.", now)
    changes = {"membership": row.pk, "lapses_at": [lapsed_at.isoformat(), period.lapses_at.isoformat()]}
    audit.record(action="duty.stayed", target=period, by=by, now=now, site=row.site, changes=changes)
    return period


@transaction.atomic
def plan_leaving(membership: Membership, *, leaves_at: datetime | None, by: User, now: datetime) -> DutyPeriod:
    """When somebody on site plans to leave today; None: at closing. The latest first device is counted from the last prescriber's (DOS-9).

    Raises Refused (SET-2) for who isn't on site, and for a time that has passed.
    """
    row = locked_member(membership)
    period = open_period(row)
    if period is None or period.lapses_at <= now:
        raise refuse("SET-2", "You are not on site. Check in first.", code="SET-2.here", field="leaves_at")
    if leaves_at is not None and leaves_at <= now:
        raise refuse("DOS-9", "That time has passed.", code="DOS-9.leaves_at", field="leaves_at")
    before = period.leaves_at
    if before != leaves_at:
        period.leaves_at = leaves_at
        period.save(update_fields=["leaves_at"])
        changes = {"membership": row.pk, "leaves_at": [audit.plain(before), audit.plain(leaves_at)]}
        audit.record(action="duty.leaving_planned", target=period, by=by, now=now, site=row.site, changes=changes)
    return period


def end_presence(membership: Membership, now: datetime) -> DutyPeriod | None:
    """Close a member's stay, for a verb that ends or changes the membership (in its transaction, with its audit entry)."""
    period = open_period(membership)
    if period is not None:
        close(period, min(now, period.lapses_at))
    return period


def begin(membership: Membership, *, by: User, now: datetime, came_at: datetime | None = None) -> DutyPeriod:
    """A stay from now, or from a moment a little earlier that somebody writes down now."""
    start = came_at or now
    period = DutyPeriod.objects.create(
        site=membership.site, membership=membership, is_prescriber=is_prescriber(membership.role), came_at=start,
        lapses_at=calendar_today(membership, start).presence_lapses_at(start), recorded_at=now, recorded_by=by,
    )  # fmt: skip
    changes = {"membership": membership.pk, "is_prescriber": period.is_prescriber, "came_at": start, "lapses_at": period.lapses_at}
    action = "duty.came" if by.pk == membership.user_id else "duty.recorded"
    audit.record(action=action, target=period, by=by, now=now, site=membership.site, changes=changes)
    if period.is_prescriber:
        resolve_notices(membership.site, GAP_NOTICE, membership.site, "A prescriber is here.", now)
    return period


def locked_member(membership: Membership) -> Membership:
    return Membership.objects.select_for_update(of=("self",)).select_related("site").get(pk=membership.pk)


def open_period(membership: Membership) -> DutyPeriod | None:
    return DutyPeriod.objects.filter(membership=membership, left_at__isnull=True).select_related("membership").first()


def close(period: DutyPeriod, at: datetime, *, by: User | None = None, said_at: datetime | None = None) -> None:
    """End a stay; `by` and `said_at` where a person said so, rather than closing time."""
    # A clock that was set back must not end a stay before its beginning.
    period.left_at, period.left_recorded_at, period.left_recorded_by = max(at, period.came_at), said_at, by
    period.save(update_fields=["left_at", "left_recorded_at", "left_recorded_by"])


def calendar_today(membership: Membership, now: datetime) -> Calendar:
    today = today_at(membership.site, now)
    return calendar_of(membership.site, today, today)
