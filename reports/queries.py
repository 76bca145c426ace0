"""One shared reading of a site's sessions in a range of days; every measure, list and export speaks from it."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from clinic.models import DutyPeriod, Site
from clinic.models.policy import Anchor
from clinic.queries.opening import today_at
from clinic.queries.presence import PROOF
from clinic.rules.presence import Presence, ended_at
from patients.models import Enrolment, StandingParameters
from reports.rules import Reading, SessionFacts
from sessions.models import DeviceUse, Discharge, Observation, TreatmentSession
from sessions.picture import clock_policy
from sessions.protocol import protocol_of
from sessions.queries.forms import Filing, filings_of
from sessions.queries.policies import policies_for
from sessions.states import DOSED, Status

OVER = (Status.DISCHARGED, Status.LEFT, Status.TRANSFERRED)
LONGEST_RANGE = timedelta(days=366)

__all__ = ["facts_of", "sessions_between", "today_at"]


def sessions_between(site: Site, first: date, last: date) -> QuerySet[TreatmentSession]:
    """Dosed sessions of the days, both included: those with a spray that stands. Voided ones count nowhere, nor who left before any (PMF-1)."""
    spray = DeviceUse.objects.standing().filter(session_id=OuterRef("pk"), sprays__gt=0)
    days = TreatmentSession.objects.filter(site=site, treatment_on__gte=first, treatment_on__lte=last, status__in=DOSED)
    early = Discharge.objects.filter(session_id=OuterRef("pk"), is_early=True)
    return days.filter(Exists(spray)).annotate(left_early=Exists(early)).order_by("treatment_on", "starts_at", "pk")


def facts_of(site: Site, first: date, last: date) -> list[SessionFacts]:
    """The plain facts of each session of the range: a constant number of queries, whatever its length."""
    sessions = list(sessions_between(site, first, last))
    mine = Q(session__site=site, session__treatment_on__gte=first, session__treatment_on__lte=last, session__status__in=DOSED)
    devices = grouped(DeviceUse.objects.standing().filter(mine, sprays__gt=0).order_by("observed_at", "pk").values_list("session_id", "observed_at"))
    checks = Observation.objects.standing().filter(mine).order_by("observed_at", "pk")
    readings = grouped(checks.values_list("session_id", "observed_at", "systolic", "diastolic", "kind"))
    filings = filings_of(site, [session.pk for session in sessions])
    enrolled = first_enrolments(site)
    policies = policies_for(sessions) if sessions else {}
    longer = longer_minimums(site, first, last)
    stays = prescriber_stays(site, first, last)
    return [
        one(
            session,
            policies[session.pk],
            devices[session.pk],
            readings[session.pk],
            filings.get(session.pk),
            enrolled.get(session.patient_id),
            longer,
            stays,
        )
        for session in sessions
    ]


def one(
    session: TreatmentSession, policy: Any, devices: list[Any], readings: list[Any], filing: Filing | None,
    enrolled_on: date | None, longer: dict[int, list[StandingParameters]], stays: list[Presence],
) -> SessionFacts:  # fmt: skip
    """One session's facts."""
    standing = next((row for row in longer.get(session.patient_id, []) if row.from_on <= session.treatment_on <= row.until_on), None)
    clocks = clock_policy(policy, standing)
    end = session.discharged_at or session.left_at or session.transferred_at
    first_at, last_at = (devices[0][0], devices[-1][0]) if devices else (None, None)
    return SessionFacts(
        pk=session.pk, treatment_on=session.treatment_on, is_over=session.status in OVER,
        owes_form=session.setting == "outpatient" and protocol_of(session.protocol_code, session.protocol_version).owes_form,
        first_device_at=first_at, last_device_at=last_at, ended_at=end,
        gate_from_last=policy.gate_anchor == Anchor.LAST_DEVICE, minimum_watch=clocks.minimum_watch, final_max_age=clocks.final_max_age,
        readings=[reading_of(*row) for row in readings],
        enrolled_on=enrolled_on, form_due_on=filing.due_on if filing else None, form_proven_sent_on=filing.sent_on if filing else None,
        prescriber_stays=[stay for stay in stays if first_at and end and stay.came_at < end and stay.ended_at > first_at],
        checks_from_last=clocks.checks_from_last, was_signed_out=was_signed_out(session),
    )  # fmt: skip


def was_signed_out(session: TreatmentSession) -> bool | None:
    """OUT-3: an early discharge, and leaving without one, fall short; None where the question doesn't arise."""
    if session.status not in (Status.DISCHARGED, Status.LEFT):
        return None
    return session.status == Status.DISCHARGED and not getattr(session, "left_early", False)


def reading_of(at: datetime, systolic: int | None, diastolic: int | None, kind: str) -> Reading:
    return Reading(at, systolic is not None and diastolic is not None, kind == Observation.Kind.BASELINE)


def grouped(rows: Iterable[tuple[Any, ...]]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for pk, *rest in rows:
        found[pk].append(tuple(rest))
    return found


def first_enrolments(site: Site) -> dict[int, date]:
    """By patient: the first day of a standing enrolment."""
    return dict(Enrolment.objects.standing().filter(site=site).order_by("-submitted_on", "-pk").values_list("patient_id", "submitted_on"))


def longer_minimums(site: Site, first: date, last: date) -> dict[int, list[StandingParameters]]:
    """By patient: standing parameters that touch the range, newest first (PAT-8)."""
    found: dict[int, list[StandingParameters]] = defaultdict(list)
    rows = StandingParameters.objects.filter(site=site, ended_at__isnull=True, from_on__lte=last, until_on__gte=first)
    for row in rows.order_by("-from_on", "-pk"):
        found[row.patient_id].append(row)
    return found


def prescriber_stays(site: Site, first: date, last: date) -> list[Presence]:
    """Confirmed stays of prescribers around the days: entered by themselves, or confirmed later (SET-2)."""
    rows = DutyPeriod.objects.filter(
        site=site, is_prescriber=True, came_at__date__gte=first - timedelta(days=1), came_at__date__lte=last + timedelta(days=1)
    )
    rows = rows.filter(PROOF).order_by("came_at", "pk")
    return [Presence(row.came_at, ended_at(row.left_at, row.lapses_at)) for row in rows]
