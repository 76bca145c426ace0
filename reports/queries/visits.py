"""One shared reading of a site's visits in a range of days; every measure, list and export speaks from it."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet

from clinic.models import Site, SitePolicy
from patients.models import StandingParameters
from reports.queries import house, parts
from reports.queries.courses import courses_of
from reports.queries.papers import first_enrolments, forms_of
from reports.queries.which import Which
from reports.rules.facts import CourseFact, SessionFacts, Terms
from sessions.models import TreatmentSession
from sessions.picture import clock_policy
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


def facts_of(site: Site, first: date, last: date) -> list[SessionFacts]:
    """The plain facts of each visit of the range: a constant number of queries, whatever its length."""
    return read(Which(site, first, last))


def facts_of_these(site: Site, keys: Collection[int]) -> list[SessionFacts]:
    """The same of some visits, whatever their days."""
    days = sorted(TreatmentSession.objects.filter(site=site, pk__in=keys).order_by().values_list("treatment_on", flat=True))
    return read(Which(site, days[0], days[-1], frozenset(keys))) if days else []


def read(which: Which) -> list[SessionFacts]:
    site, first, last = which.site, which.first, which.last
    visits = list(TreatmentSession.objects.filter(which.visits).order_by("treatment_on", "starts_at", "pk").only(*COLUMNS))
    if not visits:
        return []
    found = {name: reader(which) for name, reader in parts.READERS.items()}
    here = house.House(site, first, last)
    policies, standing = policies_for(visits), standing_of(site, first, last)
    courses, forms, enrolled = courses_of(which), forms_of(site, [visit.pk for visit in visits]), first_enrolments(site)
    return [
        one(
            visit, terms_of(visit, policies[visit.pk], standing.get(visit.patient_id, [])), here,
            {name: rows[visit.pk] for name, rows in found.items()},
            course=courses.get(visit.course_id, CourseFact()), form=forms.get(visit.pk), enrolled_on=enrolled.get(visit.patient_id),
        )
        for visit in visits
    ]  # fmt: skip


def one(visit: TreatmentSession, terms: Terms, here: house.House, read: dict[str, list[Any]], **papers: Any) -> SessionFacts:
    """One visit's facts; `read` are the rows of each part (parts.READERS)."""
    protocol = protocol_of(visit.protocol_code, visit.protocol_version)
    end = visit.discharged_at or visit.left_at or visit.transferred_at
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


def terms_of(visit: TreatmentSession, policy: SitePolicy, standing: list[StandingParameters]) -> Terms:
    """The site's decisions of that day with the newest of the patient's standing parameters in force (PAT-8)."""
    own = next((row for row in standing if row.from_on <= visit.treatment_on <= row.until_on), None)
    return Terms(
        clocks=clock_policy(policy, own),
        label_watch=protocol_of(visit.protocol_code, visit.protocol_version).minimum_watch,
        late_entry=timedelta(minutes=policy.late_entry_minutes), systolic=policy.predose_systolic, diastolic=policy.predose_diastolic,
        high_systolic=policy.high_systolic, high_diastolic=policy.high_diastolic,
        own_systolic=own.predose_systolic if own else None, own_diastolic=own.predose_diastolic if own else None,
    )  # fmt: skip


def standing_of(site: Site, first: date, last: date) -> dict[int, list[StandingParameters]]:
    """By patient: standing parameters that touch the range, newest first."""
    rows = StandingParameters.objects.filter(site=site, ended_at__isnull=True, from_on__lte=last, until_on__gte=first)
    found: dict[int, list[StandingParameters]] = {}
    for row in rows.order_by("-from_on", "-pk"):
        found.setdefault(row.patient_id, []).append(row)
    return found
