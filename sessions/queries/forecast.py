"""The floor around a start that somebody thinks of: other chairs' planned checks, who shares them, the ends of the day (MON-9, DOS-9)."""

from dataclasses import replace
from datetime import datetime, timedelta

from django.db.models import OuterRef, Q, QuerySet, Subquery

from clinic.models import SitePolicy
from patients.models import StandingParameters
from sessions.models import DeviceUse, TreatmentSession
from sessions.picture import Picture, clock_policy
from sessions.protocol import protocol_of
from sessions.queries.bookings import devices_of
from sessions.queries.gates import span_planned
from sessions.rules.booking import dosing_span
from sessions.rules.clocks import ClockPolicy
from sessions.rules.forecast import Due, Forecast, Watch, minutes_from, planned_dues
from sessions.rules.gates import GateFacts
from sessions.states import Status

WATCHED = (Status.DOSING, Status.MONITORING)


def with_forecast(facts: GateFacts, picture: Picture) -> GateFacts:
    """The gate's facts with the floor around a start now: one query."""
    beside = list(beside_now(picture.session))
    others = [other for other in beside if other.status in WATCHED]
    last = facts.latest_starts[0].at if facts.latest_starts else None
    forecast = Forecast(
        starts_at=facts.at,
        watch=watch_of(picture.clock_policy, span_planned(picture)),
        others=tuple(due for other in others for due in dues_of(other, picture.policy)),
        hands=facts.monitors,
        candidates=tuple(minutes_from(facts.at, last)),
        watched=len(others),
        ratio=picture.policy.chairs_per_monitor,
        cleared=tuple(sorted(other.chair.name for other in beside if other.status == Status.CLEARED)),
    )
    return replace(facts, forecast=forecast)


def watch_of(clocks: ClockPolicy, span: timedelta) -> Watch:
    """When the checks come, counted from the first device (MON-2, MON-3)."""
    return Watch(
        minutes=clocks.check_minutes,
        shift=span if clocks.checks_from_last else timedelta(0),
        ends_after=clocks.minimum_watch + (span if clocks.gate_from_last else timedelta(0)),
        final=clocks.final_max_age,
    )


def beside_now(session: TreatmentSession) -> QuerySet[TreatmentSession]:
    """Everybody else who is dosed and watched now, or cleared on the same day."""
    now = Q(status__in=WATCHED) | Q(status=Status.CLEARED, treatment_on=session.treatment_on)
    return with_devices(TreatmentSession.objects.filter(now, site_id=session.site_id).exclude(pk=session.pk))


def with_devices(rows: QuerySet[TreatmentSession]) -> QuerySet[TreatmentSession]:
    """With chair and policy, first and last device, and the patient's own minimum watch (PAT-8), in one query."""
    sprayed = DeviceUse.objects.standing().filter(session=OuterRef("pk"), sprays__gt=0).order_by()
    own = StandingParameters.objects.filter(
        patient=OuterRef("patient_id"), ended_at__isnull=True, from_on__lte=OuterRef("treatment_on"), until_on__gte=OuterRef("treatment_on")
    )
    newest = own.order_by("-from_on", "-pk").values("minimum_watch_minutes")[:1]
    return (
        rows.select_related("chair", "policy")
        .annotate(
            first_at=Subquery(sprayed.order_by("observed_at").values("observed_at")[:1]),
            last_at=Subquery(sprayed.order_by("-observed_at").values("observed_at")[:1]),
            own_watch=Subquery(newest),
        )
        .order_by("pk")
    )


def dues_of(session: TreatmentSession, policy: SitePolicy, dose_at: datetime | None = None) -> list[Due]:
    """When this session's checks fall due: from its devices where it has any, else from the dose as it is planned."""
    first = session.first_at or dose_at  # type: ignore[attr-defined]
    if first is None:
        return []
    clocks = own_clocks(session.policy or policy, session.own_watch)  # type: ignore[attr-defined]
    return planned_dues(first, watch_of(clocks, span_of(session, clocks)), session.chair.name)


def own_clocks(policy: SitePolicy, own_watch: int | None) -> ClockPolicy:
    clocks = clock_policy(policy, None)
    return replace(clocks, minimum_watch=max(clocks.minimum_watch, timedelta(minutes=own_watch or 0)))


def span_of(session: TreatmentSession, clocks: ClockPolicy) -> timedelta:
    """From the first device to the last: as given once the watch runs, as planned before (DOS-2)."""
    if session.status == Status.MONITORING and session.first_at is not None:  # type: ignore[attr-defined]
        return session.last_at - session.first_at  # type: ignore[attr-defined,no-any-return]
    protocol = protocol_of(session.protocol_code, session.protocol_version)
    return dosing_span(devices=devices_of(protocol, session.planned_dose_mg), rest=clocks.rest)
