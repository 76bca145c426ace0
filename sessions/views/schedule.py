"""The schedule page: a day by chair on a time axis, the week by chair, and the day on paper."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_GET

from clinic import audit
from clinic.access import site_for
from clinic.http import row_urls
from clinic.models import Chair, Site
from clinic.queries import today_at
from clinic.roles import Permission, may
from clinic.templatetags.tones import PHASES
from sessions.queries.by_patient import open_wishes
from sessions.queries.schedule import Block, Lane, Shown, WeekDay, all_chairs, day_plan, days_of, week, week_plan
from sessions.rules.calendar import Axis
from sessions.states import Status
from sessions.views.week_cells import WeekCells, classes, data_of, minutes, told

FIRST, LAST = date(2019, 1, 8), date(2099, 12, 20)


@require_GET
def schedule(request: HttpRequest, site: str) -> HttpResponse:
    place = site_for(request, site, Permission.VIEW_FLOOR)
    today = today_at(place, request.now)
    day, is_week = asked_day(request.GET.get("day", ""), today), request.GET.get("view") == "week"
    weekdays, chairs = week(place, day), all_chairs(place)
    only = asked_chair(request.GET.get("chair", ""), chairs)
    some = [only] if only else chairs
    whole = request.GET.get("hours") == "all"
    plan = week_plan(place, weekdays, some, request.now, whole) if is_week else day_plan(place, weekdays, day, some, request.now, whole)
    drawn = Drawn(request, place, plan)
    context: dict[str, Any] = {
        "site": place, "day": day, "today": today, "is_today": day == today, "is_week": is_week, "key": uuid4(),
        "of_day": plan.days[0], "weekdays": strip(weekdays, day, today),
        "before": day - timedelta(days=7 if is_week else 1), "after": day + timedelta(days=7 if is_week else 1),
        "chairs": [chair for chair in chairs if chair.is_active], "only": only, "rest": rest_of(is_week, only),
        "rows": drawn.week() if is_week else drawn.lanes(), "hours": drawn.hours(), "now_clock": drawn.clock(request.now), "ticks": drawn.ticks(), "heads": drawn.heads(today),
        "given_up": drawn.given_up() if is_week else [], "is_empty": not plan.rows, "is_cropped": plan.is_cropped,
        "may_book": drawn.may_book, "may_read": drawn.may_read,
        "asked": 0 if request.htmx or not drawn.may_book else open_wishes(place).count(),
        "url": reverse("schedule", args=[place.slug]), "book_url": reverse("session_book", args=[place.slug]),
    }  # fmt: skip
    response = render(request, "sessions/_calendar.html" if request.htmx else "sessions/schedule.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def asked_day(text: str, today: date) -> date:
    """The day of the address; today for anything that isn't one."""
    try:
        return min(max(date.fromisoformat(text), FIRST), LAST)
    except ValueError:
        return today


def asked_chair(text: str, chairs: list[Chair]) -> Chair | None:
    return next((chair for chair in chairs if str(chair.pk) == text), None)


def rest_of(is_week: bool, only: Chair | None) -> str:
    """What a link to another day keeps of the address."""
    return ("&view=week" if is_week else "") + (f"&chair={only.pk}" if only else "")


def strip(weekdays: list[WeekDay], day: date, today: date) -> list[dict[str, Any]]:
    return [
        {"day": one.day, "count": one.count, "is_open": one.is_open, "is_shown": one.day == day, "is_today": one.day == today} for one in weekdays
    ]


class Drawn:
    """The plan in the template's words: strings that it only has to print."""

    def __init__(self, request: HttpRequest, site: Site, plan: Shown) -> None:
        role = request.membership.role  # type: ignore[attr-defined]
        self.may_book, self.may_read = may(role, Permission.BOOK), may(role, Permission.VIEW_RECORD)
        self.plan, self.zone, self.now = plan, site.zone, request.now  # type: ignore[attr-defined]
        self.url, self.move_url = row_urls("flowsheet", site.slug), row_urls("session_move", site.slug)

    def clock(self, moment: datetime) -> str:
        return f"{moment.astimezone(self.zone):%H:%M}"

    def lanes(self) -> list[dict[str, Any]]:
        """A day: each chair with all that is told of its visits."""
        return [self.lane(chair, lanes[0]) for chair, lanes in self.plan.rows]

    def lane(self, chair: Chair, lane: Lane) -> dict[str, Any]:
        axis = self.plan.axes[lane.day]
        blocks = [self.block(block, axis) for block in lane.blocks]
        free = [(*axis.place(free), self.clock(free.starts_at), self.clock(free.ends_at)) for free in lane.free if free.starts_at < axis.ends_at]
        items = sorted([*(("visit", block["first"], block) for block in blocks), *(("free", one[0], one) for one in free)], key=lambda item: item[1])
        return {
            "chair": chair,
            "items": [{kind: item} for kind, _, item in items],
            "given_up": lane.given_up,
            "count": len(blocks),
            **self.frame(lane.day),
        }

    def week(self) -> list[tuple[Chair, SafeString]]:
        cells = WeekCells(self.plan, self.zone, self.now, may_read=self.may_read)
        return [(chair, cells.row(lanes)) for chair, lanes in self.plan.rows]

    def frame(self, day: date) -> dict[str, Any]:
        """Of a day's axis: where it begins (minutes since 1970, for the script), how many steps, its shades and its now line."""
        axis = self.plan.axes[day]
        is_now = axis.starts_at <= self.now < axis.ends_at
        return {
            "from": str(minutes(axis.starts_at)), "steps": str(axis.steps), "shades": self.plan.shades[day],
            "now_at": axis.step_at(self.now) if is_now else None,
        }  # fmt: skip

    def block(self, block: Block, axis: Axis) -> dict[str, Any]:
        visit, pk = block.visit, str(block.visit.pk)
        is_movable = self.may_book and visit.status == Status.BOOKED
        word = PHASES[visit.status].word
        return {
            "pk": pk, "first": block.first, "status": visit.status, "visit": visit, "is_movable": is_movable, "is_from_before": block.is_from_before,
            "css": classes(block),
            "data": data_of(block, axis) if visit.holds_chair else "",
            "url": self.url(visit.pk) if self.may_read else "", "move_url": self.move_url(visit.pk) if is_movable else "",
            "starts": self.clock(visit.starts_at), "ends": self.clock(visit.ends_at),
            "name": f"{visit.last_name}, {visit.first_name if self.may_read else visit.first_name[:1] + '.'}",
            "word": word, "told": told(visit.status, bool(visit.confirmed_at), visit.dose_mg),
        }  # fmt: skip

    def hours(self) -> list[tuple[int, str]]:
        axis = self.plan.axes[self.plan.days[0].day]
        return [(axis.step_at(hour), self.clock(hour)) for hour in axis.hours()]

    def heads(self, today: date) -> list[dict[str, Any]]:
        return [{"of_day": one, "is_today": one.day == today, "told": self.told(one), **self.frame(one.day)} for one in self.plan.days]

    def told(self, one: WeekDay) -> str:
        """When the site is open, in words."""
        if one.opens_at is None or one.closes_at is None:
            return f"closed: {one.closure}" if one.closure else "closed"
        opens, closes = self.clock(one.opens_at), self.clock(one.closes_at)
        return "open day and night" if opens == closes else f"open {opens}–{closes}"

    def ticks(self) -> SafeString:
        """The hours beside each chair of a week: every second one."""
        spans = "".join([f'<span class="t{step}">{hour}</span>' for step, hour in self.hours()[2::2]])
        return mark_safe(f'<div aria-hidden="true">{spans}</div>')  # noqa: S308

    def given_up(self) -> list[dict[str, Any]]:
        """Apart from the calendar: it holds no chair."""
        return [
            {"visit": visit, "chair": chair, "url": self.url(visit.pk) if self.may_read else "", "told": PHASES[visit.status].word}
            for chair, lanes in self.plan.rows for lane in lanes for visit in lane.given_up
        ]  # fmt: skip


@require_GET
@transaction.atomic
def schedule_print(request: HttpRequest, site: str) -> HttpResponse:
    """A day by chair for the wall or the pocket; that it left the house on paper is in the audit trail."""
    place = site_for(request, site, Permission.VIEW_FLOOR)
    day = asked_day(request.GET.get("day", ""), today_at(place, request.now))
    plan = week_plan(place, days_of(place, [day]), all_chairs(place), request.now)
    drawn = Drawn(request, place, plan)
    audit.record(action="schedule.printed", target=place, by=request.user, now=request.now, site=place, changes={"day": day.isoformat()})  # type: ignore[arg-type]
    context = {
        "site": place, "day": day, "now": request.now, "of_day": plan.days[0], "head": drawn.heads(day)[0], "rows": drawn.lanes(),
        "back": f"{reverse('schedule', args=[place.slug])}?day={day.isoformat()}",
    }  # fmt: skip
    return render(request, "sessions/schedule_print.html", context)
