"""What a press on the plan does to its visits: one is moved to an offered slot or to a day and time, left out; doses are taken over."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time

from django.http import QueryDict

from clinic.rules.opening import earliest
from sessions.forms.booking import FIRST_DAY, LAST_DAY
from sessions.forms.planning import PlanLine
from sessions.rules.planning import CourseFacts, House, Wanted, beside, nearest_slots


def changed_lines(act: str, lines: Sequence[PlanLine], told: QueryDict, house: House, course: CourseFacts) -> list[PlanLine]:
    """The visits after the press; what can't be read changes nothing. `act` is "drop-2", "to-2", "move-2-3@2026-06-18T14:00:00+00:00"."""
    word, _, rest = act.partition("-")
    place, _, where = rest.partition("-")
    if word not in ("drop", "to", "move") or not place.isdecimal() or int(place[:3]) >= len(lines):
        return list(lines)
    index = int(place[:3])
    others = [line for at, line in enumerate(lines) if at != index]
    if word == "drop":
        return others
    moved = offered(where, lines[index]) if word == "move" else typed(told, index, lines, house, course)
    return sorted([*others, moved or lines[index]], key=lambda line: line.chosen.starts_at)


def offered(where: str, line: PlanLine) -> PlanLine | None:
    chair, _, moment = where.partition("@")
    try:
        starts_at = datetime.fromisoformat(moment)
    except ValueError:
        return None
    if not chair.isdecimal() or len(chair) > 9 or starts_at.tzinfo is None or not FIRST_DAY < starts_at.date() < LAST_DAY:
        return None
    return PlanLine(replace(line.chosen, starts_at=starts_at, chair_pk=int(chair)), True)


def typed(told: QueryDict, index: int, lines: Sequence[PlanLine], house: House, course: CourseFacts) -> PlanLine | None:
    """A day and a time that somebody typed, on the visit's own chair if that is free then, else on the first that is."""
    try:
        day, wall = date.fromisoformat(told.get(f"day_of_{index}", "")), time.fromisoformat(told.get(f"time_of_{index}", ""))
    except ValueError:
        return None
    if wall.tzinfo is not None or not 2000 < day.year < 2100:
        return None
    chosen = lines[index].chosen
    starts_at = earliest(day, wall.replace(second=0, microsecond=0), house.calendar.zone)
    held, facts = beside(house, course, [line.chosen for at, line in enumerate(lines) if at != index])
    wanted = Wanted(day=day, wall=wall.replace(second=0, microsecond=0), chair_pk=chosen.chair_pk, dose_mg=chosen.dose_mg)
    same_time = [offer.slot for offer in nearest_slots(wanted, house=held, course=facts, per_kind=1) if offer.slot.starts_at == starts_at]
    chair_pk = same_time[0].chair_pk if same_time else chosen.chair_pk
    return PlanLine(replace(chosen, starts_at=starts_at, chair_pk=chair_pk), True)
