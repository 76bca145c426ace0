"""The worklist of a closed day: each visit with where it could go, accepted one by one or all at once, cancelled, or kept (DOS-9)."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from clinic.access import site_for
from clinic.findings import Finding, Level, Refused
from clinic.http import see_other
from clinic.models import Closure, Site
from clinic.queries import today_at
from clinic.roles import Permission, may
from sessions.access import session_for
from sessions.actions import booking
from sessions.actions import rescue as acts
from sessions.actions.deciding import Decider
from sessions.forms.arrival import ReasonForm
from sessions.forms.rescue import accepted_from, value_of
from sessions.queries.bookings import chairs_of
from sessions.queries.rescue import settled_on, stranded_on
from sessions.queries.rescue_offers import Rescue, rescues_of
from sessions.rules.planning import Offer
from sessions.rules.rescue import progress
from sessions.views.answers import is_kept
from sessions.views.schedule import FIRST, LAST


@require_safe
def rescue(request: HttpRequest, site: str, day: str) -> HttpResponse:
    place = site_for(request, site, Permission.BOOK)
    return rescue_page(request, place, day_of(day))


@require_POST
def rescue_accept(request: HttpRequest, site: str, day: str) -> HttpResponse:
    """The slots that were pressed: one, or all that are proposed; one that a prescriber decides comes with the reason."""
    place, on = site_for(request, site, Permission.BOOK), day_of(day)
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    decider = Decider(reason=reason, may_decide=may(request.membership.role, Permission.DECIDE))  # type: ignore[attr-defined]
    try:
        acts.accept(place, on, accepted_from(request.POST.getlist("offer"), place), decider=decider, by=request.user, now=request.now)  # type: ignore[arg-type,attr-defined]
    except Refused as refused:
        return rescue_page(request, place, on, refused.findings, status=422)
    return see_other("rescue", place.slug, day)


@require_POST
def rescue_cancel(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    return with_reason(request, site, pk, Permission.BOOK, booking.cancel)


@require_POST
def rescue_keep(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    return with_reason(request, site, pk, Permission.DECIDE, acts.keep)


def with_reason(request: HttpRequest, site: str, pk: int, permission: Permission, act: Callable[..., Any]) -> HttpResponse:
    place = site_for(request, site, permission)
    session = session_for(request, pk, permission)
    form, on = ReasonForm(request.POST), session.treatment_on
    if is_kept(form, lambda: act(session, reason=form.cleaned_data["reason"], by=request.user, now=request.now)):  # type: ignore[attr-defined]
        return see_other("rescue", place.slug, on.isoformat())
    words = [Finding("SESSION", Level.BLOCK, str(error)) for errors in form.errors.values() for error in errors]
    return rescue_page(request, place, on, form.findings or words, status=422)  # type: ignore[attr-defined]


def day_of(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Http404 from None
    if not FIRST <= day <= LAST:
        raise Http404
    return day


def rescue_page(request: HttpRequest, site: Site, day: date, findings: Iterable[Finding] = (), *, status: int = 200) -> HttpResponse:
    now, role = request.now, request.membership.role  # type: ignore[attr-defined]
    closure = Closure.objects.filter(site=site, closed_on=day).first()
    stranded = stranded_on(site, day) if day >= today_at(site, now) else []
    done = settled_on(site, day)
    count, of = progress(settled={row.session_id for row in done}, open_still={session.pk for session in stranded})
    names = {chair.pk: chair.name for chair in chairs_of(site)}
    rows = [row_of(one, names) for one in (rescues_of(site, day, stranded, now) if stranded else [])]
    context = {
        "site": site, "day": day, "closure": closure, "rows": rows, "done": done, "count": count, "of": of, "findings": findings,
        "proposed": [row["offers"][0]["value"] for row in rows if row["offers"]], "without": sum(not row["offers"] for row in rows), "may_decide": may(role, Permission.DECIDE),
        "cancel_reason": f"Site closed: {closure.reason}"[:300] if closure else "",
    }  # fmt: skip
    return render(request, "sessions/rescue.html", context, status=status)


def row_of(one: Rescue, names: dict[int, str]) -> dict[str, Any]:
    first = (one.offers or one.marked)[:1]
    return {
        "session": one.session, "offers": [offer_of(one, offer, names) for offer in one.offers], "why": first[0].reason if first else "",
        "marked": [offer_of(one, offer, names) | {"findings": [decision.finding for decision in offer.decisions]} for offer in one.marked],
    }  # fmt: skip


def offer_of(one: Rescue, offer: Offer, names: dict[int, str]) -> dict[str, Any]:
    return {"value": value_of(one, offer), "at": offer.slot.starts_at, "chair": names[offer.slot.chair_pk]}
