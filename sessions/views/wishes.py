"""The desk's list of patients' wishes for another time, and what it says to each; and a red answer that somebody has looked at."""

from collections.abc import Callable

from django.contrib import messages as banners
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from clinic.access import row_for, site_for
from clinic.findings import Refused
from clinic.http import see_other
from clinic.models import Site
from clinic.roles import Permission
from sessions.access import session_for
from sessions.actions.wishes import accept_wish, decline_wish, settle_answer
from sessions.forms.arrival import ReasonForm
from sessions.forms.wishes import DeclineForm
from sessions.models import MoveWish
from sessions.queries.by_patient import open_wishes, wishes_by_key
from sessions.views.answers import is_kept, step_again, to_flowsheet


@require_safe
def wishes(request: HttpRequest, site: str) -> HttpResponse:
    """Every open wish, for the soonest visit first."""
    return listed(request, site_for(request, site, Permission.BOOK))


def listed(request: HttpRequest, place: Site, *, refused: str = "", of: int = 0, typed: str = "", status: int = 200) -> HttpResponse:
    rows = list(open_wishes(place)[:100])
    is_elsewhere = bool(refused) and of not in {row.pk for row in rows}
    context = {"rows": rows, "site": place, "refused": refused, "of": of, "typed": typed, "is_elsewhere": is_elsewhere}
    return render(request, "sessions/wishes.html", context, status=status)


@require_POST
def wish_accept(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    """Move the visit as it was asked."""
    return answered(request, site, pk, lambda wish: accept_wish(wish, by=request.user, now=request.now), "The visit is moved. The patient is told.")  # type: ignore[attr-defined,arg-type]


@require_POST
def wish_decline(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    """Say no, with a word."""
    form = DeclineForm(request.POST)

    def decline(wish: MoveWish) -> None:
        if not form.is_valid():
            raise form.refusal()
        decline_wish(wish, words=form.cleaned_data["words"], by=request.user, now=request.now)  # type: ignore[attr-defined,arg-type]

    return answered(request, site, pk, decline, "Kept. The patient reads it behind their link.", typed=request.POST.get("words", ""))


def answered(request: HttpRequest, site: str, pk: int, act: Callable[[MoveWish], object], good: str, *, typed: str = "") -> HttpResponse:
    place = site_for(request, site, Permission.BOOK)
    wish: MoveWish = row_for(request, wishes_by_key(), pk, Permission.BOOK, "movewish")
    try:
        act(wish)
    except Refused as refused:
        return listed(request, place, refused=str(refused), of=pk, typed=typed, status=422)
    banners.success(request, good)
    return see_other("wishes", place.slug)


@require_POST
def answer_settle(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    """Somebody has looked at a red answer."""
    site_for(request, site, Permission.BOOK)
    session = session_for(request, pk, Permission.BOOK)
    form = ReasonForm(request.POST)
    if is_kept(form, lambda: settle_answer(session, words=form.cleaned_data["reason"], by=request.user, now=request.now)):  # type: ignore[attr-defined,arg-type]
        return to_flowsheet(session)
    return step_again(request, session, "arrive", form)
