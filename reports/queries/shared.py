"""What the visits of a range have in common: their courses, enrolments, the house, the site's decisions. Read once, however many months it serves."""

from datetime import date, timedelta

from clinic.models import Site, SitePolicy
from patients.models import StandingParameters
from reports.queries.courses import courses_of
from reports.queries.house import House
from reports.queries.papers import first_enrolments
from reports.queries.which import Which
from reports.rules.facts import Terms
from sessions.models import TreatmentSession
from sessions.picture import clock_policy
from sessions.protocol import protocol_of


class Shared:
    """As the record stood when it was made: whoever keeps it asks again for what is written since."""

    def __init__(self, which: Which) -> None:
        self.courses = courses_of(which)
        self.enrolled = first_enrolments(which.site)
        self.house = House(which.site, which.first, which.last)
        self.standing = standing_of(which.site, which.first, which.last)
        self.terms: dict[tuple[int, int | None, str, int], Terms] = {}

    def terms_of(self, visit: TreatmentSession, policy: SitePolicy) -> Terms:
        """The site's decisions of that day with the newest of the patient's standing parameters in force (PAT-8)."""
        own = next((row for row in self.standing.get(visit.patient_id, ()) if row.from_on <= visit.treatment_on <= row.until_on), None)
        key = policy.pk, own.pk if own else None, visit.protocol_code, visit.protocol_version
        if key not in self.terms:
            self.terms[key] = terms_of(visit, policy, own)
        return self.terms[key]


def terms_of(visit: TreatmentSession, policy: SitePolicy, own: StandingParameters | None) -> Terms:
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
