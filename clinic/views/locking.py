"""Locking by a press, and how long a page has left before it is locked by itself."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET, require_POST

from clinic.locking import state
from clinic.locking.middleware import locked_address


@require_POST
def lock(request: HttpRequest) -> HttpResponse:
    """One press; pressed twice it stays locked."""
    if not request.is_locked:  # type: ignore[attr-defined]
        state.lock(request.session)
    return HttpResponse(status=303, headers={"Location": locked_address(request)})


@require_GET
def lock_state(request: HttpRequest) -> HttpResponse:
    """Asked once by a page whose time is up; a locked sign-in never gets here (clinic.locking.middleware)."""
    return JsonResponse({"left": request.lock_after})  # type: ignore[attr-defined]
