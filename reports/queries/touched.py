"""What was written about a site since an entry of its audit chain: every act leaves one, so nothing has to tell the reports.

Patients are named by their entries. What touches the house is told by its kind: presence by its days, what no measure asks about by silence;
all else, what is unknown here too, touches everything.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Max, Min

from clinic.audit import chain_of
from clinic.models import AuditHead, DutyCorrection, DutyPeriod, Site
from clinic.rules.opening import local_day
from reports.queries.binder.scope import changes

# So many acts at once are read over by reading the truth.
MOST = 5000
NO_MEASURE = (
    "attachment.", "audit.", "backup.", "chair.", "closure.", "day.", "downtime.", "emergency_read.", "equipment.", "feed.", "form_blank.", "handover.", "hours.",
    "identity.", "invitation.", "lock.", "messaging.", "pin.", "procedure.", "schedule.", "screen.", "text.", "wording.",
)  # fmt: skip
PRESENCE = "duty."
AROUND = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Touched:
    """`everything`: the summaries don't speak. Otherwise whose visits, and the visits of which days."""

    everything: bool = False
    patients: frozenset[int] = frozenset()
    days: tuple[tuple[date, date], ...] = ()


def head_of(site: Site) -> int:
    """The number of the last entry of the site's chain."""
    return AuditHead.objects.filter(pk=chain_of(site)).values_list("seq", flat=True).first() or 0


def touched_since(site: Site, seq: int) -> Touched:
    rows = list(changes(site).filter(seq__gt=seq).order_by("seq").values_list("action", "target_pk", "patient_pk")[: MOST + 1])
    of_house = [(action, target) for action, target, patient in rows if patient is None and not action.startswith(NO_MEASURE)]
    if len(rows) > MOST or any(not action.startswith(PRESENCE) for action, _ in of_house):
        return Touched(everything=True)
    patients = frozenset(patient for _, _, patient in rows if patient is not None)
    return Touched(patients=patients, days=days_of(site, [int(target) for _, target in of_house if target.isdecimal()]))


def days_of(site: Site, periods: list[int]) -> tuple[tuple[date, date], ...]:
    """The days on which these stays are or were: a corrected one has been elsewhere."""
    if not periods:
        return ()
    zone, found = site.zone, []
    stays = DutyPeriod.objects.filter(site=site, pk__in=periods).order_by("pk")
    for pk, came_at in stays.values_list("pk", "came_at"):
        found.append((pk, local_day(came_at, zone), local_day(came_at, zone)))
    moved = DutyCorrection.objects.filter(site=site, period__in=periods).order_by().values_list("period_id")
    for pk, *moments in moved.annotate(a=Min("came_before"), b=Max("came_before"), c=Min("came_after"), d=Max("came_after")):
        days = [local_day(moment, zone) for moment in moments if moment is not None]
        found.append((pk, min(days), max(days)))
    return tuple((first - AROUND, last + AROUND) for _, first, last in found)
