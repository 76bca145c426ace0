"""An adverse event: recorded from a session or for a time at home, corrected, phoned (PMF-6)."""

from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic.access import site_for
from clinic.http import see_other
from clinic.models import Site
from clinic.roles import Permission, may
from patients.access import patient_for
from sessions.access import adverse_for, session_for
from sessions.actions import adverse as acts
from sessions.forms.adverse import AdverseCorrectionForm, AdverseForm, PhoneForm, initial_of
from sessions.models import AdverseEvent
from sessions.picture import picture_of
from sessions.queries import adverse as facts
from sessions.queries.policies import policy_for
from sessions.queries.story import PARTS
from sessions.rules.adverse import CRITERIA, suggestions
from sessions.views.answers import is_kept


@require_http_methods(["GET", "POST"])
def adverse_new(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    """From a session: with what the record suggests, and a draft of the narrative."""
    place = site_for(request, site, Permission.CLINICAL_CHART)
    session = session_for(request, pk, Permission.CLINICAL_CHART)
    picture = picture_of(session, policy_for(session), PARTS)
    began = picture.first_device_at or session.starts_at
    start = {"client_key": uuid4(), "narrative": facts.narrative_of(picture, place), "began_at": timezone.localtime(min(began, request.now))}
    form = AdverseForm(request.POST or None, initial=start)
    kept: list[AdverseEvent] = []

    def act() -> None:
        key = form.cleaned_data["client_key"]
        kept.append(acts.record_adverse(session.patient, session=session, told=form.told(), client_key=key, by=request.user, now=request.now))

    if request.method == "POST" and is_kept(form, act):
        return see_other("adverse_event", place.slug, kept[0].pk)
    shown = {"session": session, "patient": session.patient, "form": form, "suggestions": suggestions(facts.signs_of(picture))}
    return render(request, "sessions/adverse_new.html", shown, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "POST"])
def adverse_at_home(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    """What happened between two sessions, as somebody told it."""
    place = site_for(request, site, Permission.CLINICAL_CHART)
    patient = patient_for(request, pk, Permission.CLINICAL_CHART)
    patient.site = place
    form = AdverseForm(request.POST or None, initial={"client_key": uuid4()})
    kept: list[AdverseEvent] = []

    def act() -> None:
        key = form.cleaned_data["client_key"]
        kept.append(acts.record_adverse(patient, session=None, told=form.told(), client_key=key, by=request.user, now=request.now))

    if request.method == "POST" and is_kept(form, act):
        return see_other("adverse_event", place.slug, kept[0].pk)
    context: dict[str, object] = {"session": None, "patient": patient, "form": form, "suggestions": []}
    return render(request, "sessions/adverse_new.html", context, status=422 if request.method == "POST" else 200)


@require_GET
def adverse_event(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    place = site_for(request, site, Permission.VIEW_RECORD)
    return shown(request, place, adverse_for(request, pk, Permission.VIEW_RECORD))


def shown(request: HttpRequest, place: Site, event: AdverseEvent, phone: PhoneForm | None = None) -> HttpResponse:
    """The event, how it is to be reported, the reports, and the call's form; `phone` is one that was refused."""
    now, role = request.now, request.membership.role  # type: ignore[attr-defined]
    words = dict(CRITERIA)
    newest = AdverseEvent.objects.filter(case=event.case).order_by("-recorded_at", "-pk").first()
    context: dict[str, Any] = {
        "site": place, "event": event, "patient": event.patient, "now": now, "criteria": [words.get(code, code) for code in event.criteria],
        "owed": facts.owed_events(place, now, [event])[0] if event.is_serious else None, "reports": list(facts.reports_standing().filter(case=event.case).select_related("recorded_by", "form")),
        "newest": newest if newest is not None and newest.pk != event.pk else None, "may_correct": may(role, Permission.CLINICAL_CHART),
        "phone": phone or PhoneForm(initial={"client_key": uuid4()}), "may_phone": may(role, Permission.FILE_FORM) and event.is_serious,
    }  # fmt: skip
    return render(request, "sessions/adverse_event.html", context, status=422 if phone is not None else 200)


@require_http_methods(["GET", "POST"])
def adverse_correct(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    place = site_for(request, site, Permission.CLINICAL_CHART)
    event = adverse_for(request, pk, Permission.CLINICAL_CHART)
    form = AdverseCorrectionForm(request.POST or None, initial=initial_of(event) | {"client_key": uuid4()})
    kept: list[AdverseEvent] = []

    def act() -> None:
        data = form.cleaned_data
        kept.append(
            acts.correct_adverse(event, told=form.told(), reason=data["reason"], client_key=data["client_key"], by=request.user, now=request.now)
        )

    if request.method == "POST" and is_kept(form, act):
        return see_other("adverse_event", place.slug, kept[0].pk)
    context = {"event": event, "patient": event.patient, "form": form}
    return render(request, "sessions/adverse_correct.html", context, status=422 if request.method == "POST" else 200)


@require_POST
def adverse_phone(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    place = site_for(request, site, Permission.FILE_FORM)
    event = adverse_for(request, pk, Permission.FILE_FORM)
    form = PhoneForm(request.POST)

    def act() -> object:
        data = form.cleaned_data
        words = {name: data[name] for name in ("to", "number", "spoke_with", "reference", "client_key")}
        return acts.report_by_phone(event, phoned_at=data["phoned_at"] or request.now, by=request.user, now=request.now, **words)

    return see_other("adverse_event", place.slug, event.pk) if is_kept(form, act) else shown(request, place, event, form)
