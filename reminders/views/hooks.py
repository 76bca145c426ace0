"""Where providers of texts call: outside of sign-in, by signature alone; who can't sign learns nothing and costs no query."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_POST

from reminders.actions.receiving import receive_text
from reminders.actions.returns import report_delivery
from reminders.channels import hooks

LARGEST = 64_000


@csrf_exempt
@login_not_required
@never_cache
@require_POST
@sensitive_post_parameters()
@sensitive_variables("arrival")
def text_hook(request: HttpRequest, provider: str) -> HttpResponse:
    """A text of a patient. Answered when all that follows from it is written."""
    if not is_theirs(request, provider):
        return refused()
    try:
        arrival = hooks.arrival_of(request, provider)
    except hooks.Unreadable:
        return HttpResponse("Unreadable.", status=400, content_type="text/plain")
    receive_text(arrival, now=request.now)  # type: ignore[attr-defined]
    return taken(provider)


@csrf_exempt
@login_not_required
@never_cache
@require_POST
@sensitive_post_parameters()
def text_status(request: HttpRequest, provider: str) -> HttpResponse:
    """A word about the delivery of a message of ours; one about an unknown message is taken and forgotten."""
    if not is_theirs(request, provider):
        return refused()
    try:
        told = hooks.told_of(request, provider)
    except hooks.Unreadable:
        return HttpResponse("Unreadable.", status=400, content_type="text/plain")
    report_delivery(told.key, told.report, now=request.now, provider=provider)  # type: ignore[attr-defined]
    return taken(provider)


def is_theirs(request: HttpRequest, provider: str) -> bool:
    length = request.headers.get("Content-Length") or "0"
    return length.isdecimal() and int(length) <= LARGEST and hooks.is_signed(request, provider, now=request.now)  # type: ignore[attr-defined]


def refused() -> HttpResponse:
    """Always the same, whatever was wrong."""
    return HttpResponse("Forbidden.", status=403, content_type="text/plain")


def taken(provider: str) -> HttpResponse:
    """Twilio reads an empty answer as "send nothing"."""
    if provider == hooks.TWILIO:
        return HttpResponse("<Response/>", content_type="text/xml")
    return HttpResponse(status=204)
