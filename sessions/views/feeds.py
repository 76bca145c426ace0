"""Calendar feeds: the feed itself, for whoever holds its address, and the page where people make and revoke them."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from clinic import access, scope
from clinic.findings import Refused
from clinic.forms.base import posting_to, show_refusal
from clinic.http import see_other
from clinic.models import Site
from clinic.roles import Permission, may
from clinic.views.pages import done
from sessions.actions.feeds import make_feed, note_read, note_turn, revoke_feed
from sessions.forms.feeds import ChairFeedForm, FeedForm
from sessions.models import CalendarFeed
from sessions.papers.calendar_feed import calendar_feed
from sessions.queries.feeds import feed_of, lines_of, mark_of, other_feeds, own_feeds

ONCE = "new_feed"


@login_not_required
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """What a calendar reads. An address that is guessed or revoked learns nothing, always in the same words; who left learns that all is off."""
    with scope.every():
        found = feed_of(token, request.now)  # type: ignore[attr-defined]
    if found is None:
        return quiet(HttpResponse("Not found.", status=404, content_type="text/plain; charset=utf-8"))
    if request.method not in ("GET", "HEAD"):
        return quiet(HttpResponse(status=405, headers={"Allow": "GET, HEAD"}))
    scope.name_site(found.site_id)
    note_read(found, now=request.now)  # type: ignore[attr-defined]
    note_turn(found)
    visits = lines_of(found, request.now)  # type: ignore[attr-defined]
    mark = mark_of(found, visits)
    if mark in request.headers.get("If-None-Match", ""):
        return quiet(HttpResponse(status=304, headers={"ETag": mark}))
    place = found.site.public_name
    body = calendar_feed(visits, name=f"{place}: {found.chair.name if found.chair else 'visits'}", place=place)
    headers = {"ETag": mark, "Content-Disposition": 'inline; filename="visits.ics"'}
    return quiet(HttpResponse(body, content_type="text/calendar; charset=utf-8", headers=headers))


def quiet(response: HttpResponse) -> HttpResponse:
    """The address is the key: it must not travel in a referrer to others, or stand in an index."""
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def feeds(request: HttpRequest, site: str) -> HttpResponse:
    """My feeds; who manages the site sees the chairs' and the colleagues' too."""
    place = access.site_for(request, site, Permission.VIEW_FLOOR)
    form = FeedForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and is_made(request, form, place, user=request.user, chair=None, **form.cleaned_data):
        return see_other("feeds", site)
    return feeds_page(request, place, form=form)


@require_POST
def feed_chair(request: HttpRequest, site: str) -> HttpResponse:
    place = access.site_for(request, site, Permission.MANAGE_SITE)
    form = ChairFeedForm(request.POST, site=place)
    if form.is_valid() and is_made(request, form, place, user=None, scope=CalendarFeed.Scope.SITE, **form.cleaned_data):
        return see_other("feeds", site)
    return feeds_page(request, place, chair_form=form)


@require_POST
def feed_revoke(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    place = access.site_for(request, site, Permission.VIEW_FLOOR)
    row = access.row_for(request, CalendarFeed.objects.select_related("site"), pk, Permission.VIEW_FLOOR, "calendarfeed")
    try:
        revoke_feed(row, may_manage=manages(request), by=request.user, now=request.now)  # type: ignore[attr-defined,arg-type]
    except Refused as refused:
        return feeds_page(request, place, findings=refused.findings)
    return done(request, "The feed is revoked: its address shows nothing any more.", "feeds", site)


def is_made(request: HttpRequest, form: BaseForm, place: Site, **wish) -> bool:  # type: ignore[no-untyped-def]
    """Whether the feed was made; its address waits for the next page, which shows it once."""
    try:
        made, token = make_feed(place, **wish, by=request.user, now=request.now)  # type: ignore[attr-defined,arg-type]
    except Refused as refused:
        show_refusal(form, refused)
        return False
    request.session[ONCE] = [made.pk, token]
    return True


def manages(request: HttpRequest) -> bool:
    return may(request.membership.role, Permission.MANAGE_SITE)  # type: ignore[attr-defined]


def feeds_page(
    request: HttpRequest, place: Site, *, form: FeedForm | None = None, chair_form: ChairFeedForm | None = None, findings=()
) -> HttpResponse:  # type: ignore[no-untyped-def]
    is_manager = manages(request)
    is_refused = bool(findings) or any(one is not None and one.is_bound for one in (form, chair_form))
    chair_form = chair_form or ChairFeedForm(site=place)
    return render(request, "sessions/feeds.html", {
        "form": form or posting_to(FeedForm(), reverse("feeds", args=[place.slug])),
        "chair_form": posting_to(chair_form, reverse("feed_chair", args=[place.slug])) if is_manager else None,
        "mine": own_feeds(place, request.user),  # type: ignore[arg-type]
        "others": other_feeds(place, request.user) if is_manager else [],  # type: ignore[arg-type]
        "findings": findings, **shown_once(request, place),
    }, status=422 if is_refused else 200)  # fmt: skip


def shown_once(request: HttpRequest, place: Site) -> dict[str, object]:
    """The address of the feed that was just made; gone with the next look."""
    pk, token = request.session.pop(ONCE, (0, ""))
    made = CalendarFeed.objects.filter(pk=pk, site=place, revoked_at__isnull=True).first() if pk else None
    return {"new": made, "new_address": settings.VIGIL_ORIGIN + reverse("feed", args=[token]) if made else ""}
