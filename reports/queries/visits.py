"""One shared reading of a site's visits in a range of days; every measure, list and export speaks from it."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet

from clinic.models import Site
from reports.queries import parts
from reports.queries.papers import forms_of
from reports.queries.shared import Shared
from reports.queries.which import Which
from reports.rules.facts import CourseFact, SessionFacts, Terms
from sessions.models import TreatmentSession
from sessions.protocol import protocol_of
from sessions.queries.policies import policies_for

LONGEST_RANGE = timedelta(days=366)
COLUMNS = (
    "site_id", "patient_id", "course_id", "policy_id", "treatment_on", "starts_at", "ends_at", "status", "setting", "protocol_code", "protocol_version",
    "monitor_id", "planned_dose_mg", "arrived_at", "discharged_at", "left_at", "transferred_at",
)  # fmt: skip


def visits_between(site: Site, first: date, last: date) -> QuerySet[TreatmentSession]:
    """Every visit of the days, both included, whatever became of it."""
    days = TreatmentSession.objects.filter(site=site, treatment_on__gte=first, treatment_on__lte=last)
    return days.order_by("treatment_on", "starts_at", "pk")


def facts_of(site: Site, first: date, last: date, shared: Shared | None = None) -> list[SessionFacts]:
    """The plain facts of each visit of the range: a constant number of queries, whatever its length. `shared`: of a range that holds it."""
    return read(Which(site, first, last), shared)


def facts_of_these(site: Site, keys: Collection[int]) -> list[SessionFacts]:
    """The same of some visits, whatever their days."""
    days = sorted(TreatmentSession.objects.filter(site=site, pk__in=keys).order_by().values_list("treatment_on", flat=True))
    return read(Which(site, days[0], days[-1], frozenset(keys))) if days else []


def read(which: Which, shared: Shared | None = None) -> list[SessionFacts]:
    visits = list(TreatmentSession.objects.filter(which.visits).order_by("treatment_on", "starts_at", "pk").only(*COLUMNS))
    if not visits:
        return []
    found = {name: reader(which) for name, reader in parts.READERS.items()}
    common, policies, forms = shared or Shared(which), policies_for(visits), forms_of(which.site, [visit.pk for visit in visits])
    return [
        one(
            visit, common.terms_of(visit, policies[visit.pk]), common, {name: rows[visit.pk] for name, rows in found.items()},
            course=common.courses.get(visit.course_id, CourseFact()), form=forms.get(visit.pk), enrolled_on=common.enrolled.get(visit.patient_id),
        )
        for visit in visits
    ]  # fmt: skip


def one(visit: TreatmentSession, terms: Terms, common: Shared, read: dict[str, list[Any]], **papers: Any) -> SessionFacts:
    """One visit's facts; `read` are the rows of each part (parts.READERS)."""
    protocol = protocol_of(visit.protocol_code, visit.protocol_version)
    end, here = visit.discharged_at or visit.left_at or visit.transferred_at, common.house
    devices = [here.device(row, visit.treatment_on) for row in read["devices"]]
    start = min((device.at for device in devices), default=None)
    discharge, departure = first_of(read["discharge"]), first_of(read["departure"])
    ready = [at for (at,) in read["ready"] if end is None or at <= end]
    return SessionFacts(
        pk=visit.pk, treatment_on=visit.treatment_on, starts_at=visit.starts_at, status=visit.status, terms=terms, patient=visit.patient_id,
        monitor=visit.monitor_id, planned_dose_mg=visit.planned_dose_mg, protocol=protocol,
        owes_form=visit.setting == "outpatient" and protocol.owes_form, is_outpatient=visit.setting == "outpatient",
        booked=(visit.starts_at, visit.ends_at), arrived_at=visit.arrived_at, ended_at=end, devices=devices, readings=read["readings"],
        decisions=read["decisions"], breaches=read["breaches"], alerts=read["alerts"], help_calls=read["help_calls"], emergencies=read["emergencies"],
        safety_calls=[here.call(*row) for row in read["safety_calls"]], serious_events=len(read["serious"]),
        prescriber_stays=here.stays_over(start, end) if start and end else [], is_certified=here.is_certified(visit.treatment_on),
        is_early=bool(discharge and discharge[0]), ready_at=max(ready, default=None),
        departed_at=departure[0] if departure else None, departure_signed_at=departure[1] if departure else None, **papers,
    )  # fmt: skip


def first_of(rows: list[Any]) -> Any:
    return rows[0] if rows else None
