"""Summing up: a site's summaries made anew from the truth, brought up to date after acts and midnights, compared with the truth by night.

They are nobody's record: thrown away they come back, so their making leaves no audit entry.
"""

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta

from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction
from django.db.models import Max, Min

from clinic import scope
from clinic.models import Site
from clinic.queries import today_at
from reports.models import MonthSummary, SiteSummary, VisitSummary
from reports.queries.shared import Shared
from reports.queries.summaries import judged_of, touched_visits, version
from reports.queries.touched import head_of, touched_since
from reports.queries.visits import facts_of, facts_of_these
from reports.queries.which import Which
from reports.rules.facts import SessionFacts
from reports.rules.judged import added_up, is_settled, judged
from sessions.models import TreatmentSession

log = logging.getLogger(__name__)
WRITTEN = tuple(field.name for field in VisitSummary._meta.concrete_fields if not field.primary_key)
# By their columns: the row of a relation would be read for each visit.
COMPARED = tuple(field.attname for field in VisitSummary._meta.concrete_fields if not field.primary_key)
ALWAYS = date.min, date.max
BATCH = 500
# More visits at once than these are judged month by month, with a look at the time after each.
MOST = 2000


def sum_up(*, now: datetime, seconds: float) -> dict[str, int]:
    """Every site that has something to sum up, while there is time; the rest by the next tick. One that fails keeps nobody waiting."""
    return over_sites(lambda site, until: bring_up_to_date(site, now=now, until=until), seconds, "summing up")


def check_all(*, now: datetime, seconds: float) -> dict[str, int]:
    return over_sites(lambda site, until: compare(site, now=now, until=until), seconds, "comparing")


def over_sites(work: Callable[[Site, float], bool], seconds: float, what: str) -> dict[str, int]:
    done, failed, until = 0, 0, time.monotonic() + seconds
    for site in Site.objects.filter(is_archived=False).order_by("pk"):
        if time.monotonic() > until:
            break
        try:
            with scope.of_site(site.pk):
                done += work(site, until)
        except SoftTimeLimitExceeded:
            raise
        except Exception:
            failed += 1
            log.exception("%s of site %s failed.", what, site.pk)
    return {"done": done, "failed": failed}


def bring_up_to_date(site: Site, *, now: datetime, until: float = float("inf")) -> bool:
    """Whether anything was to be done. What an act has touched is judged anew, and with a new day what isn't settled."""
    today, head = today_at(site, now), head_of(site)
    state = SiteSummary.objects.filter(site=site).first()
    if state is None or state.version != version() or today < state.as_of:
        return make_anew(begin(site, head, today), until)
    if not state.is_whole:
        return make_anew(state, until)
    if state.seq == head and state.as_of == today:
        return False
    touched = touched_since(site, state.seq)
    if touched.everything:
        return make_anew(begin(site, head, today), until)
    keys = touched_visits(site, touched, *ALWAYS)
    if state.as_of != today:
        keys |= set(VisitSummary.objects.filter(site=site, is_settled=False).values_list("pk", flat=True))
    if len(keys) > MOST:
        return make_anew(begin(site, head, today), until)
    rows = [row_of(site, facts, today) for facts in facts_of_these(site, keys)]
    keep(state, rows, seq=head, as_of=today)
    return True


@transaction.atomic
def begin(site: Site, head: int, today: date) -> SiteSummary:
    """From nothing: what was summed up speaks no more."""
    VisitSummary.objects.filter(site=site).delete()
    MonthSummary.objects.filter(site=site).delete()
    told = {"seq": head, "as_of": today, "version": version(), "is_whole": False, "built_to": None, "checked_to": None}
    state, _ = SiteSummary.objects.update_or_create(site=site, defaults=told)
    return state


def make_anew(state: SiteSummary, until: float) -> bool:
    """Month by month, as far as time allows; the next tick goes on. What is written meanwhile is caught up with when it is whole."""
    site = state.site
    days = TreatmentSession.objects.filter(site=site).aggregate(first=Min("treatment_on"), last=Max("treatment_on"))
    first, last = days["first"], days["last"]
    month = first.replace(day=1) if state.built_to is None and first else state.built_to and state.built_to + timedelta(days=1)
    # Read after the entry that the summaries will speak up to: what is written meanwhile is caught up with, here too.
    shared = Shared(Which(site, month, month_end(last))) if month is not None and month <= last else None
    while month is not None and month <= last:
        if time.monotonic() > until:
            return True
        end = month_end(month)
        write_month(state, month, end, shared)
        month = end + timedelta(days=1)
    SiteSummary.objects.filter(site=site, is_whole=False, seq=state.seq).update(is_whole=True)
    return True


def write_month(state: SiteSummary, first: date, last: date, shared: Shared | None = None) -> None:
    rows = [row_of(state.site, facts, state.as_of) for facts in facts_of(state.site, first, last, shared)]
    with transaction.atomic():
        if not SiteSummary.objects.select_for_update().filter(site=state.site, is_whole=False, seq=state.seq).exists():
            return
        months = months_of(rows)
        write(rows)
        sum_months(state.site, {first, *months})
        SiteSummary.objects.filter(site=state.site).update(built_to=last)


def months_of(rows: Sequence[VisitSummary]) -> set[date]:
    """Where these visits stand, and where they stood when they were last summed up."""
    before = VisitSummary.objects.filter(pk__in=[row.pk for row in rows]).order_by().values_list("treatment_on", flat=True)
    return {day.replace(day=1) for day in (*before, *(row.treatment_on for row in rows))}


def month_end(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def row_of(site: Site, facts: SessionFacts, today: date) -> VisitSummary:
    one = judged(facts, today)
    return VisitSummary(
        session_id=one.pk, site=site, treatment_on=one.treatment_on, starts_at=facts.starts_at, patient_pk=facts.patient, prescriber_pk=one.keys.prescriber,
        monitor_pk=one.keys.monitor, status=one.status, indication=one.keys.indication, phase=one.keys.phase, is_dosed=one.is_dosed,
        is_settled=is_settled(facts, today, one), marks=one.marks, more=one.more,
    )  # fmt: skip


def write(rows: Iterable[VisitSummary]) -> None:
    VisitSummary.objects.bulk_create(rows, batch_size=BATCH, update_conflicts=True, unique_fields=["session"], update_fields=WRITTEN)


@transaction.atomic
def keep(state: SiteSummary, rows: Sequence[VisitSummary], *, seq: int, as_of: date) -> None:
    """Whoever comes second has nothing to keep: another has read a later state, or the same."""
    if not SiteSummary.objects.select_for_update().filter(site=state.site, is_whole=True, seq=state.seq, as_of=state.as_of).exists():
        return
    months = months_of(rows)
    write(rows)
    sum_months(state.site, months)
    SiteSummary.objects.filter(site=state.site).update(seq=seq, as_of=as_of)


def sum_months(site: Site, months: Iterable[date]) -> None:
    for month in sorted(months):
        visits = judged_of(site, month, month_end(month))
        told = {"visits": len(visits), "dosed": sum(one.is_dosed for one in visits), "numbers": added_up(visits)}
        MonthSummary.objects.update_or_create(site=site, month=month, defaults=told)


def compare(site: Site, *, now: datetime, until: float = float("inf")) -> bool:
    """Each night all of a site against the truth, month by month; what differs is told to the log, counted and put right."""
    state, today = SiteSummary.objects.filter(site=site, is_whole=True, version=version()).first(), today_at(site, now)
    if state is None or state.as_of != today or state.checked_on == today:
        return False
    first, last = days_to_compare(site)
    month = state.checked_to + timedelta(days=1) if state.checked_to else first and first.replace(day=1)
    wrong = state.wrong if state.checked_to else 0
    shared = Shared(Which(site, month, month_end(last))) if month is not None and last is not None and month <= last else None
    while month is not None and last is not None and month <= last:
        if time.monotonic() > until:
            return True
        wrong += put_right(state, month, month_end(month), today, shared)
        SiteSummary.objects.filter(site=site).update(checked_to=month_end(month), wrong=wrong)
        month = month_end(month) + timedelta(days=1)
    SiteSummary.objects.filter(site=site).update(checked_on=today, checked_to=None, wrong=wrong)
    return True


def days_to_compare(site: Site) -> tuple[date | None, date | None]:
    """From the first visit to the last, as the truth has them or as they were summed up: a month that should not be there is looked at too."""
    visits = TreatmentSession.objects.filter(site=site).aggregate(first=Min("treatment_on"), last=Max("treatment_on"))
    summed = VisitSummary.objects.filter(site=site).aggregate(first=Min("treatment_on"), last=Max("treatment_on"))
    months = MonthSummary.objects.filter(site=site).aggregate(first=Min("month"), last=Max("month"))
    ends = [(found["first"], found["last"]) for found in (visits, summed, months) if found["first"] is not None]
    return (min(first for first, _ in ends), max(last for _, last in ends)) if ends else (None, None)


def put_right(since: SiteSummary, first: date, last: date, today: date, shared: Shared | None) -> int:
    """How many visits were summed up wrongly although nothing was written about them since that state, which is older than `shared`."""
    site = since.site
    right = {facts.pk: row_of(site, facts, today) for facts in facts_of(site, first, last, shared)}
    kept = {row.pk: row for row in VisitSummary.objects.filter(site=site, treatment_on__gte=first, treatment_on__lte=last).order_by()}
    touched, state = touched_since(site, since.seq), SiteSummary.objects.get(site=site)
    excused = set(right) | set(kept) if touched.everything else touched_visits(site, touched, *ALWAYS)
    wrong = [pk for pk in {*right, *kept} - excused if not is_same(right.get(pk), kept.get(pk))]
    if wrong:
        log.error("Site %s, %s: the summaries of %s visits differed from the truth, first of them %s.", site.pk, first, len(wrong), sorted(wrong)[:5])
        keep(state, [row_of(site, facts, today) for facts in facts_of_these(site, wrong)], seq=state.seq, as_of=state.as_of)
    sum_again(state, first)
    return len(wrong)


@transaction.atomic
def sum_again(state: SiteSummary, month: date) -> None:
    """A month's sums from its visits, whatever they were."""
    if SiteSummary.objects.select_for_update().filter(site=state.site, is_whole=True, seq=state.seq, as_of=state.as_of).exists():
        sum_months(state.site, {month})


def is_same(right: VisitSummary | None, kept: VisitSummary | None) -> bool:
    return right is not None and kept is not None and all(getattr(right, name) == getattr(kept, name) for name in COMPARED)
