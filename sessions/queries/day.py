"""The records of a site's days: what was opened and closed, what was used, who is still here."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Q

from clinic.findings import Finding
from clinic.models import DutyPeriod, Equipment, Site
from clinic.queries import duty_at, today_at
from patients.queries.cosign import cosign_findings
from sessions.models import DayRecord, DeviceUse, MonitoringForm, TreatmentSession
from sessions.queries.forgotten import is_explained
from sessions.queries.forms import OPEN
from sessions.rules.day import ROUTES, Counts, expected
from sessions.states import PRESENT, Status

DAYS_BACK = timedelta(days=7)
CHECKED = (Equipment.Kind.OXIMETER, Equipment.Kind.CUFF)


def record_of(site: Site, day: date, kind: str) -> DayRecord | None:
    """The standing record of a day."""
    rows = DayRecord.objects.standing().filter(site=site, day=day, kind=kind).select_related("recorded_by")
    return rows.order_by("-recorded_at", "-pk").first()  # type: ignore[no-any-return]


def equipment_to_check(site: Site) -> list[Equipment]:
    return list(Equipment.objects.filter(site=site, is_active=True, kind__in=CHECKED).order_by("kind", "label", "pk"))


def used_on(site: Site, day: date) -> dict[str, int]:
    """Devices that left the stock on a day, by route: sprayed or failed; an unopened one goes back (DOS-2)."""
    rows = DeviceUse.objects.standing().filter(Q(sprays__gt=0) | Q(has_failed=True), site=site, session__treatment_on=day)
    counted = rows.exclude(session__status=Status.VOIDED).order_by().values_list("route").annotate(Count("pk"))
    return dict.fromkeys((route for route, _ in ROUTES), 0) | dict(counted)


def open_sessions(site: Site) -> list[TreatmentSession]:
    """Everybody still in the house, whatever the day; `explained`: somebody has said why on the session itself (PMF-1)."""
    rows = TreatmentSession.objects.filter(site=site, status__in=PRESENT).select_related("chair", "patient").annotate(explained=is_explained())
    return list(rows.order_by("chair__position", "pk"))


def unexplained(rows: list[TreatmentSession]) -> list[TreatmentSession]:
    """Of `open_sessions`, those that nobody has said anything about yet."""
    return [row for row in rows if not row.explained]  # type: ignore[attr-defined]


def forms_owed_count(site: Site) -> int:
    return MonitoringForm.objects.filter(site=site, status__in=OPEN).count()


def counts_of(record: DayRecord | None) -> Counts:
    return {"patient": record.count_patient, "bulk": record.count_bulk} if record is not None else {}


@dataclass(frozen=True)
class DaySheet:
    """Everything that the page of one day shows."""

    day: date
    is_today: bool
    opening: DayRecord | None
    closing: DayRecord | None
    used: dict[str, int]
    left: dict[str, int | None]
    here: list[DutyPeriod]
    still_here: list[TreatmentSession]
    forms: int
    not_closed: list[date]
    unsigned: list[Finding]

    @property
    def unexplained(self) -> list[TreatmentSession]:
        """Whose staying must be explained with the closing of today."""
        return unexplained(self.still_here) if self.is_today else []


def sheet_of(site: Site, day: date, now: datetime) -> DaySheet:
    opening, used = record_of(site, day, DayRecord.Kind.OPENING), used_on(site, day)
    return DaySheet(
        day=day, is_today=day == today_at(site, now), opening=opening, closing=record_of(site, day, DayRecord.Kind.CLOSING), used=used,
        left=expected(counts_of(opening), used), here=duty_at(site, now), still_here=open_sessions(site), forms=forms_owed_count(site),
        not_closed=days_not_closed(site, now), unsigned=cosign_findings(site, now),
    )  # fmt: skip


def days_not_closed(site: Site, now: datetime) -> list[date]:
    """Days of the last week, before today, that were opened and never closed."""
    today = today_at(site, now)
    rows = DayRecord.objects.standing().filter(site=site, day__gte=today - DAYS_BACK, day__lt=today).values_list("day", "kind")
    by_kind = {kind: {day for day, this in rows if this == kind} for kind in DayRecord.Kind.values}
    return sorted(by_kind["opening"] - by_kind["closing"])
