"""What waits for a prescriber's signature: their spoken orders, each signed with one press and their own password (DOS-8)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from clinic.access import site_for
from clinic.roles import Permission
from patients.queries.cosign import orders_to_sign


@require_GET
def to_sign(request: HttpRequest, site: str) -> HttpResponse:
    """The signed-in prescriber's own first; what other prescribers owe is told below, for it stands in everybody's way."""
    place = site_for(request, site, Permission.PRESCRIBE)
    waiting = orders_to_sign(place, request.now)
    mine = [item for item in waiting if item.order.ordered_by_id == request.user.pk]
    others = [item for item in waiting if item.order.ordered_by_id != request.user.pk]
    response = render(request, "desk/to_sign.html", {"mine": mine, "others": others, "now": request.now})
    response["Cache-Control"] = "no-store"
    return response
