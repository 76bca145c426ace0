"""The look-ahead as a page shows it: lines by day, the weightiest first, each with the way that this person may go."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse

from clinic.models import Site
from clinic.queries import today_at
from clinic.roles import Permission, may
from sessions.queries.ahead import Worry, visit_worries
from sessions.queries.ahead_courses import course_worries
from sessions.queries.ahead_site import site_worries

_P = Permission
SHOWN = 5
# page: who may open it. Who may not is led to the chart, or reads the line alone.
NEEDS = {
    "patient_chart": _P.VIEW_RECORD, "session_move": _P.BOOK, "enrolment_new": _P.REGISTER_PATIENT, "enrolment_proof": _P.REGISTER_PATIENT,
    "screening_new": _P.CLINICAL_CHART, "consent_new": _P.CLINICAL_CHART, "course_new": _P.PRESCRIBE, "order_new": _P.PRESCRIBE,
    "order_cosign": _P.PRESCRIBE, "intake_step": _P.MANAGE_INTAKE, "authorisation_new": _P.MANAGE_INTAKE, "transfer_told": _P.MANAGE_INTAKE,
    "score_new": _P.SCORE, "benefit_review": _P.REVIEW_BENEFIT, "session_next": _P.VIEW_RECORD,
    "certification": _P.MANAGE_SITE, "staff_member": _P.VIEW_STAFF, "equipment_item": _P.MANAGE_SITE, "equipment": _P.MANAGE_SITE,
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    worry: Worry
    url: str
    label: str


@dataclass(frozen=True)
class Day:
    day: date
    is_today: bool
    lines: list[Line]

    @property
    def shown(self) -> list[Line]:
        """The first few of each kind: many of one must not bury the others."""
        return [line for line, place in self._placed if place < SHOWN]

    @property
    def folded(self) -> list[Line]:
        return [line for line, place in self._placed if place >= SHOWN]

    @property
    def _placed(self) -> list[tuple[Line, int]]:
        """Each line with its place among those of its kind."""
        seen: Counter[str] = Counter()
        placed = []
        for line in self.lines:
            placed.append((line, seen[line.worry.kind.code]))
            seen[line.worry.kind.code] += 1
        return placed

    @property
    def title(self) -> str:
        return "Today and overdue" if self.is_today else f"{self.day:%A}, {self.day.day} {self.day:%B}"


def days_of(site: Site, now: datetime, role: str) -> list[Day]:
    """The days with anything to say, in order."""
    today = today_at(site, now)
    by_day: dict[date, list[Worry]] = {}
    for worry in (*site_worries(site, now), *course_worries(site, now), *visit_worries(site, now)):
        by_day.setdefault(worry.day, []).append(worry)
    return [Day(day, day == today, [line_of(one, site, role) for one in sorted(by_day[day], key=lambda one: one.rank)]) for day in sorted(by_day)]


def line_of(worry: Worry, site: Site, role: str) -> Line:
    kind = worry.kind
    is_reachable = kind.of == "site" or worry.pk is not None
    if is_reachable and may(role, NEEDS[kind.page]):
        row = [] if kind.of == "site" else [worry.pk]
        return Line(worry, reverse(kind.page, args=[site.slug, *row, *([kind.scale] if kind.scale else [])]), kind.label)
    if worry.patient is not None and may(role, Permission.VIEW_RECORD):
        return Line(worry, reverse("patient_chart", args=[site.slug, worry.patient.pk]), "Look at the chart")
    return Line(worry, "", "")


def stops(days: list[Day]) -> int:
    """How many lines stop a visit."""
    return sum(line.worry.kind.weight.order == 1 for day in days for line in day.lines)
