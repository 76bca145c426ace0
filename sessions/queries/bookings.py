"""What a booking has to fit into: the visits that hold chairs and patients, the site's day, chairs that are in use."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db.models import Q

from clinic.models import Chair, Site, SitePolicy
from clinic.queries import calendar_of, today_at
from patients.models import Patient, StandingParameters
from sessions.models import TreatmentSession
from sessions.protocol import TreatmentProtocol
from sessions.rules.booking import Day, Taken, dosing_span, latest_first_device_at
from sessions.states import DOSED, PLANNED, Status

# A dosed visit that is over frees its chair, but its day stays taken for the patient (DOS-7).
OVER = (Status.DISCHARGED, Status.LEFT, Status.TRANSFERRED)
LONGEST = timedelta(hours=24)


def chairs_of(site: Site) -> list[Chair]:
    return list(Chair.objects.filter(site=site, is_active=True).order_by("position", "name", "pk"))


def taken_by(*, site: Site, patient: Patient, starts_at: datetime, ends_at: datetime, day: date) -> list[Taken]:
    """Visits that could stand in the way: of any chair about that time, of the patient on that day and about it."""
    about = Q(status__in=PLANNED, starts_at__lt=ends_at + LONGEST, ends_at__gt=starts_at - LONGEST)
    mine = Q(patient=patient, status__in={*PLANNED, *DOSED}) & (Q(treatment_on=day) | Q(starts_at__lt=ends_at, ends_at__gt=starts_at))
    rows = TreatmentSession.objects.filter(Q(site=site) & (about | mine))
    names = ("pk", "chair_id", "patient_id", "treatment_on", "starts_at", "ends_at", "status")
    return [Taken(*row[:-1], holds_chair=row[-1] not in OVER) for row in rows.values_list(*names)]  # type: ignore[misc]


def day_of(site: Site, day: date, *, policy: SitePolicy, dose_mg: int, protocol: TreatmentProtocol, minimum_watch: timedelta, now: datetime) -> Day:
    """The site's hours of a day and the latest dose that still fits (DOS-9)."""
    calendar = calendar_of(site, day, day)
    closing = calendar.closing_at(day)
    dosing = dosing_span(devices=devices_of(protocol, dose_mg), rest=timedelta(minutes=policy.rest_minutes))
    latest = latest_first_device_at(ends=[closing], dosing=dosing, minimum_watch=minimum_watch)
    return Day(today=today_at(site, now), opens_at=calendar.opening_at(day), closes_at=closing, latest_dose_at=latest)


def devices_of(protocol: TreatmentProtocol, dose_mg: int) -> int:
    """How many devices make a dose; one for a dose that no whole number makes."""
    try:
        return protocol.devices_for(dose_mg)
    except ValueError:
        return 1


def minimum_watch(policy: SitePolicy, patient: Patient, on: date) -> timedelta:
    """The site's minimum, or the patient's longer one (PAT-8)."""
    rows = StandingParameters.objects.filter(patient=patient, ended_at__isnull=True, from_on__lte=on, until_on__gte=on)
    own = rows.order_by("-from_on", "-pk").values_list("minimum_watch_minutes", flat=True).first()
    return timedelta(minutes=max(policy.minimum_watch_minutes, own or 0))


def names_of(chairs: Iterable[Chair]) -> dict[int, str]:
    return {chair.pk: chair.name for chair in chairs}
