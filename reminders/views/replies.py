"""The replies page: what patients texted, who takes it, and what was done (MSG-6)."""

from django.contrib import messages as banners
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from clinic import access, audit
from clinic.forms.base import attempt
from clinic.http import see_other
from clinic.roles import Permission, may
from reminders.actions.handling import asks_for_clinician, handle_text, open_up_to
from reminders.forms import HandlingForm
from reminders.models import InboundText
from reminders.queries import inbound
from reminders.queries.text_calls import is_loud
from reminders.queries.unreachable import area_of

PAGE = 50
THREAD = 20


@require_safe
def replies(request: HttpRequest, site: str) -> HttpResponse:
    """What waits for a person first; what is done, or needed nobody, below."""
    place = access.site_for(request, site, Permission.VIEW_MESSAGES)
    waiting = inbound.open_texts(place)
    for text in waiting:
        text.is_loud = is_loud(text, request.now)  # type: ignore[attr-defined]
    page = Paginator(inbound.settled_texts(place), PAGE).get_page(request.GET.get("page"))
    role = request.membership.role  # type: ignore[attr-defined]
    context = {"waiting": waiting, "page": page, "may_take": may(role, Permission.DECIDE_MESSAGE), "area": area_of(place, role, "replies")}
    return render(request, "reminders/replies.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def reply(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    """One text with what came before it from its number; whoever calls says what was done."""
    place = access.site_for(request, site, Permission.DECIDE_MESSAGE)
    text: InboundText = access.row_for(request, InboundText.objects.all(), pk, Permission.DECIDE_MESSAGE, "text")
    is_clinician = may(request.membership.role, Permission.SAFETY_CALL)  # type: ignore[attr-defined]
    form = HandlingForm(request.POST or None)
    if request.method == "POST" and attempt(
        form, lambda **said: handle_text(text, **said, by=request.user, now=request.now, is_clinician=is_clinician)  # type: ignore[attr-defined, arg-type]
    ):  # fmt: skip
        banners.success(request, "Kept: the text is taken.")
        return see_other("replies", place.slug)
    waiting = open_up_to(text)
    thread = list(inbound.same_number(text)[:THREAD])
    patients = inbound.patients_of(place, text.number)
    for patient in patients:
        audit.read(target=patient, by=request.user, now=request.now, site=place, patient_pk=patient.pk)  # type: ignore[attr-defined,arg-type]
    context = {
        "text": text, "thread": thread, "patients": patients, "waiting": waiting, "form": form,
        "is_for_clinician": asks_for_clinician(waiting) and not is_clinician, "crumbs": crumbs(place.slug),
    }  # fmt: skip
    return render(request, "reminders/reply.html", context, status=422 if request.method == "POST" else 200)


def crumbs(slug: str) -> list[dict[str, str]]:
    return [{"label": label, "url": reverse(name, args=[slug])} for label, name in (("Messages", "messages"), ("Replies", "replies"))]
