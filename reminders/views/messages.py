"""The messages page: what was and will be sent, and what needs a person."""

from django.contrib import messages as banners
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from clinic import access
from clinic.findings import Refused
from clinic.roles import Permission, may
from reminders.actions.deciding import WORDS, close_message, send_again
from reminders.actions.returns import mark_returned
from reminders.models import OutboxMessage
from reminders.queries import messages as queries
from reminders.queries.unreachable import area_of

PAGE = 50


@require_safe
def messages(request: HttpRequest, site: str) -> HttpResponse:
    """By state; failed and unclear ones can be decided on here."""
    the_site = access.site_for(request, site, Permission.VIEW_MESSAGES)
    status = request.GET.get("status", "")
    status = status if status in OutboxMessage.Status.values else ""
    counts, role = queries.counts(the_site.pk), request.membership.role  # type: ignore[attr-defined]
    page = Paginator(queries.for_page(the_site.pk, status), PAGE).get_page(request.GET.get("page"))
    tabs = [{"value": value, "label": label, "count": counts[value], "is_on": value == status} for value, label in OutboxMessage.Status.choices]
    context = {
        "page": page, "tabs": tabs, "status": status, "total": sum(counts.values()), "area": area_of(the_site, role, "messages"), "for_a_person": counts["failed"] + counts["unknown"],
        "may_decide": may(role, Permission.DECIDE_MESSAGE), "may_settings": may(role, Permission.MANAGE_SITE), "now": request.now,  # type: ignore[attr-defined]
        "may_export": may(role, Permission.EXPORT),
    }  # fmt: skip
    return render(request, "reminders/messages.html", context)


@require_POST
def message_again(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    """Send a failed or unclear message once more."""
    message = message_for(request, site, pk)
    try:
        send_again(message, by=request.user, now=request.now)  # type: ignore[attr-defined,arg-type]
    except Refused as refused:
        return back(request, site, str(refused), is_good=False)
    return back(request, site, "The message goes out again within a minute.")


@require_POST
def message_close(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    """Nothing more is sent: somebody called, or it isn't worth it."""
    message = message_for(request, site, pk)
    how = request.POST.get("how", "")
    if how not in WORDS:
        return back(request, site, "Say whether somebody called or the message is left.", is_good=False)
    try:
        close_message(message, how=how, by=request.user, now=request.now)  # type: ignore[attr-defined,arg-type]
    except Refused as refused:
        return back(request, site, str(refused), is_good=False)
    return back(request, site, "Kept: " + WORDS[how])


@require_POST
def message_returned(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    """It came back: nothing more goes to that address until the chart has another."""
    message = message_for(request, site, pk)
    try:
        mark_returned(message, by=request.user, now=request.now)  # type: ignore[attr-defined,arg-type]
    except Refused as refused:
        return back(request, site, str(refused), is_good=False)
    return back(request, site, "Kept: nothing more goes to that address until the chart has another.")


def message_for(request: HttpRequest, site: str, pk: int) -> OutboxMessage:
    """The only door to one message."""
    access.site_for(request, site, Permission.DECIDE_MESSAGE)
    row: OutboxMessage = access.row_for(request, OutboxMessage.objects.select_related("site"), pk, Permission.DECIDE_MESSAGE, "message")
    return row


def back(request: HttpRequest, site: str, words: str, *, is_good: bool = True) -> HttpResponse:
    """To the page that it was pressed on, with a word about it."""
    (banners.success if is_good else banners.error)(request, words)
    status = request.POST.get("status", "")
    query = f"?status={status}" if status in OutboxMessage.Status.values else ""
    return HttpResponse(status=303, headers={"Location": reverse("messages", args=[site]) + query})
