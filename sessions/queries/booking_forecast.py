"""What a wished visit would meet that day: checks of other chairs, the ratio, the latest first device (MON-9, DOS-9). Notes, never a block."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from clinic.findings import Finding
from clinic.models import Site, SitePolicy
from clinic.queries import calendar_of, duty_at, policy_on, today_at
from clinic.rules.opening import local_day
from patients.models import Patient
from sessions.models import TreatmentSession
from sessions.protocol import REMS_ESKETAMINE
from sessions.queries.bookings import chairs_of, devices_of, minimum_watch
from sessions.queries.forecast import dues_of, own_clocks, watch_of, with_devices
from sessions.queries.gates import hands, may_monitor
from sessions.rules.booking import dosing_span
from sessions.rules.forecast import Ending, Forecast, LatestStart, around, forecast_findings, latest_starts, prescribers_end
from sessions.states import PLANNED

STEP = timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A slot as the booking page has it; `but` is the visit that is to be moved."""

    patient: Patient
    chair_pk: int
    starts_at: datetime
    dose_mg: int
    but: int | None = None


@dataclass(frozen=True)
class Outlook:
    findings: list[Finding]
    latest: LatestStart | None


@dataclass(frozen=True)
class Floor:
    """The site's day around a wish: who comes, until when a dose fits, how many share the checks (`ratio` None: not known yet)."""

    others: list[TreatmentSession]
    opens_at: datetime | None
    latest: list[LatestStart]
    hands: int
    ratio: int | None


def outlook(asked: Asked, now: datetime) -> Outlook:
    """A handful of queries, whatever the history."""
    site = asked.patient.site
    day = local_day(asked.starts_at, site.zone)
    policy = policy_on(site, day)
    clocks = own_clocks(policy, int(minimum_watch(policy, asked.patient, day).total_seconds() // 60))
    span = dosing_span(devices=devices_of(REMS_ESKETAMINE, asked.dose_mg), rest=clocks.rest)
    before, stays = timedelta(minutes=policy.visit_before_minutes), timedelta(minutes=policy.visit_before_minutes + policy.visit_after_minutes)
    floor = floor_of(site, asked, policy, now, span=span, minimum=clocks.minimum_watch)
    forecast = Forecast(
        starts_at=asked.starts_at + before,
        watch=watch_of(clocks, span),
        others=tuple(due for other in floor.others for due in dues_of(other, policy, other.starts_at + before)),
        hands=floor.hands,
        candidates=tuple(other_starts(asked, floor, now, before=before, stays=stays)),
        watched=sum(other.starts_at < asked.starts_at + stays and asked.starts_at < other.ends_at for other in floor.others),
        ratio=floor.ratio,
        verb="Coming at",
        lead=before,
    )
    found = forecast_findings(forecast, lambda moment: f"{moment.astimezone(site.zone):%H:%M}")
    return Outlook(found, floor.latest[0] if floor.latest else None)


def floor_of(site: Site, asked: Asked, policy: SitePolicy, now: datetime, *, span: timedelta, minimum: timedelta) -> Floor:
    """Today the monitors on duty share the checks; on another day as many as the site's ratio asks for."""
    day = local_day(asked.starts_at, site.zone)
    rows = TreatmentSession.objects.filter(site=site, treatment_on=day, status__in=PLANNED)
    others = list(with_devices(rows.exclude(pk=asked.but) if asked.but else rows))
    calendar = calendar_of(site, day, day)
    duties = duty_at(site, now) if day == today_at(site, now) else []
    here = hands(period.membership for period in duties if may_monitor(period.membership))
    leaving = prescribers_end(period.leaves_at for period in duties if period.is_prescriber)
    known = ((calendar.closing_at(day), "closing"), (leaving, "prescriber"))
    latest = latest_starts([Ending(at, kind) for at, kind in known if at is not None], dosing=span, minimum_watch=minimum)
    wanted = -(-len(chairs_of(site)) // policy.chairs_per_monitor)
    return Floor(others, calendar.opening_at(day), latest, here or wanted, policy.chairs_per_monitor if here else None)


def other_starts(asked: Asked, floor: Floor, now: datetime, *, before: timedelta, stays: timedelta) -> list[datetime]:
    """Other moments for the dose, the nearest first, at which the wished chair is free and the day long enough."""
    if floor.opens_at is None:
        return []
    mine = [other for other in floor.others if other.chair_id == asked.chair_pk]
    moments = around(asked.starts_at + before, first=max(floor.opens_at, now) + before, last=floor.latest[0].at, step=STEP)
    return [at for at in moments if not any(other.starts_at < at - before + stays and at - before < other.ends_at for other in mine)]
