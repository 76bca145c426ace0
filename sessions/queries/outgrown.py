"""Booked visits that have become too short: a longer watch was set for the patient after they were booked (PAT-8)."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta

from clinic.models import SitePolicy
from patients.models import StandingParameters
from sessions.models import TreatmentSession
from sessions.queries.planning import terms_at
from sessions.queries.policies import policies_for


def outgrown(visits: Iterable[TreatmentSession]) -> dict[int, timedelta]:
    """Session pk → how much is missing at its end, of those that a longer watch has outgrown: two queries, one where nobody has any."""
    listed = list(visits)
    own: dict[int, list[StandingParameters]] = defaultdict(list)
    for row in StandingParameters.objects.filter(patient_id__in={visit.patient_id for visit in listed}, ended_at__isnull=True):
        own[row.patient_id].append(row)
    longer = [visit for visit in listed if visit.patient_id in own]
    policies = policies_for(longer) if longer else {}
    missing = {visit.pk: missing_of(visit, policies[visit.pk], own[visit.patient_id]) for visit in longer}
    return {pk: time for pk, time in missing.items() if time > timedelta(0)}


def missing_of(visit: TreatmentSession, policy: SitePolicy, own: list[StandingParameters]) -> timedelta:
    """None where the site's own minimum holds: a policy that changes moves no visit."""
    terms = terms_at(visit.treatment_on, policy, own)
    if terms.watch <= timedelta(minutes=policy.minimum_watch_minutes):
        return timedelta(0)
    return terms.before + terms.after - (visit.ends_at - visit.starts_at)
