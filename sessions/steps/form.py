"""The step of the monitoring form: what it waits for, both deadlines, and the way to it (PMF-1, PMF-5)."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest

from clinic.roles import Permission, may
from sessions.models import Emergency, MonitoringForm
from sessions.picture import Picture
from sessions.queries.adverse import events_of, signs_of
from sessions.queries.form_facts import ENDED
from sessions.queries.forms import FormRow, rows_of
from sessions.rules.adverse import suggestions
from sessions.states import FormStatus

TEMPLATE = "sessions/_step_form.html"
NEXT = {
    FormStatus.OWED: "Confirm it",
    FormStatus.COMPLETE: "Send it",
    FormStatus.SENT: "Record the proof",
    FormStatus.FILED: "Open it",
}


def context(picture: Picture, *, request: HttpRequest, now: datetime, bound_form: Any = None) -> dict[str, Any]:
    """What `_step_form.html` shows; none of the form's own acts is posted from here."""
    site = request.site  # type: ignore[attr-defined]
    forms = list(MonitoringForm.objects.filter(session=picture.session).exclude(status=FormStatus.VOID).order_by("revision"))
    rows = rows_of(site, forms, now) if forms else []
    newest: FormRow | None = rows[-1] if rows else None
    return {
        "session": picture.session,
        "site": site,
        "now": now,
        "row": newest,
        "earlier": rows[:-1],
        "is_over": picture.session.status in ENDED,
        "link": NEXT.get(newest.form.status, "Open it") if newest else "",
        "adverse": list(events_of(picture.session.patient).filter(session=picture.session)),
        "emergencies": list(Emergency.objects.filter(session=picture.session)),
        "raised": suggestions(signs_of(picture)),
        "may_judge": may(request.membership.role, Permission.CLINICAL_CHART),  # type: ignore[attr-defined]
        "may_open": may(request.membership.role, Permission.VIEW_RECORD),  # type: ignore[attr-defined]
    }
