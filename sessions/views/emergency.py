"""The press, the page it lands on, and the sheet for the ambulance (MON-5)."""

from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from clinic import audit
from clinic.access import site_for
from clinic.http import see_other
from clinic.models import Site
from clinic.roles import Permission, may
from sessions.access import emergency_for
from sessions.actions import emergency as acts
from sessions.forms.emergency import EndForm, TellForm, key_of
from sessions.models import Emergency, EmergencyEntry, TreatmentSession
from sessions.queries import emergency as facts
from sessions.queries.calls import names_of
from sessions.rules.emergency import STEPS, is_told
from sessions.states import PRESENT


@require_POST
def emergency_press(request: HttpRequest, site: str) -> HttpResponse:
    """One press, no form to fail: what the page knew comes with it, and what it knew wrong is left out."""
    place = site_for(request, site, Permission.CALL_EMERGENCY)
    session = session_named(place, request.POST.get("session", ""))
    made = acts.press(place, session=session, client_key=key_of(request.POST.get("client_key", "")), by=request.user, now=request.now)
    return see_other("emergency", place.slug, made.pk)


def session_named(site: Site, text: str) -> TreatmentSession | None:
    """The session of the page, if its patient is in the house: whoever reads an old record is called to somebody else."""
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        return None
    return TreatmentSession.objects.filter(site=site, pk=int(text), status__in=PRESENT).first()


@require_GET
def emergency(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    place = site_for(request, site, Permission.VIEW_RECORD)
    return shown(request, place, emergency_for(request, pk, Permission.VIEW_RECORD))


def shown(request: HttpRequest, place: Site, row: Emergency, *, forms: dict[str, Any] | None = None) -> HttpResponse:
    """The page; `forms` holds one that was refused, and then the answer is 422."""
    now = request.now  # type: ignore[attr-defined]
    summary = facts.summary_of(row, place, now)
    taken = {entry.kind: entry.observed_at for entry in summary.entries if not entry.text}
    stays = facts.prescribers_first(place, now)
    context: dict[str, Any] = {
        "site": place, "emergency": row, "summary": summary, "now": now, "spots": [] if row.ended_at else facts.spots(place), "stays": stays,
        "called": names_of(stay for stay in stays if stay.is_prescriber),
        "steps": [{"kind": kind, "icon": icon, "label": EmergencyEntry.Kind(kind).label, "at": taken.get(kind), "key": uuid4()} for kind, icon in STEPS],
        "entry_key": uuid4(), "may_act": may(request.membership.role, Permission.CALL_EMERGENCY),  # type: ignore[attr-defined]
        "is_told": is_told(outcome=row.outcome, kinds=[entry.kind for entry in summary.entries]),
        "end_form": EndForm(), "tell_form": TellForm(initial={"client_key": uuid4()}), "place_errors": [], "step_errors": [],
        "may_list": may(request.membership.role, Permission.VIEW_REPORTS) and getattr(request, "grant", None) is None,  # type: ignore[attr-defined]
        "may_judge": may(request.membership.role, Permission.CLINICAL_CHART),  # type: ignore[attr-defined]
    }  # fmt: skip
    return render(request, "sessions/emergency.html", context | (forms or {}), status=422 if forms else 200)


@require_GET
def emergency_summary(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    """One page to hand to the crew."""
    place = site_for(request, site, Permission.VIEW_RECORD)
    row = emergency_for(request, pk, Permission.VIEW_RECORD)
    audit.record(action="emergency.printed", target=row, by=request.user, now=request.now, site=place, patient_pk=row.patient_id)
    context = {"site": place, "emergency": row, "summary": facts.summary_of(row, place, request.now), "now": request.now}
    return render(request, "sessions/emergency_summary.html", context)
