"""Posting to an emergency: where it is, what was done, how it ended, what is told (MON-5)."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from clinic.access import site_for
from clinic.http import see_other
from clinic.models import Site
from clinic.roles import Permission
from sessions.access import emergency_for
from sessions.actions import emergency as acts
from sessions.forms.emergency import EndForm, PlaceForm, StepForm, TellForm
from sessions.models import Emergency
from sessions.rules.moments import moment_of
from sessions.views.answers import is_kept
from sessions.views.emergency import shown


def opened(request: HttpRequest, site: str, pk: int) -> tuple[Site, Emergency]:
    place = site_for(request, site, Permission.CALL_EMERGENCY)
    return place, emergency_for(request, pk, Permission.CALL_EMERGENCY)


def said(form) -> list[str]:  # type: ignore[no-untyped-def]
    """What was wrong, in one list: these forms have no room beside their fields."""
    return [str(error) for errors in form.errors.values() for error in errors]


@require_POST
def emergency_place(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    place, row = opened(request, site, pk)
    form = PlaceForm(request.POST, site=place)

    def act() -> object:
        return acts.set_place(row, session=form.session, chair=form.chair, place=form.cleaned_data["place"], by=request.user, now=request.now)

    if is_kept(form, act):
        return see_other("emergency", place.slug, row.pk)
    return shown(request, place, row, forms={"place_errors": said(form)})


@require_POST
def emergency_step(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    place, row = opened(request, site, pk)
    form = StepForm(request.POST, now=request.now)

    def act() -> object:
        data = form.cleaned_data
        return acts.record_entry(
            row, kind=data["kind"], text=data["text"], observed_at=form.moment(), client_key=data["client_key"], by=request.user, now=request.now
        )

    if is_kept(form, act):
        return see_other("emergency", place.slug, row.pk)
    return shown(request, place, row, forms={"step_errors": said(form)})


@require_POST
def emergency_end(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    place, row = opened(request, site, pk)
    form = EndForm(request.POST)

    def act() -> object:
        wall = form.cleaned_data["ended_at"]
        ended_at = moment_of(wall, now=request.now, zone=place.zone) if wall else request.now
        data = form.cleaned_data
        return acts.end(row, outcome=data["outcome"], reason=data["reason"], ended_at=ended_at, by=request.user, now=request.now)

    return see_other("emergency", place.slug, row.pk) if is_kept(form, act) else shown(request, place, row, forms={"end_form": form})


@require_POST
def emergency_tell(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    place, row = opened(request, site, pk)
    form = TellForm(request.POST)
    if is_kept(form, lambda: acts.tell(row, told=form.told(), client_key=form.cleaned_data["client_key"], by=request.user, now=request.now)):
        return see_other("emergency", place.slug, row.pk)
    return shown(request, place, row, forms={"tell_form": form})
