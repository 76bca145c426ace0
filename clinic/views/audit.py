"""The audit trail: who did what, when; filtered, paged by where the last page ended; and the signature under a review of it."""

from datetime import timedelta
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from clinic import access
from clinic.actions.reviewing import review_audit
from clinic.forms.audit import AuditFilter, ReviewForm
from clinic.forms.base import attempt
from clinic.identity import Given, confirm_identity
from clinic.models import Membership, Site
from clinic.queries import today_at
from clinic.queries.anchors import anchored_places
from clinic.queries.audit import audit_page
from clinic.queries.audit_filters import UNREVIEWED
from clinic.queries.reviews import acts_between, unreviewed
from clinic.roles import Permission, may
from clinic.views.pages import done

# Enough for a look back; an older stretch is asked for by its days.
SHOWN = timedelta(days=30)
# Of one patient, or of what nobody has reviewed: the whole.
ALL = timedelta(days=3650)


@require_safe
def audit(request: HttpRequest, site: str) -> HttpResponse:
    place = access.site_for(request, site, Permission.VIEW_AUDIT)
    form = AuditFilter(request.GET or None, people=people(place))
    good = form.is_valid() if form.is_bound else True
    asked = form.cleaned_data if form.is_bound and good else {}
    until = asked.get("until") or today_at(place, request.now)  # type: ignore[attr-defined]
    since = asked.get("since") or until - (ALL if asked.get("patient") or asked.get("kind") == UNREVIEWED else SHOWN)
    found = audit_page(place, since=since, until=until, before=request.GET.get("before", ""), asked=asked)
    kept = {name: value for name, value in request.GET.items() if name in form.fields and value}
    role = request.membership.role  # type: ignore[attr-defined]
    context = {
        "form": form, "found": found, "since": since, "until": until, "query": urlencode(kept), "is_first": "before" not in request.GET,
        "places": anchored_places(request.now), "unreviewed": unreviewed(place),  # type: ignore[attr-defined]
        "export_query": urlencode({**kept, "first": since, "last": until}),
        "may_review": may(role, Permission.REVIEW_AUDIT), "may_export": may(role, Permission.EXPORT),
    }  # fmt: skip
    return render(request, "clinic/audit.html", context, status=200 if good else 422)


def people(site: Site) -> list[tuple[int, str]]:
    """Everybody who has or had a place here."""
    return list(Membership.objects.filter(site=site).order_by("user__printed_name", "pk").values_list("user_id", "user__printed_name"))


@require_http_methods(["GET", "HEAD", "POST"])
def audit_review(request: HttpRequest, site: str) -> HttpResponse:
    """What is unreviewed, counted by act, and the signature as far as the page shows."""
    place = access.site_for(request, site, Permission.REVIEW_AUDIT)
    left = unreviewed(place)
    form = ReviewForm(request.POST or None, initial={"up_to": left.up_to})

    def act(*, note: str, password: Given, **told: object) -> None:
        proof = confirm_identity(request, password)
        review_audit(request.membership, note=note, proof=proof, now=request.now, **told)  # type: ignore[attr-defined, arg-type]

    if request.method == "POST" and attempt(form, act):
        return done(request, f"Signed: reviewed up to entry {form.cleaned_data['up_to']}.", "audit", place.slug)
    if form.is_bound:
        form.data = {**request.POST.dict(), "up_to": left.up_to}
    context = {"form": form, "unreviewed": left, "acts": acts_between(place, left.since, left.up_to)}
    return render(request, "clinic/audit_review.html", context, status=422 if form.is_bound else 200)
