"""Handing chairs over: the page with every card, and one press each to offer, accept, come back and take over (SET-3)."""

from collections.abc import Callable
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from clinic.access import row_for, site_for
from clinic.findings import Finding, Level, Refused
from clinic.http import see_other
from clinic.roles import Permission, may
from sessions.actions import handover as acts
from sessions.forms.handover import OfferForm, TakeOverForm
from sessions.models import Handover
from sessions.queries.handover import colleagues_of, open_handovers, owners_of
from sessions.views.answers import is_kept


@require_safe
def handover(request: HttpRequest, site: str) -> HttpResponse:
    """Whose each chair is, on one page; mine with the offer, the others with the way to take them over."""
    site_for(request, site, Permission.VIEW_FLOOR)
    return handover_page(request)


@require_POST
def handover_offer(request: HttpRequest, site: str) -> HttpResponse:
    place = site_for(request, site, Permission.HAND_OVER)
    form = OfferForm(request.POST, colleagues=colleagues_of(place, request.user))
    if is_kept(form, lambda: acts.offer_chairs(request.membership, **form.cleaned_data, by=request.user, now=request.now)):
        return see_other("handover", site)
    return handover_page(request, offer=form)


@require_POST
def handover_take(request: HttpRequest, site: str) -> HttpResponse:
    """Take all chairs of somebody who is gone, with the reason."""
    place = site_for(request, site, Permission.HAND_OVER)
    form = TakeOverForm(request.POST, owners=[owner.user for owner in owners_of(place, request.now)])
    if is_kept(form, lambda: acts.take_over(request.membership, **form.cleaned_data, by=request.user, now=request.now)):
        return see_other("handover", site)
    return handover_page(request, findings=[Finding("SET-3", Level.BLOCK, str(error)) for errors in form.errors.values() for error in errors])


@require_POST
def handover_accept(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    return answered(request, site, pk, acts.accept_chairs)


@require_POST
def handover_decline(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    return answered(request, site, pk, acts.decline_chairs)


@require_POST
def handover_withdraw(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    return answered(request, site, pk, acts.withdraw_offer)


@require_POST
def handover_return(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    return answered(request, site, pk, acts.come_back)


def answered(request: HttpRequest, site: str, pk: int, act: Callable[..., object]) -> HttpResponse:
    """One press on one offer; back to the board where it was pressed there."""
    site_for(request, site, Permission.HAND_OVER)
    offer = row_for(request, Handover.objects.all(), pk, Permission.HAND_OVER, "handover")
    try:
        act(offer, by=request.user, now=request.now)
    except Refused as refused:
        return handover_page(request, findings=refused.findings)
    return see_other("board" if request.POST.get("back") == "board" else "handover", site)


def handover_page(request: HttpRequest, offer: OfferForm | None = None, findings: list[Finding] | None = None) -> HttpResponse:
    place, user, now = request.site, request.user, request.now  # type: ignore[attr-defined]
    owners, offers = owners_of(place, now), open_handovers(place)
    may_act = may(request.membership.role, Permission.HAND_OVER)  # type: ignore[attr-defined]
    waiting = next((one for one in offers if one.offered_by_id == user.pk and one.accepted_at is None), None)
    is_new = may_act and offer is None and waiting is None
    context = {
        "now": now, "mine": next((owner for owner in owners if owner.user.pk == user.pk), None), "others": [owner for owner in owners if owner.user.pk != user.pk],
        "offers": offers, "waiting": waiting, "may_act": may_act, "take_key": uuid4(),
        "offer": OfferForm(colleagues=colleagues_of(place, user), initial={"client_key": uuid4()}) if is_new else offer,
        "findings": findings or getattr(offer, "findings", []),
    }  # fmt: skip
    return render(request, "sessions/handover.html", context, status=422 if offer is not None or findings else 200)
