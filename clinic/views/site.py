"""The site's own pages: the hub of its settings, details, certification, representative (SET-1, SET-5, SET-6)."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_safe

from clinic import access
from clinic.actions.merging import opened_as
from clinic.actions.site import RECERTIFY, change_details, change_representative, record_certification
from clinic.forms.base import attempt
from clinic.forms.site import CertificationForm, DetailsForm, RepresentativeForm
from clinic.models import AuthorizedRepresentative, Certification
from clinic.queries import certified_on, equipment_problems, open_notices, today_at
from clinic.roles import Permission
from clinic.views.pages import done, page


@require_safe
def site_settings(request: HttpRequest, site: str) -> HttpResponse:
    """The hub: what each page decides, and what is missing."""
    place = access.site_for(request, site, Permission.MANAGE_SITE)
    today = today_at(place, request.now)  # type: ignore[attr-defined]
    return page(request, "clinic/site_settings.html", {
        "certified": certified_on(place, today),
        "problems": equipment_problems(place, today),
        "tasks": open_notices(place, RECERTIFY),
        "chairs_words": f"{place.chairs.filter(is_active=True).count()} in use",
        "representative": place.representatives.first(),
    })  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def site_details(request: HttpRequest, site: str) -> HttpResponse:
    place = access.site_for(request, site, Permission.MANAGE_SITE)
    initial = {name: getattr(place, name) for name in DetailsForm.base_fields if name != "opened"}
    form = DetailsForm(request.POST or None, initial={**initial, "opened": opened_as(place, initial)})
    if request.method == "POST" and attempt(form, change_details, site=place, by=request.user, now=request.now):  # type: ignore[attr-defined]
        return done(request, "The details are saved.", "site_settings", site)
    return page(request, "clinic/site_details.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def certification(request: HttpRequest, site: str) -> HttpResponse:
    """The events of the REMS certification (SET-1)."""
    place = access.site_for(request, site, Permission.MANAGE_SITE)
    form = CertificationForm(request.POST or None)
    if request.method == "POST" and attempt(form, record_certification, site=place, by=request.user, now=request.now):  # type: ignore[attr-defined]
        return done(request, "The event is on record.", "certification", site)
    today = today_at(place, request.now)  # type: ignore[attr-defined]
    events = Certification.objects.filter(site=place).select_related("recorded_by").order_by("-happened_on", "-pk")[:100]
    return page(request, "clinic/certification.html", {"form": form, "events": events, "certified": certified_on(place, today)})


@require_http_methods(["GET", "HEAD", "POST"])
def representative(request: HttpRequest, site: str) -> HttpResponse:
    """The authorized representative; another person opens the task to re-certify (SET-5)."""
    place = access.site_for(request, site, Permission.MANAGE_SITE)
    form = RepresentativeForm(request.POST or None)
    if request.method == "POST" and attempt(form, change_representative, site=place, by=request.user, now=request.now):  # type: ignore[attr-defined]
        return done(request, "The representative is on record.", "representative", site)
    named = AuthorizedRepresentative.objects.filter(site=place).select_related("recorded_by").order_by("-from_on", "-pk")[:50]
    return page(request, "clinic/representative.html", {"form": form, "named": named, "tasks": open_notices(place, RECERTIFY)})
