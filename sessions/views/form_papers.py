"""A monitoring form to take away: the print, the official PDF filled, the portal companion, a receipt (PMF-7)."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from clinic import audit
from clinic.access import hide, site_for
from clinic.models import Site
from clinic.roles import Permission
from sessions.access import form_for
from sessions.models import FormSend, MonitoringForm
from sessions.papers import form_print as paper
from sessions.papers import official
from sessions.queries.form_blanks import blank_for
from sessions.queries.form_page import answered_sections, definition_of, shown
from sessions.rules.definition import Definition
from sessions.rules.form import Answers, asked
from sessions.states import FormStatus


def confirmed(request: HttpRequest, site: str, pk: int, permission: Permission) -> tuple[Site, MonitoringForm, Definition]:
    """A form that somebody has confirmed, with its definition; nothing is printed before that."""
    place = site_for(request, site, permission)
    monitoring_form = form_for(request, pk, permission)
    definition = definition_of(monitoring_form)
    if monitoring_form.completed_at is None or definition is None:
        raise Http404("This form has not been confirmed.")
    return place, monitoring_form, definition


def exported(
    request: HttpRequest, place: Site, monitoring_form: MonitoringForm, content: bytes, name: str, what: str, kind: str = "application/pdf"
) -> HttpResponse:
    """A file that holds a patient's data: kept by no cache, noted in the audit."""
    changes = {"what": what, "form": monitoring_form.pk}
    audit.record(
        action="record.exported",
        target=monitoring_form,
        by=request.user,
        now=request.now,
        site=place,
        patient_pk=monitoring_form.session.patient_id,
        changes=changes,
    )
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'inline; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


@require_safe
def form_print(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    place, monitoring_form, definition = confirmed(request, site, pk, Permission.VIEW_RECORD)
    content = paper.render(head_of(monitoring_form, definition, place), answered_sections(monitoring_form, definition))
    return exported(request, place, monitoring_form, content, f"monitoring-form-{monitoring_form.pk}.pdf", "print")


def head_of(monitoring_form: MonitoringForm, definition: Definition, place: Site) -> paper.Head:
    signature = monitoring_form.signature
    credential = "" if signature.credential == "none" else f", {signature.credential.upper()}"
    signed_at = timezone.localtime(signature.signed_at, place.zone)
    state = "" if monitoring_form.status != FormStatus.VOID else "VOID. "
    return paper.Head(
        title=definition.title,
        lead=f"{state}{place.name} · treatment of {monitoring_form.treatment_on:%m/%d/%Y} · revision {monitoring_form.revision}",
        signed=f"Confirmed by {signature.printed_name}{credential}, {signed_at:%m/%d/%Y %H:%M %Z}. SHA-256 of the signed content: {signature.content_sha256}",
        footer=f"Vigil form {monitoring_form.pk}, revision {monitoring_form.revision}, definition {definition.code}",
    )


@require_safe
def form_official(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    place, monitoring_form, definition = confirmed(request, site, pk, Permission.FILE_FORM)
    blank = blank_for(place, definition.code)
    if blank is None:
        raise Http404("This site has no mapped official blank.")
    answers = monitoring_form.answers
    words = {spec.id: shown(spec, answers.get(spec.id, "")) for spec in asked(definition, answers)}
    content = official.filled(bytes(blank.attachment.content), definition=definition, answers=answers, shown=words, field_map=blank.field_map)
    return exported(request, place, monitoring_form, content, f"official-form-{monitoring_form.pk}.pdf", "official")


@never_cache
@require_safe
def form_companion(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    """The fields in the portal's order, each to copy and to tick; the ticks live in the page alone."""
    place, monitoring_form, definition = confirmed(request, site, pk, Permission.FILE_FORM)
    context = {
        "site": place,
        "monitoring_form": monitoring_form,
        "patient": monitoring_form.session.patient,
        "definition": definition,
        "groups": companion_groups(monitoring_form, definition),
        "crumbs": [
            {"label": "Filing desk", "url": reverse("filing", args=[place.slug])},
            {"label": "Monitoring form", "url": reverse("form", args=[place.slug, monitoring_form.pk])},
        ],
    }
    return render(request, "sessions/forms/companion.html", context)


def companion_groups(monitoring_form: MonitoringForm, definition: Definition) -> list[dict[str, Any]]:
    """The fields that apply, as the portal asks them; a title each time another section of ours begins."""
    answers: Answers = monitoring_form.answers
    applying = {spec.id for spec in asked(definition, answers)}
    titles = {spec.id: section.title for section in definition.sections for spec in section.fields}
    groups: list[dict[str, Any]] = []
    for spec in definition.in_portal_order:
        if spec.id not in applying:
            continue
        if not groups or groups[-1]["title"] != titles[spec.id]:
            groups.append({"title": titles[spec.id], "fields": []})
        groups[-1]["fields"].append({"label": spec.label, "value": shown(spec, answers.get(spec.id, "")), "is_chosen": spec.is_chosen})
    return groups


@require_safe
def form_receipt(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    """The proof's file, through the door of its form."""
    place = site_for(request, site, Permission.VIEW_RECORD)
    send = FormSend.objects.filter(site=place, pk=pk, proof_file__isnull=False).select_related("proof_file").first()
    if send is None:
        hide(request, place, Permission.VIEW_RECORD, "formsend", pk)
    monitoring_form = form_for(request, send.form_id, Permission.VIEW_RECORD)
    file = send.proof_file
    return exported(request, place, monitoring_form, bytes(file.content), file.file_name, "receipt", file.content_type)
