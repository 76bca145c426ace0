"""Enrolled screens: list, enrol (the address is shown once), revoke."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from clinic import access
from clinic.actions.screens import enrol_screen
from clinic.actions.screens import revoke_screen as revoke
from clinic.findings import Refused
from clinic.forms.base import posting_to, show_refusal
from clinic.forms.pins import TabletForm
from clinic.forms.screens import ScreenForm
from clinic.http import see_other
from clinic.locking.tablet import tablet_here
from clinic.models import Screen, Site
from clinic.qr import qr_svg
from clinic.roles import Permission
from clinic.views.pages import done, page

ONCE = "new_screen"


@require_http_methods(["GET", "HEAD", "POST"])
def screens(request: HttpRequest, site: str) -> HttpResponse:
    place = access.site_for(request, site, Permission.MANAGE_SITE)
    form = ScreenForm(request.POST or None, site=place)
    if request.method == "POST" and form.is_valid():
        try:
            screen, token = enrol_screen(place, **form.cleaned_data, by=request.user, now=request.now)  # type: ignore[attr-defined]
        except Refused as refused:
            show_refusal(form, refused)
        else:
            # Kept until the next page has shown it, and nowhere else.
            request.session[ONCE] = [screen.pk, token]
            return see_other("screens", site)
    return screens_page(request, place, form=form)


def screens_page(request: HttpRequest, place: Site, *, form: ScreenForm | None = None, tablet_form: TabletForm | None = None) -> HttpResponse:
    listed = Screen.objects.filter(site=place).select_related("chair", "enrolled_by").order_by("revoked_at", "name", "pk")[:100]
    forms = {
        "form": form or ScreenForm(site=place),
        "tablet_form": posting_to(tablet_form or TabletForm(), reverse("enrol_tablet", args=[place.slug])),
    }
    context = {"screens": listed, "now": request.now, "here": tablet_here(request), **forms, **shown_once(request, list(listed))}  # type: ignore[attr-defined]
    return page(request, "clinic/screens.html", context)


def shown_once(request: HttpRequest, listed: list[Screen]) -> dict[str, object]:
    """The address of the screen that was just enrolled, as text and as a code; gone with the next look."""
    pk, token = request.session.pop(ONCE, (0, ""))
    screen = next((one for one in listed if one.pk == pk), None)
    if screen is None:
        return {"new": None}
    address = settings.VIGIL_ORIGIN + reverse("screen", args=[token])
    return {"new": screen, "new_address": address, "new_code": qr_svg(address, scale=5)}


@require_POST
def revoke_screen(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    access.site_for(request, site, Permission.MANAGE_SITE)
    row = access.row_for(request, Screen.objects.select_related("site"), pk, Permission.MANAGE_SITE, "screen")
    revoke(row, by=request.user, now=request.now)  # type: ignore[attr-defined,arg-type]
    return done(request, "The screen is revoked.", "screens", site)
