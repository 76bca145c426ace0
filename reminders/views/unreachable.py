"""Addresses that nothing reaches: whose, why, and what to do; and the word that one works after all."""

from django.contrib import messages as banners
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from clinic import access
from clinic.http import see_other
from clinic.roles import Permission, may
from reminders.actions.returns import reinstate_address
from reminders.models import Undeliverable
from reminders.queries import unreachable as queries

PAGE = 50


@require_safe
def unreachable(request: HttpRequest, site: str) -> HttpResponse:
    """Of patients under treatment, as their charts stand today."""
    place = access.site_for(request, site, Permission.VIEW_MESSAGES)
    role = request.membership.role  # type: ignore[attr-defined]
    context = {
        "page": Paginator(queries.unreachable(place), PAGE).get_page(request.GET.get("page")), "area": queries.area_of(place, role, "unreachable"),
        "may_decide": may(role, Permission.DECIDE_MESSAGE), "may_edit": may(role, Permission.REGISTER_PATIENT),
    }  # fmt: skip
    return render(request, "reminders/unreachable.html", context)


@require_POST
def address_works(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    """Somebody found out that it works: messages go there again."""
    place = access.site_for(request, site, Permission.DECIDE_MESSAGE)
    row: Undeliverable = access.row_for(request, Undeliverable.objects.all(), pk, Permission.DECIDE_MESSAGE, "undeliverable")
    reinstate_address(row, by=request.user, now=request.now)  # type: ignore[attr-defined,arg-type]
    banners.success(request, "Kept: messages go there again.")
    return see_other("unreachable", place.slug)
