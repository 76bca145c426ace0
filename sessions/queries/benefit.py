"""Benefit reviews: which are due at a site (`reviews_due`), and how a patient has responded (DOS-3, DOS-4)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Max, Min, QuerySet, Sum

from clinic.models import Site, SitePolicy
from clinic.queries import policy_on
from patients.models import Assessment, Course, Patient
from patients.queries import position
from patients.queries.scores import scores_of
from patients.rules.course import CoursePosition, position_from_counts
from patients.rules.protocol import REMS_ESKETAMINE
from patients.rules.scores import Scale, band_of
from patients.scales import scales
from sessions.models import BenefitReview
from sessions.queries.course import sprayed
from sessions.rules.benefit import Change, Point, Standing, change_of, counting, review_due_on, standing_on


@dataclass(frozen=True)
class DueReview:
    """A course whose benefit is to be judged by `due_on`; `standing` is that of the day asked about, `is_first` the one of week 4."""

    course: Course
    due_on: date
    standing: Standing
    is_first: bool
    position: CoursePosition

    @property
    def patient(self) -> Patient:
        return self.course.patient

    @property
    def is_late(self) -> bool:
        return self.standing is Standing.LATE

    @property
    def words(self) -> str:
        when = "at the end of week 4" if self.is_first else "at the site’s interval"
        return f"Benefit review {when}: by {self.due_on:%-d %b %Y}"


def reviews_due(site: Site, on: date) -> list[DueReview]:
    """The open courses of active patients whose review is due on or before `on`, the longest due first; four queries whatever their number.

    Ask with today for what is due or late now, with a later day to look ahead: compare `due_on` with today there.
    """
    courses = list(
        Course.objects.filter(site=site, ended_at__isnull=True, patient__status=Patient.Status.ACTIVE).select_related("patient", "prescriber")
    )
    dosed = dosed_counts([course.pk for course in courses])
    reviewed = review_days([course.pk for course in courses])
    policy = policy_on(site, on)
    found = (due_of(course, dosed.get(course.pk, (0, None, None)), reviewed.get(course.pk, []), policy, on) for course in courses)
    return sorted((due for due in found if due is not None and due.due_on <= on), key=lambda due: (due.due_on, due.course.pk))


Counted = tuple[int, date | None, date | None]


def dosed_counts(course_pks: Sequence[int]) -> dict[int, Counted]:
    """Of each course: how many dosed days here, the first, the last."""
    day = "session__treatment_on"
    rows = sprayed().filter(session__course_id__in=course_pks).order_by().values("session__course_id")
    figures = rows.annotate(days=Count(day, distinct=True), first=Min(day), last=Max(day))
    return {pk: (days, first, last) for pk, days, first, last in figures.values_list("session__course_id", "days", "first", "last")}


def review_days(course_pks: Sequence[int]) -> dict[int, list[date]]:
    days: dict[int, list[date]] = {}
    for course_pk, on in BenefitReview.objects.standing().filter(course_id__in=course_pks).order_by().values_list("course_id", "reviewed_on"):
        days.setdefault(course_pk, []).append(on)
    return days


def due_of(course: Course, dosed: Counted, reviewed: Iterable[date], policy: SitePolicy, on: date) -> DueReview | None:
    """When this course's next review is due, whether soon or not; None before the first dose."""
    count, first_on, last_on = dosed
    where = position_from_counts(
        indication=course.indication, sessions_here=count, first_on=first_on, last_on=last_on, today=on, earlier_sessions=course.earlier_sessions,
        earlier_first_on=course.earlier_first_on, earlier_last_on=course.earlier_last_on,
    )  # fmt: skip
    days = sorted(reviewed)
    due_on = review_due_on(began_on=where.began_on, came_on=first_on, reviewed=days, every_weeks=policy.benefit_review_weeks)
    if due_on is None or where.began_on is None:
        return None
    return DueReview(course, due_on, standing_on(due_on, on), not counting(days, where.began_on), where)


@dataclass(frozen=True)
class ScaleChange:
    """One scale: its points in the course, and baseline against latest."""

    scale: Scale
    points: tuple[Point, ...]
    change: Change

    def band(self, point: Point) -> str:
        return band_of(self.scale, point.total)


@dataclass(frozen=True)
class Response:
    """How a course has gone: scores (all of the patient's), doses by day, reviews, the next review."""

    course: Course | None
    position: CoursePosition | None
    scores: list[Assessment]
    changes: list[ScaleChange]
    doses: list[tuple[date, int]]
    reviews: list[BenefitReview]
    due: DueReview | None

    @property
    def open_risks(self) -> list[Assessment]:
        """Positive suicide items that no clinician has answered."""
        return [score for score in self.scores if score.is_suicide_positive and not score.is_answered]  # type: ignore[attr-defined]

    @property
    def evidence(self) -> dict[str, list[int | None]]:
        """Scale → the rows of baseline and latest, as a decision keeps them."""
        pairs = ((one.scale.code, one.change.baseline, one.change.latest) for one in self.changes)
        return {code: [base.pk if base else None, latest.pk if latest else None] for code, base, latest in pairs}


def response_of(patient: Patient, course: Course | None, today: date) -> Response:
    """Four queries, whatever the history; three without a course."""
    scores = scores_of(patient)
    if course is None:
        return Response(None, None, scores, [], [], reviews_of(patient), None)
    doses = doses_of(course)
    where = position(course, [day for day, _ in doses], today)
    reviews = reviews_of(patient)
    mine = [review.reviewed_on for review in reviews if review.course_id == course.pk]
    dosed = (len(doses), doses[0][0] if doses else None, doses[-1][0] if doses else None)
    due = due_of(course, dosed, mine, policy_on(patient.site, today), today) if course.ended_at is None else None
    changes = [scale_change(scale, scores, where.began_on, today) for scale in scales().values()]
    return Response(course, where, scores, changes, doses, reviews, due)


def scale_change(scale: Scale, scores: Iterable[Assessment], began_on: date | None, today: date) -> ScaleChange:
    points = [Point(row.pk, row.observed_on, row.total) for row in scores if row.instrument == scale.code and row.total is not None]
    change = change_of(points, began_on=began_on, today=today, remission_at_most=scale.remission_at_most)
    since = change.baseline.on if change.baseline else began_on or date.min
    shown = sorted((point for point in points if point.on >= since), key=lambda point: (point.on, point.pk))
    return ScaleChange(scale, tuple(shown), change)


def doses_of(course: Course) -> list[tuple[date, int]]:
    """(day, mg) of each dosed day of a course here, in order; by sprays, for a device may be given in part (DOS-1, DOS-2)."""
    rows = sprayed().filter(session__course=course).order_by("session__treatment_on").values("session__treatment_on")
    counted = rows.annotate(given=Sum("sprays")).values_list("session__treatment_on", "given")
    return [(day, given * REMS_ESKETAMINE.device_mg // REMS_ESKETAMINE.sprays_per_device) for day, given in counted]


def reviews_of(patient: Patient) -> list[BenefitReview]:
    """Standing reviews of a patient, the newest first."""
    rows: QuerySet[BenefitReview] = BenefitReview.objects.standing().filter(patient=patient)
    return list(rows.select_related("recorded_by", "course"))
