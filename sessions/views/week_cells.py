"""The cells of a week as HTML, written in one go: a template's loop over 200 visits takes five times as long (`make bench`, week).

Every letter counts 200 times: addresses are relative to the schedule's, what HTML lets go is left out, nothing is said twice.
"""

from datetime import date, datetime, timedelta
from functools import lru_cache
from html import escape
from zoneinfo import ZoneInfo

from django.utils.safestring import SafeString, mark_safe

from clinic.templatetags.tones import PHASES
from sessions.queries.schedule import Block, Lane, Shown
from sessions.rules.calendar import STEP, Axis
from sessions.states import Status

STEP_MINUTES = STEP // timedelta(minutes=1)


class WeekCells:
    """`may_read` says whether a visit leads to its page and shows the first name."""

    def __init__(self, plan: Shown, zone: ZoneInfo, now: datetime, *, may_read: bool) -> None:
        self.zone, self.axes, self.may_read = zone, plan.axes, may_read
        self.frames = {one.day: (self.head(plan, one.day, one.is_open), self.foot(plan, one.day, now)) for one in plan.days}

    def head(self, plan: Shown, day: date, is_open: bool) -> str:
        """The beginning of each cell of a day, the chair and whether it is empty left open."""
        axis = plan.axes[day]
        shades = "".join(f'<li class="v-shade t{step} l{length}" aria-hidden=true>' for step, length in plan.shades[day])
        closed = "" if is_open else " is-closed"
        return f'<ol class="v-cal-cell n{axis.steps}{closed}%s" data-lane=%s aria-label="{day:%a} {day.day}">{shades}'

    def foot(self, plan: Shown, day: date, now: datetime) -> str:
        axis = plan.axes[day]
        is_now = axis.starts_at <= now < axis.ends_at
        return f'<li class="v-now t{axis.step_at(now)}" aria-hidden="true"></li></ol>' if is_now else "</ol>"

    def row(self, lanes: list[Lane]) -> SafeString:
        """A chair's seven days; names and words are escaped where they enter."""
        return mark_safe("".join(self.cell(lane) for lane in lanes))  # noqa: S308

    def cell(self, lane: Lane) -> str:
        head, foot = self.frames[lane.day]
        return (
            head % ("" if lane.blocks else " is-empty", lane.chair.pk)
            + "".join([self.visit(block, self.axes[lane.day]) for block in lane.blocks])
            + foot
        )

    def visit(self, block: Block, axis: Axis) -> str:
        visit = block.visit
        first = visit.first_name if self.may_read else f"{visit.first_name[:1]}."
        inside = (
            f"<b>{visit.starts_at.astimezone(self.zone):%H:%M}</b> {escape(visit.last_name)}, {escape(first)} "
            f"<small>{told(visit.status, bool(visit.confirmed_at), visit.dose_mg)}</small>"
        )
        inside = f"<a href=../sessions/{visit.pk}/>{inside}</a>" if self.may_read else f"<span>{inside}</span>"
        named = "" if self.may_read else f" id=session-{visit.pk}"
        data = f" data-visit={data_of(block, axis)}" if visit.holds_chair else ""
        return f'<li class="v-visit {classes(block)}"{named}{data}>{inside}'


@lru_cache(maxsize=256)
def told(status: str, is_confirmed: bool, dose_mg: int) -> str:
    """State and dose in words."""
    return f"{PHASES[status].word}{', confirmed' if is_confirmed and status == Status.BOOKED else ''}, {dose_mg} mg"


def classes(block: Block) -> str:
    half = "" if block.half is None else f" h{block.half}"
    return f"is-{block.visit.status} t{block.first} l{block.length}{half}"


def data_of(block: Block, axis: Axis) -> str:
    """For the script: version and dose; where its place on the axis doesn't tell them, its beginning from there and its length in minutes, too."""
    visit = block.visit
    begins, lasts = minutes(visit.starts_at) - minutes(axis.starts_at), minutes(visit.ends_at) - minutes(visit.starts_at)
    is_told = (begins, lasts) == (block.first * STEP_MINUTES, block.length * STEP_MINUTES)
    return f"{visit.version},{visit.dose_mg}" + ("" if is_told else f",{begins},{lasts}")


def minutes(moment: datetime) -> int:
    """Minutes since 1970: what the script reckons with."""
    return int(moment.timestamp()) // 60
