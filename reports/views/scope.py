"""What every page of the reports speaks about: the days and the narrowing of its address, and the export line of what it shows."""

from datetime import date
from typing import Any

from django.http import HttpRequest

from clinic import scope as rows
from clinic import second_factor
from clinic.auditing import newest_grant
from clinic.locking.state import is_by_pin
from clinic.models import Membership, Site
from clinic.queries.opening import today_at
from clinic.queries.people import sites_of
from clinic.roles import Permission, Role, may
from reports.forms import ExportForm, RangeForm, range_form
from reports.queries.summaries import judged_between
from reports.rules import SessionFacts
from reports.rules.judged import Judged
from reports.rules.narrowing import narrowed
from reports.rules.overview import last_weeks


def today_of(request: HttpRequest, site: Site) -> date:
    return today_at(site, request.now)  # type: ignore[attr-defined]


def scope(request: HttpRequest, site: Site) -> RangeForm:
    """Bound to the address; the last thirteen weeks where it names no days."""
    first, last = last_weeks(today_of(request, site))
    return range_form(request.GET, site, first=first, last=last)


def reported_to(request: HttpRequest) -> list[Membership]:
    """The person's places whose reports they may see, whose rows stand open from here on: never one that an auditor's grant limits, nor one that asks for more than this sign-in has shown.

    What a PIN opened sees its tablet's own site alone.
    """
    here = request.site.pk  # type: ignore[attr-defined]
    with rows.of_person(request.user.pk):
        places = [place for place in sites_of(request.user) if may(place.role, Permission.VIEW_REPORTS)]  # type: ignore[arg-type]
        places = [place for place in places if place.site_id == here or not is_by_pin(request)]
        open_here = [place for place in places if place.role != Role.AUDITOR or newest_grant(place) is None]
        owed = second_factor.owed_at(request, [place.site for place in open_here if place.site_id != here])
    found = [place for place in open_here if place.site_id not in owed]
    rows.name_site(here, *(place.site_id for place in found))
    return found


def visits_in(request: HttpRequest, site: Site, form: RangeForm) -> list[Judged] | list[SessionFacts]:
    """The one reading that everything on a page speaks from."""
    found = judged_between(site, **form.days, today=today_of(request, site))
    return narrowed(found, form.narrowing)  # type: ignore[type-var, return-value]


def export_line(request: HttpRequest, of: str, form: RangeForm) -> dict[str, Any]:
    """What is shown, ready to be exported in one line; nothing for who may not."""
    if not may(request.membership.role, Permission.EXPORT):  # type: ignore[attr-defined]
        return {"line": None}
    return {"line": ExportForm(initial={"of": of}, people=()), "codes": {"of": of, **form.codes}}
