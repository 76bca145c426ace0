"""Packets for the dark day: which are due, what one holds, and how old the last ones are."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.urls import reverse

from clinic.models import AuthorizedRepresentative, Membership, Site
from clinic.queries import calendar_of, policy_on, today_at
from clinic.roles import Role
from clinic.rules.opening import earliest
from patients.models import Patient
from patients.queries.chart import Chart, chart, position
from patients.rules.course import CoursePosition
from reports.models import DowntimeKit, DowntimePacket
from reports.rules import downtime as rules
from sessions.models import TreatmentSession
from sessions.picture import Picture, pictures_of
from sessions.queries.course import dosed_days
from sessions.queries.handover import way_home_of
from sessions.queries.policies import policies_for
from sessions.queries.sheets import OVER, PARTS, Sheet, blank_sheet, sessions_of_day, sheet_of
from sessions.states import PRESENT

EVENING = time(18)
Kind = DowntimePacket.Kind


@dataclass(frozen=True)
class Duty:
    """What a site is owed now: the day of each kind's packet, and since when."""

    plan_on: date
    evening: datetime
    today: date
    opens_at: datetime | None
    closes_at: datetime | None
    is_anybody_in: bool

    def since(self, kind: str, now: datetime) -> datetime | None:
        """When this kind was first owed; None while it isn't."""
        if kind == Kind.PLAN:
            return self.evening
        if self.opens_at is not None and self.closes_at is not None and self.opens_at - rules.HOUR <= now < self.closes_at:
            return self.opens_at - rules.HOUR
        return None


def duty_of(site: Site, now: datetime) -> Duty:
    today = today_at(site, now)
    calendar = calendar_of(site, today, today + timedelta(days=rules.LOOK_AHEAD))
    ahead = TreatmentSession.objects.filter(site=site, treatment_on__gt=today, treatment_on__lte=today + timedelta(days=rules.LOOK_AHEAD))
    booked = set(ahead.exclude(status__in=OVER).order_by().values_list("treatment_on", flat=True))
    evening = earliest(today, EVENING, site.zone)
    return Duty(
        plan_on=rules.planned_day(today, lambda day: day in booked or calendar.is_staffed(day)),
        evening=evening if evening <= now else earliest(today - timedelta(days=1), EVENING, site.zone),
        today=today, opens_at=calendar.opening_at(today), closes_at=calendar.closing_at(today),
        is_anybody_in=TreatmentSession.objects.filter(site=site, status__in=PRESENT).exists(),
    )  # fmt: skip


def due_kinds(site: Site, now: datetime) -> list[tuple[str, date]]:
    """(kind, day) of what is to be made now. The evening's packet is of the next day, so it is made before midnight alone."""
    duty, last = duty_of(site, now), packets_of(site)
    found = []
    plan, hourly = last.get(Kind.PLAN), last.get(Kind.TODAY)
    is_evening = today_at(site, duty.evening) == duty.today
    if is_evening and rules.plan_is_due(plan.made_at if plan else None, evening=duty.evening, now=now) and may_try(plan, now):
        found.append((str(Kind.PLAN), duty.plan_on))
    owed = rules.today_is_due(
        hourly.made_at if hourly and hourly.day == duty.today else None,
        opens_at=duty.opens_at, closes_at=duty.closes_at, is_anybody_in=duty.is_anybody_in, now=now,
    )  # fmt: skip
    if owed and may_try(hourly, now):
        found.append((str(Kind.TODAY), duty.today))
    return found


def may_try(packet: DowntimePacket | None, now: datetime) -> bool:
    return packet is None or rules.may_try(packet.tried_at, packet.made_at, now)


def packets_of(site: Site) -> dict[str, DowntimePacket]:
    return {packet.kind: packet for packet in DowntimePacket.objects.filter(site=site)}


@dataclass(frozen=True)
class Standing:
    """How a site's packets of one kind stand, for its administrators and the operator."""

    site: Site
    kind: str
    packet: DowntimePacket | None
    has_passphrase: bool
    age: timedelta | None
    is_late: bool

    @property
    def words(self) -> str:
        return str(Kind(self.kind).label)


def standings(now: datetime, sites: Iterable[Site] | None = None) -> list[Standing]:
    """Of every site that isn't archived, or of these."""
    chosen = list(sites if sites is not None else Site.objects.filter(is_archived=False))
    kits = dict(DowntimeKit.objects.filter(site__in=chosen).values_list("site_id", "set_at"))
    return [one for site in chosen for one in standings_of(site, kits.get(site.pk), now)]


def standings_of(site: Site, set_at: datetime | None, now: datetime) -> list[Standing]:
    last, found = packets_of(site), []
    duty = duty_of(site, now) if set_at is not None else None
    for kind in (Kind.TODAY, Kind.PLAN):
        packet = last.get(kind)
        made_at = packet.made_at if packet else None
        since = duty.since(kind, now) if duty is not None else None
        if since is not None and set_at is not None:
            since = max(since, set_at)
        is_late = rules.is_late(made_at, since=since, is_hourly=kind == Kind.TODAY, now=now)
        found.append(Standing(site, str(kind), packet, set_at is not None, now - made_at if made_at else None, is_late))
    return found


@dataclass(frozen=True)
class Visit:
    """One patient of the packet: the chart's head, and the sheet of the visit."""

    session: TreatmentSession
    picture: Picture
    chart: Chart
    position: CoursePosition | None
    way_home: str
    sheet: Sheet

    @property
    def patient(self) -> Patient:
        return self.chart.patient


@dataclass(frozen=True)
class Packet:
    site: Site
    day: date
    kind: str
    now: datetime
    visits: list[Visit]
    blank: Sheet
    representative: AuthorizedRepresentative | None
    prescribers: list[Membership]


def packet(site: Site, *, kind: str, day: date, now: datetime) -> Packet:
    """Everybody who comes on a day; in today's also who is in the house from another day."""
    sessions = sessions_of_day(site, day)
    if kind == Kind.TODAY:
        others = TreatmentSession.objects.filter(site=site, status__in=PRESENT).exclude(treatment_on=day)
        sessions = [*others.select_related("site", "patient", "chair", "policy"), *sessions]
    blank = blank_sheet(policy_on(site, day))
    blank.address = settings.VIGIL_ORIGIN + reverse("board", args=[site.slug])
    prescribers = Membership.objects.filter(site=site, is_active=True, role=Role.PRESCRIBER).select_related("user").order_by("user__printed_name")
    return Packet(
        site, day, kind, now, [visit(picture, day, now) for picture in pictures_of(sessions, policies_for(sessions), PARTS)], blank,
        AuthorizedRepresentative.objects.filter(site=site, from_on__lte=day).first(), list(prescribers),
    )  # fmt: skip


def visit(picture: Picture, day: date, now: datetime) -> Visit:
    session = picture.session
    known = chart(session.patient, day, setting=session.setting)
    course = next((course for course in known.courses if course.pk == session.course_id), None)
    sheet = sheet_of(picture, now)
    sheet.address = settings.VIGIL_ORIGIN + reverse("flowsheet", args=[session.site.slug, session.pk])
    before = [one for one in dosed_days(course) if one < session.treatment_on] if course is not None else []
    where = position(course, before, session.treatment_on) if course is not None else None
    return Visit(session, picture, known, where, way_home_of(session), sheet)
