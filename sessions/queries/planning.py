"""What planning asks the database for: the house between two days, a course with its visits, the last wishes; a constant number of queries."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from django.db.models import Q

from clinic.models import OpeningHours, Site, SitePolicy
from clinic.queries import calendar_of, policies_of, today_at
from clinic.rules.opening import day_bounds
from patients.models import Course, Patient, StandingParameters
from patients.queries import open_course
from patients.rules.course import Phase
from sessions.models import CoursePlan, TreatmentSession
from sessions.queries.bookings import OVER, chairs_of
from sessions.queries.course import dosed_days
from sessions.rules.booking import Taken
from sessions.rules.planning import CourseFacts, House, Seat, Staffed, Terms, Usual, Wishes
from sessions.states import DOSED, PLANNED

TAKEN_COLUMNS = ("pk", "chair_id", "patient_id", "treatment_on", "starts_at", "ends_at", "status")


def house_of(site: Site, first: date, last: date, *, now: datetime, patient: Patient | None = None) -> House:
    """The site between two days as planning sees it, in six queries whatever is booked. `patient` brings a longer watch (PAT-8)."""
    versions = sorted(policies_of(site), key=lambda policy: (policy.effective_on, policy.pk))
    own = list(StandingParameters.objects.filter(patient=patient, ended_at__isnull=True, minimum_watch_minutes__isnull=False)) if patient else []
    return House(
        calendar=calendar_of(site, first, last),
        seats=tuple(Seat(chair.pk, chair.name) for chair in chairs_of(site)),
        terms=terms_of(versions, own, first, last),
        now=now,
        taken=tuple(taken_between(site, first, last)),
        staffed=staffed_of(site, in_force(versions, first)),
    )


def taken_between(site: Site, first: date, last: date) -> list[Taken]:
    """Every visit that holds a chair or its patient's day between two days; one over midnight counts on both."""
    starts, ends = day_bounds(first, site.zone)[0], day_bounds(last, site.zone)[1]
    held = Q(status__in=PLANNED, starts_at__lt=ends, ends_at__gt=starts) | Q(status__in=DOSED, treatment_on__range=(first, last))
    rows = TreatmentSession.objects.filter(held, site=site).order_by().values_list(*TAKEN_COLUMNS)
    return [Taken(*row[:-1], holds_chair=row[-1] not in OVER) for row in rows]  # type: ignore[misc]


def terms_of(versions: list[SitePolicy], own: list[StandingParameters], first: date, last: date) -> tuple[Terms, ...]:
    """What the site's policy and the patient's own watch say, from each day on which either changes."""
    turns = {first, *(policy.effective_on for policy in versions)}
    turns |= {day for row in own for day in (row.from_on, row.until_on + timedelta(days=1))}
    return tuple(terms_at(day, in_force(versions, day), own) for day in sorted(turns) if first <= day <= last)


def in_force(versions: list[SitePolicy], day: date) -> SitePolicy:
    begun = [policy for policy in versions if policy.effective_on <= day]
    return begun[-1] if begun else versions[0]


def terms_at(day: date, policy: SitePolicy, own: list[StandingParameters]) -> Terms:
    standing = [row for row in own if row.from_on <= day <= row.until_on]
    newest = max(standing, key=lambda row: (row.from_on, row.pk), default=None)
    watch = max(policy.minimum_watch_minutes, (newest.minimum_watch_minutes or 0) if newest else 0)
    return Terms(
        from_on=day, before=timedelta(minutes=policy.visit_before_minutes),
        after=timedelta(minutes=policy.visit_after_minutes + watch - policy.minimum_watch_minutes), rest=timedelta(minutes=policy.rest_minutes),
        watch=timedelta(minutes=watch), minimum_gap_days=policy.minimum_gap_days,
    )  # fmt: skip


def staffed_of(site: Site, policy: SitePolicy) -> tuple[Staffed, ...]:
    """How many visits at once the planned monitors can watch, for openings that name a number (MON-9)."""
    rows = OpeningHours.objects.filter(site=site, monitors__isnull=False).order_by("weekday", "opens_at")
    listed = rows.values_list("weekday", "opens_at", "closes_at", "monitors")
    return tuple(Staffed(weekday, opens, closes, (monitors or 0) * policy.chairs_per_monitor) for weekday, opens, closes, monitors in listed)


def course_facts(course: Course, *, now: datetime) -> CourseFacts:
    """The course as planning sees it, in three queries: its dosed days, the patient's visits to come, the dose that was given last."""
    held = TreatmentSession.objects.filter(patient=course.patient_id)
    coming = held.filter(status__in=PLANNED).order_by("treatment_on").values_list("treatment_on", flat=True)
    last = held.filter(course=course, status__in=DOSED).order_by("-treatment_on", "-pk").values_list("planned_dose_mg", flat=True).first()
    today = today_at(course.site, now)
    return CourseFacts(
        patient_pk=course.patient_id, indication=course.indication, dosed_days=tuple(dosed_days(course)),
        booked_days=tuple(day for day in coming if day >= today), earlier_sessions=course.earlier_sessions,
        earlier_first_on=course.earlier_first_on, earlier_last_on=course.earlier_last_on, last_dose_mg=last or course.earlier_last_dose_mg,
    )  # fmt: skip


def last_plan(course: Course) -> CoursePlan | None:
    """The newest planning of a course."""
    return CoursePlan.objects.standing().filter(course=course).order_by("-observed_at", "-pk").first()


def wishes_of(plan: CoursePlan, *, start: date, phases: Iterable[Phase] = ()) -> Wishes:
    """What was wished, from another day on: for planning the rest again."""
    return Wishes(
        start=start, usual=tuple(Usual(weekday, time.fromisoformat(wall)) for weekday, wall in plan.usual), chair_pk=plan.chair_id,
        phases=tuple(phases) or tuple(Phase(word) for word in plan.phases), dose_mg=plan.dose_mg, every_weeks=plan.every_weeks, until=plan.until_on,
    )  # fmt: skip


def kept_visits(patient: Patient, *, now: datetime) -> list[TreatmentSession]:
    """The patient's visits to come, in order: planning again leaves them as they are."""
    rows = TreatmentSession.objects.filter(patient=patient, status__in=PLANNED, treatment_on__gte=today_at(patient.site, now))
    return list(rows.select_related("chair").order_by("starts_at", "pk"))


def plan_of(patient: Patient) -> tuple[Course | None, CoursePlan | None]:
    """The open course and its newest planning."""
    course = open_course(patient)
    return course, last_plan(course) if course is not None else None
