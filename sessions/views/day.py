"""The page of a day: its opening, its closing, and the days that were not closed (SET-4, DEV-3)."""

from datetime import date
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from clinic.access import site_for
from clinic.forms.base import FIRST_DAY, posting_to
from clinic.http import see_other
from clinic.queries import today_at
from clinic.roles import Permission, may
from sessions.actions import day as acts
from sessions.forms.day import ClosingForm, OpeningForm
from sessions.queries.day import equipment_to_check, record_of, sheet_of
from sessions.views.answers import is_kept


@require_safe
def day(request: HttpRequest, site: str) -> HttpResponse:
    """Today's sheet, or with `day` that of a day that was not closed."""
    site_for(request, site, Permission.VIEW_FLOOR)
    return day_page(request, asked_day(request, request.GET.get("day", "")))


@require_POST
def day_open(request: HttpRequest, site: str) -> HttpResponse:
    place = site_for(request, site, Permission.RUN_DAY)
    today = today_at(place, request.now)
    is_again = record_of(place, today, "opening") is not None
    form = OpeningForm(request.POST, equipment=equipment_to_check(place), is_again=is_again)
    if is_kept(
        form, lambda: acts.open_day(place, opening=form.opening(), client_key=form.cleaned_data["client_key"], by=request.user, now=request.now)
    ):
        return see_other("day", site)
    return day_page(request, today, opening=form)


@require_POST
def day_close(request: HttpRequest, site: str) -> HttpResponse:
    place = site_for(request, site, Permission.RUN_DAY)
    which = asked_day(request, request.POST.get("day", ""))
    sheet = sheet_of(place, which, request.now)
    form = ClosingForm(request.POST, sessions=sheet.unexplained, is_again=sheet.closing is not None)
    if is_kept(
        form,
        lambda: acts.close_day(
            request.membership, closing=form.closing(), client_key=form.cleaned_data["client_key"], by=request.user, now=request.now
        ),
    ):
        return see_other("day", site)
    return day_page(request, which, closing=form)


def asked_day(request: HttpRequest, written: str) -> date:
    """A day from an address or a form; today for anything that is none, lies ahead, or long before any clinic."""
    today = today_at(request.site, request.now)  # type: ignore[attr-defined]
    try:
        asked = date.fromisoformat(written)
    except ValueError:
        return today
    return asked if FIRST_DAY <= asked <= today else today


def day_page(request: HttpRequest, which: date, opening: Any = None, closing: Any = None) -> HttpResponse:
    place, now = request.site, request.now  # type: ignore[attr-defined]
    sheet = sheet_of(place, which, now)
    refused = opening is not None or closing is not None
    may_run = may(request.membership.role, Permission.RUN_DAY)  # type: ignore[attr-defined]
    if may_run and opening is None and sheet.is_today:
        opening = OpeningForm(equipment=equipment_to_check(place), is_again=sheet.opening is not None, initial={"client_key": uuid4()})
    if may_run and closing is None:
        closing = ClosingForm(sessions=sheet.unexplained, is_again=sheet.closing is not None, initial={"client_key": uuid4(), "day": which})
    context = {
        "sheet": sheet, "now": now,
        "opening": opening and posting_to(opening, reverse("day_open", args=[place.slug])),
        "closing": closing and posting_to(closing, reverse("day_close", args=[place.slug])),
    }  # fmt: skip
    return render(request, "sessions/day.html", context, status=422 if refused else 200)
