"""A dry run: what patients would be sent in the next seven days, and what would be left out and why."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clinic import access
from clinic.roles import Permission
from reminders.queries.unreachable import area_of
from reminders.queries.week import week_of

PAGE = 50


@require_safe
def message_week(request: HttpRequest, site: str) -> HttpResponse:
    """Derived anew from the schedule; nothing is written."""
    place = access.site_for(request, site, Permission.VIEW_MESSAGES)
    week = week_of(place, request.now)  # type: ignore[attr-defined]
    context = {
        "page": Paginator(week.lines, PAGE).get_page(request.GET.get("page")), "untold": week.untold[:PAGE], "untold_count": len(week.untold),
        "area": area_of(place, request.membership.role, "message_week"),  # type: ignore[attr-defined]
        "going": sum(not line.why for line in week.lines), "left_out": sum(bool(line.why) for line in week.lines),
    }  # fmt: skip
    return render(request, "reminders/message_week.html", context)
