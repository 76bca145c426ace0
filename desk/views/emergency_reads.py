"""Break the glass: a chart of another site of the organisation, for an hour, to read; and its review by its own site."""

from functools import partial

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_safe

from clinic import access, scope
from clinic.findings import refuse
from clinic.forms.base import attempt
from clinic.identity import Given, confirm_identity
from clinic.models import Site
from clinic.queries import today_at
from clinic.roles import Permission
from clinic.second_factor import is_owed
from clinic.views.pages import done, page
from desk.queries import visits
from desk.tasks import ask_to_tell
from patients.actions import emergency_reads as actions
from patients.forms.emergency_reads import EmergencyReadForm, EmergencyReadReviewForm
from patients.models import EmergencyRead
from patients.queries import chart
from patients.queries.emergency_reads import open_reads, other_sites, reads_of
from patients.rules.emergency_reads import is_overdue
from sessions.queries.adverse import events_of

VISITS = 6
EVENTS = 10
LISTED = 100


@require_http_methods(["GET", "POST"])
def emergency_read(request: HttpRequest, site: str) -> HttpResponse:
    """What is open now, to read; under it the way to open another chart. Nothing here can be changed."""
    place = access.site_for(request, site, Permission.BREAK_GLASS)
    form = EmergencyReadForm(request.POST if request.method == "POST" else None, sites=other_sites(place))

    def act(*, to_site: Site, last_name: str, birth_on: object, why: str, password: Given, client_key: object) -> None:
        require_second_factor(request, to_site)
        proof = confirm_identity(request, password)
        wanted = actions.Wanted(to_site, last_name, birth_on, why)  # type: ignore[arg-type]
        made = actions.open_chart(request.membership, wanted, proof=proof, client_key=client_key, now=request.now)  # type: ignore[attr-defined,arg-type]
        if made.opened_at == request.now:  # type: ignore[attr-defined]
            transaction.on_commit(partial(ask_to_tell, made.pk))

    if request.method == "POST" and attempt(form, act):
        return done(request, "Open for 60 minutes. Each look is noted, and the other site is told.", "emergency_read", site)
    rows = charts_open(request)
    row = next((row for row in rows if str(row.pk) == request.GET.get("read")), rows[0] if rows else None)
    context = {
        "form": form, "has_others": other_sites(place).exists(), "others": [one for one in rows if one != row],
        "shown": shown_chart(row, request) if row is not None else None,
    }  # fmt: skip
    return page(request, "desk/emergency_read.html", context)


def charts_open(request: HttpRequest) -> list[EmergencyRead]:
    """What this person may read now; the charts' sites are named beside their own, to the end of the page."""
    found = open_reads(request.membership, request.now)  # type: ignore[attr-defined]
    if sites := set(found.order_by().values_list("site_id", flat=True)):
        scope.name_site(request.site.pk, *sorted(sites))  # type: ignore[attr-defined]
    return list(found.select_related("patient", "site")) if sites else []


def require_second_factor(request: HttpRequest, to_site: Site) -> None:
    """What the other site asks of its own people it asks of a visitor too."""
    with scope.also(to_site.pk):
        owes = is_owed(request, to_site)
    if owes:
        raise refuse(actions.RULE, "That site asks for a second step of sign-in: show yours first, under your name above.", field="to_site")


def shown_chart(row: EmergencyRead, request: HttpRequest) -> dict[str, object]:
    """What an emergency needs of a chart; the look itself is an entry of the chart's own site."""
    actions.note_read(row, now=request.now)  # type: ignore[attr-defined]
    today = today_at(row.site, request.now)  # type: ignore[attr-defined]
    record = chart(row.patient, today)
    return {
        "read": row, "patient": row.patient, "chart": record, "zone": row.site.zone,
        "visits": list(visits.visits_of(row.patient)[:VISITS]), "events": list(events_of(row.patient))[:EVENTS],
    }  # fmt: skip


@require_safe
def emergency_reads(request: HttpRequest, site: str) -> HttpResponse:
    """Of this site's charts: who read them from elsewhere, and what was found."""
    place = access.site_for(request, site, Permission.REVIEW_AUDIT)
    rows = [(row, getattr(row, "review", None), is_late(row, request)) for row in reads_of(place)[:LISTED]]
    return page(request, "desk/emergency_reads.html", {"rows": rows})


def is_late(row: EmergencyRead, request: HttpRequest) -> bool:
    return is_overdue(opened_at=row.opened_at, is_reviewed=hasattr(row, "review"), now=request.now)  # type: ignore[attr-defined]


@require_http_methods(["GET", "POST"])
def emergency_read_review(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    place = access.site_for(request, site, Permission.REVIEW_AUDIT)
    row = access.row_for(request, reads_of(place), pk, Permission.REVIEW_AUDIT, "emergencyread")
    form = EmergencyReadReviewForm(request.POST if request.method == "POST" else None)

    def act(*, password: Given, **told: object) -> None:
        proof = confirm_identity(request, password)
        actions.review_read(row, **told, proof=proof, now=request.now)  # type: ignore[attr-defined,arg-type]

    if request.method == "POST" and attempt(form, act):
        return done(request, "Reviewed.", "emergency_reads", site)
    return page(
        request,
        "desk/emergency_read_review.html",
        {"form": form, "row": row, "review": getattr(row, "review", None), "is_late": is_late(row, request)},
    )
