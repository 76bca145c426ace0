"""The schedule page: a day by chair, or the week as a list."""

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from clinic.access import site_for
from clinic.queries import today_at
from clinic.roles import Permission, may
from sessions.queries.schedule import DayPlan, Stretch, WeekDay, day_plan, week

FIRST, LAST = date(2019, 1, 8), date(2099, 12, 20)


@require_GET
def schedule(request: HttpRequest, site: str) -> HttpResponse:
    place = site_for(request, site, Permission.VIEW_FLOOR)
    today = today_at(place, request.now)
    day = asked_day(request.GET.get("day", ""), today)
    weekdays = week(place, day)
    is_week = request.GET.get("view") == "week"
    plan = None if is_week else day_plan(place, weekdays, day, request.now)
    context: dict[str, Any] = {
        "site": place, "day": day, "today": today, "is_today": day == today, "is_week": is_week, "plan": plan,
        "lanes": lanes(plan) if plan is not None else [], "weekdays": strip(weekdays, day, today),
        "before": day - timedelta(days=7), "after": day + timedelta(days=7), "may_book": may(request.membership.role, Permission.BOOK),
        "may_read": may(request.membership.role, Permission.VIEW_RECORD),
        "url": reverse("schedule", args=[place.slug]), "book_url": reverse("session_book", args=[place.slug]),
    }  # fmt: skip
    return render(request, "sessions/schedule.html", context)


def asked_day(text: str, today: date) -> date:
    """The day of the address; today for anything that isn't one."""
    try:
        return min(max(date.fromisoformat(text), FIRST), LAST)
    except ValueError:
        return today


def strip(weekdays: list[WeekDay], day: date, today: date) -> list[dict[str, Any]]:
    return [
        {"day": one.day, "count": one.count, "is_open": one.is_open, "closure": one.closure, "is_shown": one.day == day, "is_today": one.day == today, "visits": one.visits}
        for one in weekdays
    ]  # fmt: skip


def lanes(plan: DayPlan) -> list[dict[str, Any]]:
    """Each chair's items, told apart for the template."""
    return [
        {
            "chair": lane.chair,
            "items": [{"free": item} if isinstance(item, Stretch) else {"visit": item} for item in lane.items],
            "given_up": lane.given_up,
            "count": sum(not isinstance(item, Stretch) for item in lane.items),
        }
        for lane in plan.lanes
    ]
