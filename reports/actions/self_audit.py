"""The Monday round of a site: judge its visits, open what fell short, close what the rules find kept, tell its representative."""

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import DatabaseError, transaction

from clinic import audit, scope
from clinic.actions.writing import locked_site
from clinic.models import Site
from clinic.queries import today_at
from reports.models import AuditFinding, FindingCheck, SelfAudit
from reports.queries import facts_of
from reports.queries.self_audit import last_audit, open_findings, settled_keys, site_shortfalls
from reports.rules import MEASURE_BY_CODE, SessionFacts
from reports.rules.self_audit import CLOSING, FARTHEST, Recheck, Short, Verdict, due_week, falls_short, judged_days, rechecked, runs_at, shortfalls

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Reading:
    """What a round has seen, before anything is locked."""

    week_on: date
    first: date
    last: date
    visits: int
    shorts: Sequence[Short]
    checks: dict[int, Recheck]


def run_due(*, now: datetime, seconds: float) -> dict[str, int]:
    """Every site whose week is due, while there is time; the rest by the next tick. A site that fails doesn't keep the others waiting."""
    done, failed, until = 0, 0, time.monotonic() + seconds
    for site in Site.objects.filter(is_archived=False).order_by("pk"):
        if time.monotonic() > until:
            break
        try:
            with scope.of_site(site.pk):
                done += run_site(site, now=now) is not None
        except (DatabaseError, ArithmeticError, LookupError, ValueError):
            failed += 1
            log.exception("The self-audit of site %s failed.", site.pk)
    return {"done": done, "failed": failed}


def run_site(site: Site, *, now: datetime) -> SelfAudit | None:
    """The round of the site's week, if it is due and not run yet: a missed Monday is caught up, with its days, by the next tick."""
    week_on = due_week(now, site.zone)
    last = last_audit(site)
    if site.created_at >= runs_at(week_on, site.zone) or (last is not None and last.week_on >= week_on):
        return None
    return keep_round(site, read(site, week_on, last.week_on if last is not None else None, now), now=now)


def read(site: Site, week_on: date, last_week_on: date | None, now: datetime) -> Reading:
    """Outside of any lock: the floor goes on meanwhile."""
    today, standing = today_at(site, now), list(open_findings(site))
    first, last = judged_days(week_on, last_week_on)
    due = [row.due_on + timedelta(days=1) for row in standing if row.due_on is not None and is_time(row, week_on)]
    visits = facts_of(site, max(min([first, *due]), week_on - FARTHEST), last)
    judged = [facts for facts in visits if facts.treatment_on >= first]
    shorts = [*shortfalls(judged, today), *site_shortfalls(site, today)]
    own = own_facts(site, standing, visits)
    found = {short.key for short in shorts}
    checks = {row.pk: check for row in standing if (check := judge(row, own, visits, found, week_on, today)) is not None}
    return Reading(week_on, first, last, len(judged), shorts, checks)


def own_facts(site: Site, standing: Sequence[AuditFinding], visits: Sequence[SessionFacts]) -> dict[int, SessionFacts]:
    """By visit: its facts, those of older visits read day by day."""
    known = {facts.pk: facts for facts in visits}
    days = {row.session.treatment_on for row in standing if row.session is not None and row.session_id not in known}
    return known | {facts.pk: facts for day in sorted(days) for facts in facts_of(site, day, day)}


def is_time(row: AuditFinding, week_on: date) -> bool:
    return row.recheck_on is not None and row.recheck_on <= week_on


def judge(
    row: AuditFinding, own: dict[int, SessionFacts], visits: Sequence[SessionFacts], found: set[str], week_on: date, today: date
) -> Recheck | None:  # fmt: skip
    """What the rules say of an open finding now; None while nothing is to be said."""
    if row.session_id is None:
        if row.key not in found:
            return Recheck(Verdict.MENDED)
        return Recheck(Verdict.AGAIN, 1, 1) if is_time(row, week_on) else None
    measure = MEASURE_BY_CODE.get(row.measure)
    if measure is None or row.session_id not in own:
        return None
    answer = measure.answer(own[row.session_id], today)
    if answer is None or not falls_short(measure, answer):
        return Recheck(Verdict.MENDED)
    if row.due_on is None or not is_time(row, week_on):
        return None
    since = [facts for facts in visits if facts.treatment_on > row.due_on and facts.pk != row.session_id]
    return rechecked(measure, since, today=today)


@transaction.atomic
def keep_round(site: Site, seen: Reading, *, now: datetime) -> SelfAudit | None:
    """Write the round once: whoever comes second finds it written, under the site's lock."""
    place = locked_site(site)
    if SelfAudit.objects.filter(site=place, week_on__gte=seen.week_on).exists():
        return None
    made = SelfAudit.objects.create(site=place, week_on=seen.week_on, first_on=seen.first, last_on=seen.last, ran_at=now, visits=seen.visits)
    made.found, made.closed = open_new(made, seen), close_kept(made, seen, now)
    made.save(update_fields=["found", "closed"])
    told: dict[str, object] = {"week": str(seen.week_on), "visits": seen.visits, "found": made.found, "closed": made.closed}
    audit.record(action="self_audit.ran", target=made, by=None, now=now, site=place, changes=told)
    return made


def open_new(made: SelfAudit, seen: Reading) -> int:
    known = settled_keys(made.site, seen.first)
    rows = [
        AuditFinding(
            site=made.site, audit=made, key=short.key[:80], measure=short.measure, rule=short.rule, session_id=short.session,
            words=short.words[:300], found_on=made.week_on,
        )
        for short in seen.shorts
        if short.key not in known
    ]  # fmt: skip
    return len(AuditFinding.objects.bulk_create(rows))


def close_kept(made: SelfAudit, seen: Reading, now: datetime) -> int:
    """Each verdict as a row; those that close do so, unless a person was quicker."""
    standing = AuditFinding.objects.select_for_update(of=("self",)).filter(pk__in=seen.checks, closed_at__isnull=True).order_by("pk")
    closed, checks = 0, []
    for row in standing:
        check = seen.checks[row.pk]
        checks.append(
            FindingCheck(
                site=made.site, finding=row, audit=made, verdict=check.verdict.value, counted=check.counted, short=check.short, checked_at=now
            )
        )
        if check.verdict in CLOSING:
            row.closed_at, row.closed_how = now, check.verdict.value
            row.save(update_fields=["closed_at", "closed_how"])
            closed += 1
    FindingCheck.objects.bulk_create(checks)
    return closed
