"""Who is called now: open emergencies for everybody, patients who ask for help at their screens, and what waits for the prescriber, by name (MON-5, MON-6)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse

from clinic.models import DutyPeriod, Site
from clinic.prepared import prepared
from clinic.queries.presence import duty_at
from clinic.roles import Permission, may
from sessions.models import Alert, Emergency, HelpCall
from sessions.rules.alerts import ESCALATES_AFTER
from sessions.states import PRESENT


@dataclass(frozen=True, slots=True)
class Call:
    """One loud line; `kind` names its sound (emergency, critical). `is_silenced`: somebody has acknowledged it; it stays until it is closed."""

    kind: str
    title: str
    text: str
    since: datetime
    url: str
    is_silenced: bool = False


def waits_for_prescriber(now: datetime) -> Q:
    """Open alerts that call the prescriber: critical, high again at its repeat, or the repeat wasn't taken in time (MON-6)."""
    is_due = Q(tier=Alert.Tier.CRITICAL) | Q(escalated_at__isnull=False) | Q(repeat_due_at__lt=now - ESCALATES_AFTER)
    return Q(closed_at__isnull=True) & is_due


# For the site's door: whether anything of a kind is loud there now; only then are its lines asked for.
def has_emergencies(now: datetime) -> Exists:
    return Exists(Emergency.objects.filter(site_id=OuterRef("site_id"), ended_at__isnull=True).order_by())


def has_help_calls(now: datetime) -> Exists:
    return Exists(HelpCall.objects.filter(site_id=OuterRef("site_id"), answered_at__isnull=True, session__status__in=PRESENT).order_by())


def has_alert_calls(now: datetime) -> Exists:
    return Exists(Alert.objects.filter(waits_for_prescriber(now), site_id=OuterRef("site_id"), session__status__in=PRESENT).order_by())


def emergency_calls(request: HttpRequest) -> list[Call]:
    """Everybody's lines."""
    site: Site = request.site  # type: ignore[assignment]
    names = called(name for _, name in prescribers_known(request))
    return [emergency_call(row, site, names) for row in open_emergencies(site.pk)]


def help_calls(request: HttpRequest) -> list[Call]:
    """The lines of those who take vitals."""
    site: Site = request.site  # type: ignore[assignment]
    if not may(request.membership.role, Permission.TAKE_VITALS):  # type: ignore[attr-defined]
        return []
    return [help_call(row, site) for row in open_help_calls(site.pk)]


def alert_calls(request: HttpRequest) -> list[Call]:
    """The lines of the prescribers on site, or of all of them when none is."""
    site: Site = request.site  # type: ignore[assignment]
    membership, now = request.membership, request.now  # type: ignore[attr-defined]
    if not may(membership.role, Permission.DECIDE):
        return []
    prescribers = prescribers_known(request)
    if prescribers and membership.user_id not in {user_pk for user_pk, _ in prescribers}:
        return []
    names = called(name for _, name in prescribers)
    return [alert_call(alert, site, names) for alert in waiting_alerts(site, now)]


def prescribers_known(request: HttpRequest) -> list[tuple[int, str]]:
    """Who of the prescribers is on site now, by user and name: asked once a request, or what its page has read already."""
    if not hasattr(request, "prescribers"):
        stays = prescribers_here(request.site, request.now)  # type: ignore[attr-defined, arg-type]
        request.prescribers = [(stay.membership.user_id, stay.membership.user.printed_name) for stay in stays]  # type: ignore[attr-defined]
    return request.prescribers  # type: ignore[attr-defined, no-any-return]


@prepared
def open_emergencies(site_pk: int) -> QuerySet[Emergency]:
    rows = Emergency.objects.filter(site_id=site_pk, ended_at__isnull=True)
    return rows.select_related("chair", "patient", "recorded_by").order_by("pressed_at", "pk")


@prepared
def open_help_calls(site_pk: int) -> QuerySet[HelpCall]:
    """Calls from the patients' own screens that nobody has answered, of patients who are still here."""
    rows = HelpCall.objects.filter(site_id=site_pk, answered_at__isnull=True, session__status__in=PRESENT)
    return rows.select_related("session__chair").order_by("asked_at", "pk")


@prepared
def alerts_waiting(site_pk: int, now: datetime) -> QuerySet[Alert]:
    rows = Alert.objects.filter(waits_for_prescriber(now), site_id=site_pk, session__status__in=PRESENT)
    return rows.select_related("session__chair").order_by("raised_at", "pk")


def waiting_alerts(site: Site, now: datetime) -> list[Alert]:
    """One alert per patient and kind, the newest of it, critical first."""
    newest: dict[tuple[int, str], Alert] = {(row.session_id, row.what): row for row in alerts_waiting(site.pk, now)}
    return sorted(newest.values(), key=lambda alert: (alert.acknowledged_at is not None, alert.tier != Alert.Tier.CRITICAL, alert.raised_at))


def prescribers_here(site: Site, now: datetime) -> list[DutyPeriod]:
    """The stays of the prescribers who are on site now, earliest first (SET-2)."""
    return [stay for stay in duty_at(site, now) if stay.is_prescriber]


def names_of(stays: Iterable[DutyPeriod]) -> str:
    return called(stay.membership.user.printed_name for stay in stays)


def called(names: Iterable[str]) -> str:
    """Who is called, by name; says so when nobody is there to be called."""
    return " or ".join(dict.fromkeys(names)) or "the prescriber (none is on site)"


def emergency_call(emergency: Emergency, site: Site, names: str) -> Call:
    where = emergency.where or "place not said yet"
    by = f"pressed by {emergency.recorded_by}" if emergency.recorded_by else "pressed at a screen"
    return Call(
        "emergency",
        f"Emergency: {where}",
        f"Called: {names}; {by}",
        emergency.pressed_at,
        reverse("emergency", args=[site.slug, emergency.pk]),
    )


def help_call(call: HelpCall, site: Site) -> Call:
    where = call.session.chair.name
    return Call(
        "critical", f"{where}: the patient calls for help", "Go there", call.asked_at, reverse("flowsheet", args=[site.slug, call.session_id])
    )


def alert_call(alert: Alert, site: Site, names: str) -> Call:
    title = f"{alert.session.chair.name}: {alert.text}"
    return Call(
        "critical",
        title,
        f"Called: {names}",
        alert.raised_at,
        reverse("flowsheet", args=[site.slug, alert.session_id]),
        alert.acknowledged_at is not None,
    )
