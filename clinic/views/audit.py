"""The audit trail: who did what, when; filtered, paged by where the last page ended."""

from datetime import timedelta
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clinic import access
from clinic.forms.audit import AuditFilter
from clinic.models import Membership, Site
from clinic.queries import today_at
from clinic.queries.anchors import anchored_places
from clinic.queries.audit import audit_page
from clinic.roles import Permission

# Enough for a look back; an older stretch is asked for by its days.
SHOWN = timedelta(days=30)


@require_safe
def audit(request: HttpRequest, site: str) -> HttpResponse:
    place = access.site_for(request, site, Permission.VIEW_AUDIT)
    form = AuditFilter(request.GET or None, people=people(place))
    good = form.is_valid() if form.is_bound else True
    asked = form.cleaned_data if form.is_bound and good else {}
    today = today_at(place, request.now)  # type: ignore[attr-defined]
    until = asked.get("until") or today
    since = asked.get("since") or until - SHOWN
    filters = {"actor_id": asked.get("person"), "action": asked.get("action"), "patient_pk": asked.get("patient")}
    found = audit_page(place, since=since, until=until, before=request.GET.get("before", ""), filters=filters)
    kept = {name: value for name, value in request.GET.items() if name in form.fields and value}
    context = {
        "form": form,
        "found": found,
        "places": anchored_places(request.now),
        "since": since,
        "until": until,
        "query": urlencode(kept),
        "is_first": "before" not in request.GET,
    }
    return render(request, "clinic/audit.html", context, status=200 if good else 422)


def people(site: Site) -> list[tuple[int, str]]:
    """Everybody who has or had a place here."""
    return list(Membership.objects.filter(site=site).order_by("user__printed_name", "pk").values_list("user_id", "user__printed_name"))
