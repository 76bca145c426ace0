"""One monitoring form on a page: proposals with evidence while it is owed, afterwards the answers, the sends and the proof."""

from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_safe

from clinic.access import site_for
from clinic.models import Site
from clinic.roles import Permission, may
from sessions.access import form_for
from sessions.forms.confirming import ConfirmForm
from sessions.forms.filing import AmendForm, FailForm, ProofForm, SendForm
from sessions.models import MonitoringForm
from sessions.queries.form_blanks import blank_for
from sessions.queries.form_facts import ENDED
from sessions.queries.form_page import added_since, answered_sections, definition_of, has_facts_since, proposals_of, revisions_of, sends_of
from sessions.queries.forms import rows_of
from sessions.rules.form import missing_proposals
from sessions.states import FormStatus

# What a missing proposal's place is called on the button, and the page it leads to.
PLACES = {"session": "Open the flowsheet", "patient": "Open the chart", "staff": "Open staff", "site": "Open the settings"}


@require_safe
def form(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    place = site_for(request, site, Permission.VIEW_RECORD)
    monitoring_form = form_for(request, pk, Permission.VIEW_RECORD)
    return show(request, place, monitoring_form)


def show(request: HttpRequest, place: Site, monitoring_form: MonitoringForm, *, status: int = 200, **bound: Any) -> HttpResponse:
    """The whole page; `bound` holds the one form that was refused, by its name (confirm, send, prove, fail, amend)."""
    definition = definition_of(monitoring_form)
    session = monitoring_form.session
    context: dict[str, Any] = {
        "site": place,
        "monitoring_form": monitoring_form,
        "session": session,
        "patient": session.patient,
        "row": rows_of(place, [monitoring_form], request.now)[0],
        "definition": definition,
        "is_over": session.status in ENDED,
        "revisions": revisions_of(monitoring_form),
        "crumbs": [{"label": "Filing desk", "url": reverse("filing", args=[place.slug])}]
        if may(request.membership.role, Permission.FILE_FORM)
        else [],
        "flowsheet_url": reverse("flowsheet", args=[place.slug, session.pk]),
    }
    if definition is not None:
        is_owed = monitoring_form.status == FormStatus.OWED
        context |= owed_part(request, place, monitoring_form, bound) if is_owed else settled_part(request, place, monitoring_form, bound)
    return render(request, "sessions/forms/form.html", context, status=status)


def owed_part(request: HttpRequest, place: Site, monitoring_form: MonitoringForm, bound: dict[str, Any]) -> dict[str, Any]:
    """The proposals, what is missing with the place that mends it, and the form to confirm."""
    confirm: ConfirmForm = bound.get("confirm") or confirm_form_for(request, place, monitoring_form)
    missing = missing_by_place(place, monitoring_form, confirm)
    can_confirm = may(request.membership.role, Permission.COMPLETE_FORM) and monitoring_form.session.status in ENDED
    return {"confirm": confirm, "parts": list(confirm.parts()), "missing": missing, "can_confirm": can_confirm, "signer": request.user}


def missing_by_place(place: Site, monitoring_form: MonitoringForm, confirm: ConfirmForm) -> list[dict[str, Any]]:
    """What the record lacks, with one link per place that mends it."""
    gaps: dict[str, list[dict[str, str]]] = {}
    for spec, proposal in missing_proposals(confirm.definition, confirm.proposals):
        if proposal.missing:
            gaps.setdefault(proposal.place, []).append({"label": spec.label, "why": proposal.missing})
    return [{"gaps": listed, "url": place_url(where, place, monitoring_form), "link": PLACES.get(where, "")} for where, listed in gaps.items()]


def confirm_form_for(request: HttpRequest, place: Site, monitoring_form: MonitoringForm, data: Any = None) -> ConfirmForm:
    definition = definition_of(monitoring_form)
    assert definition is not None
    proposals = proposals_of(monitoring_form, definition, place)
    return ConfirmForm(data, definition=definition, proposals=proposals, earlier=monitoring_form.answers, initial={"client_key": uuid4()})


def settled_part(request: HttpRequest, place: Site, monitoring_form: MonitoringForm, bound: dict[str, Any]) -> dict[str, Any]:
    """The confirmed answers, every send, and the one act that comes next."""
    definition = definition_of(monitoring_form)
    assert definition is not None
    role = request.membership.role
    may_file, is_newest = may(role, Permission.FILE_FORM), revisions_of(monitoring_form)[-1] == monitoring_form
    status = monitoring_form.status
    return {
        "sections": list(answered_sections(monitoring_form, definition)),
        "sends": sends_of(monitoring_form),
        "was_added_to": is_newest and (bool(added_since(monitoring_form)) or has_facts_since(monitoring_form)),
        "send": (bound.get("send") or SendForm(now=request.now, initial={"client_key": uuid4()}))
        if may_file and status == FormStatus.COMPLETE
        else None,
        "prove": (bound.get("prove") or ProofForm(prefix="prove")) if may_file and status == FormStatus.SENT else None,
        "fail": (bound.get("fail") or FailForm(prefix="fail")) if may_file and status == FormStatus.SENT else None,
        "amend": amend_form_for(bound) if is_newest and may(role, Permission.COMPLETE_FORM) and status != FormStatus.VOID else None,
        "is_amending": "amend" in bound,
        "has_blank": blank_for(place, monitoring_form.definition_code) is not None,
    }


def amend_form_for(bound: dict[str, Any]) -> AmendForm:
    return bound.get("amend") or AmendForm(prefix="amend", initial={"client_key": uuid4()})


def place_url(place: str, site: Site, monitoring_form: MonitoringForm) -> str:
    """Where a missing value is mended."""
    addresses: dict[str, tuple[str, list[object]]] = {
        "session": ("flowsheet", [site.slug, monitoring_form.session_id]),
        "patient": ("patient_chart", [site.slug, monitoring_form.session.patient_id]),
        "staff": ("staff", [site.slug]),
        "site": ("site_settings", [site.slug]),
    }
    if place not in addresses:
        return ""
    name, arguments = addresses[place]
    try:
        return reverse(name, args=arguments)
    except NoReverseMatch:
        return ""
