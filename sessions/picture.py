"""Everything that stands about a session, read once: the same picture serves the gates, the flowsheet, the board and the watchman."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet

from clinic.models import SitePolicy, User
from clinic.models.policy import Anchor
from clinic.prepared import Prepared, prepared
from patients.models import StandingParameters
from sessions.models import (
    Alert,
    Breach,
    DeviceUse,
    IdentityCheck,
    Observation,
    Override,
    PreDoseCheck,
    ReadinessCheck,
    Round,
    SessionEvent,
    TreatmentSession,
)
from sessions.protocol import TreatmentProtocol, protocol_of
from sessions.rules import clocks
from sessions.rules.alerts import Limits
from sessions.states import DOSED, PRESENT


@dataclass
class Picture:
    """The standing facts of one session, in order of time. `policy` is the one in force on its day."""

    session: TreatmentSession
    policy: SitePolicy
    standing: StandingParameters | None = None
    identity_checks: list[IdentityCheck] = field(default_factory=list)
    predose_checks: list[PreDoseCheck] = field(default_factory=list)
    devices: list[DeviceUse] = field(default_factory=list)
    observations: list[Observation] = field(default_factory=list)
    rounds: list[Round] = field(default_factory=list)
    events: list[SessionEvent] = field(default_factory=list)
    readiness_checks: list[ReadinessCheck] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)
    overrides: list[Override] = field(default_factory=list)
    breaches: list[Breach] = field(default_factory=list)
    _planned: tuple[object, list[clocks.PlannedCheck]] = field(default=(None, []), init=False, repr=False, compare=False)

    @property
    def protocol(self) -> TreatmentProtocol:
        return protocol_of(self.session.protocol_code, self.session.protocol_version)

    @property
    def sprayed(self) -> list[DeviceUse]:
        """Devices with at least one spray: any spray starts the clocks, the watch and the form (DOS-2)."""
        return [device for device in self.devices if device.sprays > 0]

    @property
    def first_device_at(self) -> datetime | None:
        return min((device.observed_at for device in self.sprayed), default=None)

    @property
    def last_device_at(self) -> datetime | None:
        return max((device.observed_at for device in self.sprayed), default=None)

    @property
    def awaiting_second(self) -> list[DeviceUse]:
        """Devices written down late by one person alone: a second one must confirm their time (OUT-4)."""
        return [device for device in self.sprayed if counted_at(device) > device.observed_at]

    @property
    def given_mg(self) -> int:
        """Milligrams given, by sprays (DOS-1)."""
        return sum(device.sprays for device in self.sprayed) * self.protocol.device_mg // self.protocol.sprays_per_device

    @cached_property
    def clock_policy(self) -> clocks.ClockPolicy:
        return clock_policy(self.policy, self.standing)

    @property
    def limits(self) -> Limits:
        return alert_limits(self.policy, self.standing)

    @property
    def gate_opens_at(self) -> datetime | None:
        """When the discharge gate opens, by the times that count for it (MON-2, OUT-4)."""
        counted = [counted_at(device) for device in self.sprayed]
        if not counted:
            return None
        return clocks.gate_opens_at(first_device_at=min(counted), last_device_at=max(counted), policy=self.clock_policy)

    @property
    def rest_ends_at(self) -> datetime | None:
        last = self.last_device_at
        return None if last is None else clocks.rest_ends_at(last_device_at=last, policy=self.clock_policy)

    @property
    def ended_at(self) -> datetime | None:
        """When the watch ended, however it did."""
        session = self.session
        return session.discharged_at or session.left_at or session.transferred_at

    def planned_checks(self, now: datetime) -> list[clocks.PlannedCheck]:
        """The planned checks with their states (MON-3); none before the first device. Once the patient has gone, as they stood then."""
        first, last = self.first_device_at, self.last_device_at
        if first is None or last is None:
            return []
        ended_at = self.ended_at
        asked = (now, first, last, ended_at, len(self.observations))
        if self._planned[0] != asked:  # a board asks three times
            done = [observation.planned_minute for observation in self.observations if observation.planned_minute is not None]
            checks = clocks.planned_checks(
                first_device_at=first, last_device_at=last, policy=self.clock_policy, done_minutes=done, now=min(now, ended_at or now)
            )
            self._planned = asked, checks if ended_at is None else clocks.after_the_end(checks)
        return self._planned[1]

    def next_check_due_at(self, now: datetime, checks: list[clocks.PlannedCheck] | None = None) -> datetime | None:
        """When somebody must take vitals next; None unless the patient is dosed and in the house. `checks`: those planned, where they are known."""
        if self.session.status not in DOSED or self.session.status not in PRESENT:
            return None
        last = max((observation.observed_at for observation in self.observations), default=None)
        return clocks.next_check_due_at(
            checks=self.planned_checks(now) if checks is None else checks, last_observed_at=last, policy=self.clock_policy
        )

    @property
    def open_alerts(self) -> list[Alert]:
        return [alert for alert in self.alerts if alert.closed_at is None]

    def decided(self, gate: str) -> set[str]:
        """Keys of the findings of a gate that a prescriber has decided on."""
        return {override.finding for override in self.overrides if override.gate == gate}


def counted_at(device: DeviceUse) -> datetime:
    """From when a device counts for the discharge gate: its own time, unless it waits for a second person (OUT-4)."""
    if device.counts_from is None or getattr(device, "confirmed_at", None) is not None:
        return device.observed_at
    return max(device.observed_at, device.counts_from)


def clock_policy(policy: SitePolicy, standing: StandingParameters | None) -> clocks.ClockPolicy:
    """The site's clocks, with one patient's longer minimum where a prescriber set one (PAT-8)."""
    longer = (standing.minimum_watch_minutes or 0) if standing is not None else 0
    return clocks.ClockPolicy(
        gate_from_last=policy.gate_anchor == Anchor.LAST_DEVICE,
        checks_from_last=policy.check_anchor == Anchor.LAST_DEVICE,
        minimum_watch=timedelta(minutes=max(policy.minimum_watch_minutes, longer)),
        check_minutes=tuple(policy.check_minutes),
        grace=timedelta(minutes=policy.check_grace_minutes),
        after=timedelta(minutes=policy.check_after_minutes),
        final_max_age=timedelta(minutes=policy.final_check_minutes),
        round_every=timedelta(minutes=policy.round_minutes),
        rest=timedelta(minutes=policy.rest_minutes),
    )


def alert_limits(policy: SitePolicy, standing: StandingParameters | None) -> Limits:
    """The site's limits; a patient's standing ones take the place of the high tier, never of the critical one (MON-6, PAT-8)."""
    own = {name: getattr(standing, name, None) for name in ("high_systolic", "high_diastolic", "low_spo2")}
    return Limits(
        high_systolic=own["high_systolic"] or policy.high_systolic,
        high_diastolic=own["high_diastolic"] or policy.high_diastolic,
        critical_systolic=policy.critical_systolic,
        critical_diastolic=policy.critical_diastolic,
        low_spo2=own["low_spo2"] or policy.low_spo2,
        critical_spo2=policy.critical_spo2,
        critical_moaas=policy.critical_moaas,
    )


# attribute of Picture -> model; facts are read standing, the others whole.
_FACTS: dict[str, Any] = {
    "identity_checks": IdentityCheck,
    "predose_checks": PreDoseCheck,
    "devices": DeviceUse,
    "observations": Observation,
    "rounds": Round,
    "events": SessionEvent,
    "readiness_checks": ReadinessCheck,
}
_ROWS: dict[str, Any] = {"alerts": Alert, "overrides": Override, "breaches": Breach}
# The order of each part's model (Meta.ordering), by its own time and then by key.
ORDER: dict[str, Any] = {
    **dict.fromkeys(_FACTS, lambda row: (row.observed_at, row.pk)),
    "devices": lambda row: (row.number, row.observed_at, row.pk),
    "alerts": lambda row: (row.raised_at, row.pk),
    "overrides": lambda row: (row.decided_at, row.pk),
    "breaches": lambda row: (row.happened_at, row.pk),
}
FLOOR_PARTS = ("devices", "observations", "rounds", "events", "alerts")
ALL_PARTS = (*_FACTS, *_ROWS)


def pictures_of(sessions: Iterable[TreatmentSession], policies: dict[int, SitePolicy], parts: Iterable[str] = ALL_PARTS) -> list[Picture]:
    """Pictures of several sessions of one site in a constant number of queries: one per part, one for standing parameters, one for names.

    `policies` maps session pk to the policy in force on its day (sessions.queries.policies_for).
    """
    pictures = bare_pictures_of(sessions, policies, parts)
    name_people(pictures)
    return pictures


def bare_pictures_of(sessions: Iterable[TreatmentSession], policies: dict[int, SitePolicy], parts: Iterable[str] = ALL_PARTS) -> list[Picture]:
    """The same without the names of who recorded what: for the board, the watchman and acts, which show nobody's."""
    pictures = {session.pk: Picture(session=session, policy=policies[session.pk]) for session in sessions}
    for part in parts:
        for row in sorted(READERS[part](list(pictures)), key=ORDER[part]):
            getattr(pictures[row.session_id], part).append(row)
    set_standing(pictures.values())
    return list(pictures.values())


def reader(part: str) -> "Prepared[[list[int]], Any]":
    """Reads the rows of a part, in no order: sorting a handful here is cheaper than an ORDER BY for each part."""

    @prepared
    def rows(session_pks: list[int]) -> QuerySet[Any]:
        if part == "devices":
            devices = DeviceUse.objects.standing().filter(session_id__in=session_pks).order_by()
            return devices.annotate(confirmed_at=F("confirmation__recorded_at"), confirmed_by_id=F("confirmation__second_id"))
        if part in _FACTS:
            return _FACTS[part].objects.standing().filter(session_id__in=session_pks).order_by()
        return _ROWS[part].objects.filter(session_id__in=session_pks).order_by()

    return rows


READERS = {part: reader(part) for part in ALL_PARTS}


@prepared
def people_named(pks: list[int]) -> QuerySet[User]:
    return User.objects.filter(pk__in=pks).only("printed_name", "email")


def name_people(pictures: Iterable[Picture]) -> None:
    """Put who recorded and who saw beside every fact: one query for all, where a join per part would cost half of the page."""
    facts = [fact for picture in pictures for part in _FACTS for fact in getattr(picture, part)]
    decisions = [row for picture in pictures for row in picture.overrides]
    named = {pk for fact in facts for pk in (fact.recorded_by_id, fact.observed_by_id, getattr(fact, "confirmed_by_id", None)) if pk is not None}
    people = {person.pk: person for person in people_named(list(named | {row.decided_by_id for row in decisions}))}
    for row in decisions:
        row.decided_by = people[row.decided_by_id]
    for fact in facts:
        if getattr(fact, "confirmed_by_id", None) is not None:
            fact.confirmed_by = people[fact.confirmed_by_id]
        fact.recorded_by, fact.observed_by = people.get(fact.recorded_by_id), people.get(fact.observed_by_id)


@prepared
def standing_parameters(patient_pks: list[int]) -> QuerySet[StandingParameters]:
    return StandingParameters.objects.filter(patient_id__in=patient_pks, ended_at__isnull=True).order_by("from_on", "pk")


def has_standing() -> Exists:
    """For a query of sessions: whether a prescriber has set parameters for the patient at all; for most nobody has."""
    return Exists(StandingParameters.objects.filter(patient_id=OuterRef("patient_id"), ended_at__isnull=True))


def set_standing(pictures: Iterable[Picture]) -> None:
    """Give each picture the parameters that stand for its patient on its day (PAT-8): the newest of those in force. No query where there are none."""
    listed = [picture for picture in pictures if getattr(picture.session, "has_standing", True)]
    rows = standing_parameters(list({picture.session.patient_id for picture in listed})) if listed else []
    for picture in listed:
        for row in rows:
            if row.patient_id == picture.session.patient_id and row.from_on <= picture.session.treatment_on <= row.until_on:
                picture.standing = row


def picture_of(session: TreatmentSession, policy: SitePolicy, parts: Iterable[str] = ALL_PARTS) -> Picture:
    return pictures_of([session], {session.pk: policy}, parts)[0]
