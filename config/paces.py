"""How often one person who is signed in may ask for what costs much: counted by the person, never by the address, so that a shift behind one router never meets it."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from clinic.actions.account import note_account
from config.public import WINDOW, count

log = logging.getLogger("vigil.paces")


@dataclass(frozen=True)
class Pace:
    """A minute's requests of one person to one process. `posts_alone`: looking at the page is free."""

    kind: str
    most: int
    posts_alone: bool = False


# Several times what the busiest hands need: letters typed into the search, a morning's papers, a day's signatures in one go.
SEARCH, CHART, PAPER = Pace("search", 240, posts_alone=True), Pace("chart", 240), Pace("paper", 120)
EXPORT, SIGNATURE = Pace("export", 30), Pace("signature", 60, posts_alone=True)
# Never the watch, an alarm or an emergency: what happens to a patient can always be seen and written down.
PACES = {
    "patient_list": SEARCH, "intake_list": SEARCH,
    **dict.fromkeys(("patient_chart", "patient_readers", "session_record", "audited"), CHART),
    **dict.fromkeys(("file", "form_print", "form_official", "form_companion", "form_receipt", "sheet", "day_sheets", "blank_sheets"), PAPER),
    **dict.fromkeys(("leaving_sheet", "schedule_print"), PAPER),
    **dict.fromkeys(("exports", "export", "export_again", "export_file", "audit_export", "report_json"), EXPORT),
    **dict.fromkeys(("binder", "audited_binder", "patient_import", "downtime", "disclosures"), EXPORT),
    **dict.fromkeys(("order_new", "order_cosign", "benefit_review", "benefit_correct", "addendum_add", "form_confirm"), SIGNATURE),
    **dict.fromkeys(("session_discharge", "session_discharge_early", "departure_sign"), SIGNATURE),
    **dict.fromkeys(("procedure_sign", "audit_review", "emergency_read", "emergency_read_review"), SIGNATURE),
}  # fmt: skip


class PaceMiddleware:
    """Behind the sign-in, before the page and its own queries."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: dict[str, Any]) -> HttpResponse | None:
        match = request.resolver_match
        pace = PACES.get(match.url_name or "") if match is not None else None
        if not settings.VIGIL_PACES or pace is None or (pace.posts_alone and request.method != "POST") or not request.user.is_authenticated:
            return None
        minute = int(request.now.timestamp() // WINDOW)  # type: ignore[attr-defined]
        times = count(f"pace {pace.kind} {request.user.pk} {minute}")
        if times <= pace.most:
            return None
        if times == pace.most + 1:
            log.warning("somebody who is signed in asks too often (%s)", pace.kind)
            note_account("account.slowed", request.user, by=request.user, now=request.now, kind=pace.kind)  # type: ignore[arg-type,attr-defined]
        page = render_to_string("errors/too_often.html", {"error_id": request.id, "was_sent": request.method == "POST"})  # type: ignore[attr-defined]
        return HttpResponse(page, status=429, headers={"Retry-After": str(WINDOW)})
