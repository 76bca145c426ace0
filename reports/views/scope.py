"""What every page of the reports speaks about: the days and the narrowing of its address, and the export line of what it shows."""

from datetime import date
from typing import Any

from django.http import HttpRequest

from clinic.models import Site
from clinic.queries.opening import today_at
from clinic.roles import Permission, may
from reports import queries
from reports.forms import ExportForm, RangeForm, range_form
from reports.rules import SessionFacts
from reports.rules.narrowing import narrowed
from reports.rules.overview import last_weeks


def today_of(request: HttpRequest, site: Site) -> date:
    return today_at(site, request.now)  # type: ignore[attr-defined]


def scope(request: HttpRequest, site: Site) -> RangeForm:
    """Bound to the address; the last thirteen weeks where it names no days."""
    first, last = last_weeks(today_of(request, site))
    return range_form(request.GET, site, first=first, last=last)


def visits_in(site: Site, form: RangeForm) -> list[SessionFacts]:
    """The one reading that everything on a page speaks from."""
    return narrowed(queries.facts_of(site, **form.days), form.narrowing)


def export_line(request: HttpRequest, of: str, form: RangeForm) -> dict[str, Any]:
    """What is shown, ready to be exported in one line; nothing for who may not."""
    if not may(request.membership.role, Permission.EXPORT):  # type: ignore[attr-defined]
        return {"line": None}
    return {"line": ExportForm(initial={"of": of}, people=()), "codes": {"of": of, **form.codes}}
