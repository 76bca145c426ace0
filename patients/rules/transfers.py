"""A patient's treatment moves to another certified setting: when the REMS must have been told (SET-8)."""

from datetime import date, datetime, timedelta

from clinic.rules.opening import Calendar, day_bounds

LOOK_BACK = timedelta(days=7)


def tell_by(moves_on: date, calendar: Calendar) -> datetime:
    """Before the move: closing time of the last open day of the week before it; with none, the beginning of the day itself."""
    eve = moves_on - timedelta(days=1)
    closing = calendar.closing_at(calendar.last_staffed_day(eve, eve - LOOK_BACK))
    return closing if closing is not None else day_bounds(moves_on, calendar.zone)[0]


def told_problems(*, told_on: datetime, planned_at: datetime, now: datetime) -> dict[str, str]:
    """What can't be about the telling, by field: it has happened, and not long before anybody knew of the move."""
    if told_on > now:
        return {"told_at": "This lies in the future."}
    return {"told_at": "Long before the move was planned: is the year right?"} if planned_at - told_on > timedelta(days=60) else {}
