"""The visits as their summaries tell them, and from the truth whatever was touched since: a page never shows an older state than the record."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path

from django.db.models import Q

from clinic.models import Site
from reports.models import SiteSummary, VisitSummary
from reports.queries.touched import Touched, touched_since
from reports.queries.visits import facts_of, facts_of_these
from reports.rules.facts import Keys, SessionFacts
from reports.rules.judged import Judged, judged
from sessions.models import TreatmentSession

COLUMNS = (
    "session_id", "treatment_on", "status", "is_dosed", "prescriber_pk", "monitor_pk", "indication", "phase", "marks", "more", "starts_at",
    "is_settled", "patient_pk",
)  # fmt: skip
ROOMS = ("clinic", "patients", "sessions", "reports")
JUDGES_NOTHING = frozenset({"migrations", "views", "forms", "templatetags"})
STATE = ("seq", "as_of", "version", "is_whole")


@cache
def version() -> str:
    """Of the code that judges: another one says nothing about what this one has summed up. Read once a process."""
    told = sha256()
    for path in judging():
        told.update(path.read_bytes())
    return told.hexdigest()


def judging() -> list[Path]:
    """Every file of the rooms but what only shows or takes in: a judgement leans on rules, queries, models and words anywhere in them."""
    root = Path(__file__).parents[2]
    return [path for room in ROOMS for path in sorted((root / room).rglob("*.py")) if not JUDGES_NOTHING & set(path.relative_to(root).parts)]


@dataclass(frozen=True, slots=True)
class Placed:
    """A judged visit and where it stands among the others."""

    visit: Judged
    starts_at: datetime

    @property
    def order(self) -> tuple[date, datetime, int]:
        return self.visit.treatment_on, self.starts_at, self.visit.pk


def judged_between(site: Site, first: date, last: date, today: date) -> list[Judged] | list[SessionFacts]:
    """Every visit of the days, as `facts_of` orders them, with what all measures say of it today."""
    state = SiteSummary.objects.filter(site=site).first()
    if state is None or not state.is_whole or state.version != version() or today < state.as_of:
        return facts_of(site, first, last)
    touched = touched_since(site, state.seq)
    if touched.everything:
        return facts_of(site, first, last)
    kept, stale = [], set[int]()
    rows = VisitSummary.objects.filter(site=site, treatment_on__gte=first, treatment_on__lte=last).order_by()
    for *row, is_settled, patient in rows.values_list(*COLUMNS):
        if is_touched(touched, row[1], patient) or not (is_settled or state.as_of == today):
            stale.add(row[0])
        else:
            kept.append(placed(*row))
    if SiteSummary.objects.filter(site=site).values_list(*STATE).first() != tuple(getattr(state, name) for name in STATE):
        return facts_of(site, first, last)  # they are being made anew this very moment
    anew = touched_visits(site, touched, first, last)
    if not anew and not stale:
        return [one.visit for one in sorted(kept, key=lambda one: one.order)]
    return [one.visit for one in sorted([*kept, *from_truth(site, anew | stale, first, last, today)], key=lambda one: one.order)]


def judged_of(site: Site, first: date, last: date) -> list[Judged]:
    """As they were summed up."""
    rows = VisitSummary.objects.filter(site=site, treatment_on__gte=first, treatment_on__lte=last).order_by("treatment_on", "starts_at", "pk")
    return [placed(*row).visit for row in rows.values_list(*COLUMNS[:-2])]


def is_touched(touched: Touched, day: date, patient: int) -> bool:
    return patient in touched.patients or any(first <= day <= last for first, last in touched.days)


def placed(pk: int, day: date, status: str, is_dosed: bool, prescriber: int | None, monitor: int | None, *rest: object) -> Placed:
    indication, phase, marks, more, starts_at = rest
    keys = Keys(prescriber, monitor, indication, phase)  # type: ignore[arg-type]
    return Placed(Judged(pk, day, status, is_dosed, keys, marks, more), starts_at)  # type: ignore[arg-type]


def touched_visits(site: Site, touched: Touched, first: date, last: date) -> set[int]:
    """Those in the range that were written about: they may have come into it since they were summed up."""
    if not touched.patients and not touched.days:
        return set()
    which = Q(patient_id__in=touched.patients)
    for start, end in touched.days:
        which |= Q(treatment_on__gte=start, treatment_on__lte=end)
    here = TreatmentSession.objects.filter(which, site=site, treatment_on__gte=first, treatment_on__lte=last)
    return set(here.order_by().values_list("pk", flat=True))


def from_truth(site: Site, keys: set[int], first: date, last: date, today: date) -> Iterator[Placed]:
    """These visits judged now; one that has left the range meanwhile is none of it."""
    for facts in facts_of_these(site, keys):
        if first <= facts.treatment_on <= last:
            yield Placed(judged(facts, today), facts.starts_at)
