"""Presence that somebody else writes down, that its person confirms or puts right, and that one prescriber hands to another (SET-2)."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from clinic import audit
from clinic.actions import duty
from clinic.actions.notices import resolve_notices
from clinic.actions.writing import stop_on
from clinic.audit import plain
from clinic.findings import refuse
from clinic.models import DutyCorrection, DutyPeriod, Membership, User
from clinic.queries import calendar_of
from clinic.rules.opening import local_day
from clinic.rules.people import is_prescriber
from clinic.rules.presence import UNCONFIRMED_NOTICE, Presence, correction_findings, ended_at, recording_findings


@transaction.atomic
def record_coming(membership: Membership, *, at: datetime, by: User, now: datetime) -> DutyPeriod:
    """Write down that a prescriber has come. It opens the start gate with a note, and is proof only once they confirm it."""
    row = duty.locked_member(membership)
    standing = duty.open_period(row)
    stop_on(recording_findings(at=at, now=now, is_prescriber=counts(row), came_at=standing.came_at if standing else None, is_coming=True))
    if standing is not None and standing.lapses_at > now:
        return standing
    if standing is not None:
        duty.close(standing, standing.lapses_at)
    # Never into a stay that is on record: the moment of coming is then the end of that one.
    ended = DutyPeriod.objects.filter(membership=row, left_at__gt=at).order_by("-left_at").values_list("left_at", flat=True).first()
    return duty.begin(row, by=by, now=now, came_at=max(at, ended or at))


@transaction.atomic
def record_leaving(membership: Membership, *, at: datetime, by: User, now: datetime) -> DutyPeriod:
    """Write down that a prescriber has left. Their presence ends there at once; they confirm it later, or put it right."""
    row = duty.locked_member(membership)
    period = duty.open_period(row)
    is_here = period is not None and period.lapses_at > now
    stop_on(recording_findings(at=at, now=now, is_prescriber=counts(row), came_at=period.came_at if period and is_here else None, is_coming=False))
    assert period is not None
    duty.close(period, at, by=by, said_at=now)
    action = "duty.left" if by.pk == row.user_id else "duty.leaving_recorded"
    audit.record(action=action, target=period, by=by, now=now, site=row.site, changes={"membership": row.pk, "left_at": period.left_at})
    return period


@transaction.atomic
def confirm_presence(period: DutyPeriod, *, by: User, now: datetime) -> DutyPeriod:
    """Say that what somebody else wrote about one's own presence was so. Raises Refused for anybody else's presence."""
    row = DutyPeriod.objects.select_for_update(of=("self",)).select_related("site", "membership").get(pk=period.pk)
    if row.membership.user_id != by.pk:
        raise refuse("SET-2", "Each confirms their own presence, signed in as themselves.", code="SET-2.own")
    if not row.awaits_word:
        return row
    row.confirmed_at, row.confirmed_by = now, by
    row.save(update_fields=["confirmed_at", "confirmed_by"])
    resolve_notices(row.site, UNCONFIRMED_NOTICE, row, "Confirmed by the prescriber.", now)
    changes = {"membership": row.membership_id, "came_at": row.came_at, "left_at": row.left_at}
    audit.record(action="duty.confirmed", target=row, by=by, now=now, site=row.site, changes=changes)
    return row


@transaction.atomic
def hand_presence_to(membership: Membership, *, to: Membership, by: User, now: datetime) -> DutyPeriod:
    """One act: this prescriber goes, the named one is here from now on. Where they had not come yet it waits for their own word.

    Raises Refused when the giver isn't on site, or the other is no prescriber of the site.
    """
    for member in sorted((membership, to), key=lambda one: one.pk):
        duty.locked_member(member)
    row, taker = duty.locked_member(membership), duty.locked_member(to)
    if by.pk != row.user_id:
        raise refuse("SET-2", "Each hands over their own presence, signed in as themselves.", code="SET-2.own")
    if taker.pk == row.pk or taker.site_id != row.site_id or not taker.is_active or not counts(taker):
        raise refuse("SET-2", "Name another prescriber of this site.", field="to")
    mine = duty.open_period(row)
    if mine is None or mine.lapses_at <= now or not counts(row):
        raise refuse("SET-2", "You are not on site as a prescriber, so there is nothing to hand over.")
    duty.close(mine, now, by=by, said_at=now)
    mine.handed_to = taker
    mine.save(update_fields=["handed_to"])
    theirs = duty.open_period(taker)
    if theirs is None or theirs.lapses_at <= now:
        if theirs is not None:
            duty.close(theirs, theirs.lapses_at)
        theirs = duty.begin(taker, by=by, now=now)
    changes = {"from": row.pk, "to": taker.pk, "left_at": mine.left_at, "stay_of_the_other": theirs.pk}
    audit.record(action="duty.handed_over", target=mine, by=by, now=now, site=row.site, changes=changes)
    return theirs


@transaction.atomic
def correct_presence(
    membership: Membership,
    *,
    period: DutyPeriod | None,
    came_at: datetime,
    left_at: datetime | None,
    reason: str,
    client_key: UUID,
    by: User,
    now: datetime,
) -> DutyPeriod:
    """Say afterwards when one was here: a stay that was never written down, or other times for one that was. Both are kept.

    Raises Refused for another person, without a reason, for times that can't be, and where another stay of theirs stands.
    """
    row = duty.locked_member(membership)
    earlier = DutyCorrection.objects.filter(client_key=client_key).select_related("period").first()
    if earlier is not None and earlier.period.membership_id != row.pk:
        raise refuse("SET-2", "This page is out of date. Load it again.", code="client_key")
    if earlier is not None:
        return earlier.period
    if by.pk != row.user_id or (period is not None and period.membership_id != row.pk):
        raise refuse("SET-2", "Each puts their own presence right, signed in as themselves.", code="SET-2.own")
    times = corrected_times(row, period, came_at, left_at, reason, now)
    before = (None, None) if period is None else (period.came_at, period.left_at)
    said = {"left_recorded_at": now, "left_recorded_by": by} if left_at else {"left_recorded_at": None, "left_recorded_by": None, "handed_to": None}
    kept = write_stay(row, period, times | said | {"confirmed_at": now, "confirmed_by": by}, by=by, now=now)
    DutyCorrection.objects.create(
        site=row.site, period=kept, came_before=before[0], came_after=came_at, left_before=before[1], left_after=left_at,
        reason=reason.strip()[:300], recorded_at=now, recorded_by=by, client_key=client_key,
    )  # fmt: skip
    resolve_notices(row.site, UNCONFIRMED_NOTICE, kept, "Put right by the prescriber.", now)
    changes = {"membership": row.pk, "came_at": [noted(before[0]), noted(came_at)], "left_at": [noted(before[1]), noted(left_at)]}
    audit.record(action="duty.corrected", target=kept, by=by, now=now, site=row.site, changes=changes)
    return kept


def corrected_times(
    row: Membership, period: DutyPeriod | None, came_at: datetime, left_at: datetime | None, reason: str, now: datetime
) -> dict[str, object]:
    """The times of the stay, once the rules have nothing against them; past closing it counts until the end of its day."""
    day = local_day(came_at, row.site.zone)
    calendar = calendar_of(row.site, day, day)
    day_ends_at = calendar.end_of_day(came_at)
    open_one = duty.open_period(row)
    is_beside = open_one is not None and (period is None or open_one.pk != period.pk)
    if open_one is not None and is_beside and open_one.lapses_at <= now:
        duty.close(open_one, open_one.lapses_at)
        is_beside = False
    others = stays_beside(row, period, came_at, day_ends_at)
    stop_on(
        correction_findings(
            came_at=came_at,
            left_at=left_at,
            day_ends_at=day_ends_at,
            others=others,
            may_stand_open=not is_beside and day_ends_at > now,
            reason=reason,
            now=now,
        )
    )
    lapses_at = calendar.presence_lapses_at(came_at)
    return {"came_at": came_at, "left_at": left_at, "lapses_at": day_ends_at if (left_at or now) > lapses_at else lapses_at}


def noted(moment: datetime | None) -> str:
    return plain(moment) if moment else ""  # type: ignore[return-value]


def write_stay(row: Membership, period: DutyPeriod | None, fields: dict[str, object], *, by: User, now: datetime) -> DutyPeriod:
    """A new stay, or the standing one with other times."""
    if period is None:
        made: DutyPeriod = DutyPeriod.objects.create(
            site=row.site, membership=row, is_prescriber=counts(row), recorded_at=now, recorded_by=by, **fields
        )
        return made
    kept = DutyPeriod.objects.select_for_update(of=("self",)).get(pk=period.pk)
    for name, value in fields.items():
        setattr(kept, name, value)
    kept.save(update_fields=list(fields))
    return kept


def stays_beside(row: Membership, period: DutyPeriod | None, came_at: datetime, day_ends_at: datetime) -> list[Presence]:
    """The person's other stays that touch the day from coming on."""
    others = DutyPeriod.objects.filter(membership=row, came_at__lt=day_ends_at, lapses_at__gt=came_at).exclude(pk=period.pk if period else 0)
    return [Presence(stay.came_at, ended_at(stay.left_at, stay.lapses_at)) for stay in others]


def counts(membership: Membership) -> bool:
    return is_prescriber(membership.role)
