"""The cells of a week as HTML, written in one go: a template's loop over 200 visits takes five times as long (`make bench`, week)."""

from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache
from html import escape
from zoneinfo import ZoneInfo

from django.utils.safestring import SafeString, mark_safe

from clinic.templatetags.tones import PHASES
from sessions.queries.schedule import Block, Lane, Shown
from sessions.states import Status


class WeekCells:
    """`url` leads to a visit's page, empty for whom it isn't; `may_book` says whether booked visits can be moved."""

    def __init__(self, plan: Shown, zone: ZoneInfo, now: datetime, *, url: Callable[[int], str], may_book: bool) -> None:
        self.zone, self.url, self.may_book = zone, url, may_book
        self.frames = {one.day: (self.head(plan, one.day, one.is_open), self.foot(plan, one.day, now)) for one in plan.days}

    def head(self, plan: Shown, day: date, is_open: bool) -> str:
        """The beginning of each cell of a day, the chair and whether it is empty left open."""
        axis = plan.axes[day]
        shades = "".join(f'<li class="v-shade t{step} l{length}" aria-hidden="true"></li>' for step, length in plan.shades[day])
        closed = "" if is_open else " is-closed"
        lane = f'data-from="{minutes(axis.starts_at)}" data-steps="{axis.steps}" aria-label="{day:%A} {day.day}"'
        return f'<ol class="v-cal-cell n{axis.steps}{closed}%s" data-lane="%s" {lane}>{shades}'

    def foot(self, plan: Shown, day: date, now: datetime) -> str:
        axis = plan.axes[day]
        is_now = axis.starts_at <= now < axis.ends_at
        return f'<li class="v-now t{axis.step_at(now)}" aria-hidden="true"></li></ol>' if is_now else "</ol>"

    def row(self, lanes: list[Lane]) -> SafeString:
        """A chair's seven days; names and words are escaped where they enter."""
        return mark_safe("".join(self.cell(lane) for lane in lanes))  # noqa: S308

    def cell(self, lane: Lane) -> str:
        head, foot = self.frames[lane.day]
        return head % ("" if lane.blocks else " is-empty", lane.chair.pk) + "".join([self.visit(block) for block in lane.blocks]) + foot

    def visit(self, block: Block) -> str:
        visit, url = block.visit, self.url(block.visit.pk)
        is_movable = self.may_book and visit.status == Status.BOOKED
        first = visit.first_name if url else f"{visit.first_name[:1]}."
        inside = (
            f"<b>{visit.starts_at.astimezone(self.zone):%H:%M}</b> {escape(visit.last_name)}, {escape(first)} "
            f"<small>{told(visit.status, bool(visit.confirmed_at), visit.dose_mg)}</small>"
        )
        inside = f'<a href="{url}">{inside}</a>' if url else f"<span>{inside}</span>"
        data = f' data-visit="{data_of(block)}"' if visit.holds_chair else ""
        return f'<li class="v-visit {classes(block, is_movable)}" id="session-{visit.pk}"{data}>{inside}</li>'


@lru_cache(maxsize=256)
def told(status: str, is_confirmed: bool, dose_mg: int) -> str:
    """State and dose in words."""
    return f"{PHASES[status].word}{', confirmed' if is_confirmed and status == Status.BOOKED else ''} · {dose_mg} mg"


def classes(block: Block, is_movable: bool) -> str:
    half = "" if block.half is None else f" h{block.half}"
    return f"is-{block.visit.status} t{block.first} l{block.length}{half}{' is-movable' if is_movable else ''}"


def data_of(block: Block) -> str:
    """For the script: key, version, dose, from and to in minutes."""
    visit = block.visit
    return f"{visit.pk} {visit.version} {visit.dose_mg} {minutes(visit.starts_at)} {minutes(visit.ends_at)}"


def minutes(moment: datetime) -> int:
    """Minutes since 1970: what the script reckons with."""
    return int(moment.timestamp()) // 60
