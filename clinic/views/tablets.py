"""Enrolling the very browser that an administrator holds as a tablet of the staff; its key goes into a cookie and is shown to nobody."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from clinic import access
from clinic.actions.screens import enrol_screen
from clinic.findings import Refused
from clinic.forms.base import show_refusal
from clinic.forms.pins import TabletForm
from clinic.locking.tablet import keep
from clinic.models import Screen
from clinic.roles import Permission
from clinic.views.pages import done
from clinic.views.screens import screens_page


@require_POST
def enrol_tablet(request: HttpRequest, site: str) -> HttpResponse:
    place = access.site_for(request, site, Permission.MANAGE_SITE)
    form = TabletForm(request.POST)
    if form.is_valid():
        try:
            _, token = enrol_screen(place, name=form.cleaned_data["name"], kind=Screen.Kind.TABLET, chair=None, by=request.user, now=request.now)  # type: ignore[attr-defined,arg-type]
        except Refused as refused:
            show_refusal(form, refused)
        else:
            response = done(request, "This browser is enrolled: its locked page opens by PIN from now on.", "screens", site)
            keep(response, token)
            return response
    return screens_page(request, place, tablet_form=form)
