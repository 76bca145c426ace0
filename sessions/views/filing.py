"""The filing desk: every form owed by both deadlines, and those that were filed (PMF-1, PMF-5)."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from clinic.access import site_for
from clinic.http import row_urls
from clinic.models import Site
from clinic.roles import Permission, may
from sessions.models import MonitoringForm
from sessions.queries.forms import FormRow, forms_of, forms_owed, listed, owed_summary, rows_of
from sessions.rules.deadlines import Urgency
from sessions.states import FormStatus

PAGE = 50
# filter word -> (label, statuses); the first is what the desk opens with.
FILTERS: dict[str, tuple[str, tuple[str, ...]]] = {
    "open": ("All owed", ()),
    "owed": ("To confirm", (FormStatus.OWED,)),
    "complete": ("To send", (FormStatus.COMPLETE,)),
    "sent": ("To prove", (FormStatus.SENT,)),
    "filed": ("Filed", (FormStatus.FILED,)),
}
STRIPES = {Urgency.OVERDUE: "is-late", Urgency.LATE: "is-late", Urgency.TODAY: "is-soon"}


@dataclass(frozen=True)
class Page:
    """A page of a list that is never counted: counting would grow with the history."""

    number: int
    has_next: bool

    @property
    def has_previous(self) -> bool:
        return self.number > 1

    @property
    def previous(self) -> int:
        return self.number - 1

    @property
    def next(self) -> int:
        return self.number + 1


@require_safe
def filing(request: HttpRequest, site: str) -> HttpResponse:
    place = site_for(request, site, Permission.FILE_FORM)
    chosen = request.GET.get("state", "open")
    chosen = chosen if chosen in FILTERS else "open"
    number = page_number(request.GET.get("page", "1"))
    found = list(listed(forms_in(place, chosen))[(number - 1) * PAGE : number * PAGE + 1])
    summary = owed_summary(place, request.now, beside=found)
    url = row_urls("form", place.slug)
    counts = {"open": summary.total, "owed": summary.owed, "complete": summary.complete, "sent": summary.sent}
    context: dict[str, Any] = {
        "site": place,
        "rows": [line(row, url(row.form.pk)) for row in rows_of(place, found[:PAGE], request.now, summary.calendar)],
        "summary": summary,
        "chosen": chosen,
        "tabs": [{"word": word, "label": label, "count": counts.get(word)} for word, (label, _) in FILTERS.items()],
        "page": Page(number, len(found) > PAGE),
        "may_confirm": may(request.membership.role, Permission.COMPLETE_FORM),
        "may_export": may(request.membership.role, Permission.EXPORT),
        "blanks_url": reverse("form_blank", args=[place.slug]) if may(request.membership.role, Permission.MANAGE_SITE) else "",
    }
    return render(request, "sessions/forms/filing.html", context)


def forms_in(site: Site, chosen: str) -> "QuerySet[MonitoringForm]":
    """The open ones by deadline; the filed ones, the newest first."""
    statuses = FILTERS[chosen][1]
    if chosen == "filed":
        return forms_of(site).filter(status__in=statuses).order_by("-staffed_due_on", "-pk")
    return forms_owed(site).filter(status__in=statuses) if statuses else forms_owed(site)


def line(row: FormRow, url: str) -> dict[str, Any]:
    """What the list shows of a form; its words are made here once, since a template pays for each of them."""
    form = row.form
    days = {"treated": form.treatment_on, "staffed_due": row.limits.staffed_due_on, "due": row.limits.due_on}
    return {
        "form": row, "status": form.status, "url": url, "patient": str(form.session.patient), "stripe": STRIPES.get(row.urgency, "") if row.is_pressing else "",
        "phase": form.session.status if row.is_live else "", **{name: told(day) for name, day in days.items()},
    }  # fmt: skip


@lru_cache(maxsize=1024)
def told(day: date) -> SafeString:
    """A day as the list names it: fifty rows fall on a dozen of them."""
    return SafeString(f"{day:%a} {day.day} {day:%b}")


def page_number(typed: str) -> int:
    """A page from 1 on; anything else is the first."""
    return min(int(typed), 100_000) if typed.isascii() and typed.isdigit() and 0 < len(typed) < 7 and int(typed) > 0 else 1
