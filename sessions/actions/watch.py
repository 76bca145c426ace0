"""Recording what is seen: checks with their alerts, rounds and one-tap events (MON-3…MON-8)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from django.db import transaction

from clinic import audit
from clinic.actions.notices import settle
from clinic.findings import Finding, Refused, refuse
from clinic.models import User
from sessions.actions.alerts import judge
from sessions.actions.facts import new_fact, require_correctable, require_open, require_reason, require_standing, require_time, same_post, withdrawal
from sessions.actions.life import locked, locked_picture
from sessions.models import Observation, Round, SessionEvent, TreatmentSession
from sessions.picture import Picture
from sessions.queries.due import next_due
from sessions.rules import vitals
from sessions.rules.concerns import CHECK, ROUND
from sessions.rules.watch import kind_of_check, planned_minute_of

PARTS = ("devices", "observations", "alerts")
NUMBERS = ("systolic", "diastolic", "pulse", "spo2", "breaths", "sedation", "cadss")
WORDS = ("breathing", "dissociation", "nausea")
BASELINE_NEEDS = tuple(pair for pair in vitals.REQUIRED if pair[0] not in ("dissociation", "nausea"))


@dataclass(frozen=True)
class Check:
    """One check as somebody posts it. `values` by field of Observation; `not_obtained` maps a field to its reason.

    `is_typed`: a person typed it on a page and can be asked whether a repeated reading was measured.
    """

    values: Mapping[str, object]
    observed_at: datetime
    client_key: UUID
    not_obtained: Mapping[str, str] = field(default_factory=dict)
    urgent_signs: tuple[str, ...] = ()
    note: str = ""
    observed_by: User | None = None
    is_confirmed: bool = False
    is_typed: bool = False

    def columns(self) -> dict[str, object]:
        numbers = {name: self.values.get(name) for name in NUMBERS}
        words = {name: self.values.get(name) or "" for name in WORDS}
        rest = {"urgent_signs": list(self.urgent_signs), "not_obtained": dict(self.not_obtained), "note": self.note, "observed_by": self.observed_by}
        return {**numbers, **words, **rest}


def check_findings(check: Check, *, is_dosed: bool) -> list[Finding]:
    """What keeps a check from being kept: missing without a reason, impossible, or unlikely and not yet confirmed (MON-4, MON-7)."""
    numbers = {name: value if isinstance(value := check.values.get(name), int) else None for name in NUMBERS}
    needed = vitals.REQUIRED if is_dosed else BASELINE_NEEDS
    findings = vitals.impossible(numbers) + vitals.missing(check.values, check.not_obtained, needed)
    return findings if findings or check.is_confirmed else vitals.unlikely(numbers)


@transaction.atomic
def record_observation(session: TreatmentSession, *, check: Check, by: User, now: datetime) -> Observation:
    """Keep one check and raise or close its alerts (MON-3, MON-4, MON-6).

    Before the first device it is the baseline; afterwards its kind follows from its time. Raises Refused with what is
    missing, impossible, or unlikely and unconfirmed.
    """
    picture = locked_picture(session, PARTS)
    row = picture.session
    if earlier := same_post(Observation, check.client_key, row):
        return earlier
    require_open(row)
    require_time(check.observed_at, now)
    same = same_as_before(picture, check)
    if findings := check_findings(check, is_dosed=picture.first_device_at is not None) or ([] if check.is_confirmed else same):
        raise Refused(findings)
    due = next_due(picture, now)
    kind, minute = kind_and_minute(picture, check.observed_at, now)
    made = new_fact(
        Observation,
        row,
        observed_at=check.observed_at,
        by=by,
        now=now,
        client_key=check.client_key,
        kind=kind,
        planned_minute=minute,
        **check.columns(),
    )
    judge(picture, made, by=by, now=now)
    answered = (CHECK.code, ROUND.code) if due is not None and due.is_late else (ROUND.code,)
    settle(row.site, answered, row, "A check was recorded.", now)
    audit.record(
        action="observation.recorded", target=made, by=by, now=now, site=row.site, patient_pk=row.patient_id,
        changes={"session": row.pk, "kind": kind, "minute": minute, "observed_at": check.observed_at, **({"measured_again": True} if same else {})},
    )  # fmt: skip
    return made


def same_as_before(picture: Picture, check: Check) -> list[Finding]:
    """The question about a reading that repeats the one before it; an urgent sign is no moment for questions."""
    before = [row for row in picture.observations if row.observed_at <= check.observed_at]
    if not check.is_typed or check.urgent_signs or not before:
        return []
    last = before[-1]
    previous = {name: getattr(last, name) for name in (*NUMBERS, *WORDS)}
    return vitals.repeated(check.values, previous, f"{last.observed_at.astimezone(picture.session.site.zone):%H:%M}")


def kind_and_minute(picture: Picture, observed_at: datetime, now: datetime) -> tuple[str, int | None]:
    """Which check this is by its time (MON-3)."""
    first, opens_at = picture.first_device_at, picture.gate_opens_at
    is_dosed = first is not None and observed_at >= first
    minute = planned_minute_of(observed_at=observed_at, checks=picture.planned_checks(now)) if is_dosed else 0
    is_gate_open = opens_at is not None and observed_at >= opens_at
    return kind_of_check(is_dosed=is_dosed, planned_minute=minute, has_open_alert=bool(picture.open_alerts), is_gate_open=is_gate_open), minute


@transaction.atomic
def correct_observation(observation: Observation, *, check: Check, reason: str, by: User, now: datetime) -> Observation:
    """Put a new row in the place of a check, with the reason; the old one stays on record (MON-7).

    Kind and planned minute stay, unless the time moves: then they are judged anew (MON-3). Alerts of the old values are closed as corrected; the new values raise their own.
    """
    picture = locked_picture(observation.session, PARTS)
    row = picture.session
    if earlier := same_post(Observation, check.client_key, row):
        return earlier
    require_open(row)
    require_correctable(row, observation, now)
    require_reason(reason)
    require_standing(observation)
    require_time(check.observed_at, now)
    picture.observations = [other for other in picture.observations if other.pk != observation.pk]
    kind, minute = corrected_kind(picture, observation, check.observed_at, now)
    if findings := check_findings(check, is_dosed=kind != Observation.Kind.BASELINE):
        raise Refused(findings)
    made = new_fact(
        Observation, row, observed_at=check.observed_at, by=by, now=now, client_key=check.client_key, supersedes=observation,
        reason=reason.strip(), kind=kind, planned_minute=minute, **check.columns(),
    )  # fmt: skip
    judge(picture, made, by=by, now=now, in_place_of=observation)
    audit.record(
        action="observation.corrected", target=made, by=by, now=now, site=row.site, patient_pk=row.patient_id,
        changes={"session": row.pk, "supersedes": observation.pk, "observed_at": [observation.observed_at.isoformat(), check.observed_at.isoformat()]},
    )  # fmt: skip
    return made


def corrected_kind(picture: Picture, observation: Observation, observed_at: datetime, now: datetime) -> tuple[str, int | None]:
    """Which check a corrected one is; `picture.observations` are the others. Its own alerts make it no repeat."""
    if observed_at == observation.observed_at:
        return observation.kind, observation.planned_minute
    others = replace(picture, alerts=[alert for alert in picture.alerts if alert.observation_id != observation.pk])
    return kind_and_minute(others, observed_at, now)


@transaction.atomic
def record_round(session: TreatmentSession, *, observed_at: datetime, client_key: UUID, by: User, now: datetime) -> Round:
    """Seen, awake, breathing: one tap between two checks (MON-3)."""
    row = locked(session)
    if earlier := same_post(Round, client_key, row):
        return earlier
    require_open(row)
    require_time(observed_at, now)
    made = new_fact(Round, row, observed_at=observed_at, by=by, now=now, client_key=client_key)
    settle(row.site, (ROUND.code,), row, "A round was recorded.", now)
    audit.record(action="round.recorded", target=made, by=by, now=now, site=row.site, patient_pk=row.patient_id, changes={"session": row.pk})
    return made


@dataclass(frozen=True)
class Event:
    """One event as somebody posts it; the details belong to what was given (MON-8)."""

    kind: str
    observed_at: datetime
    client_key: UUID
    what: str = ""
    dose: str = ""
    route: str = ""
    ordered_by: User | None = None
    effect: str = ""

    def columns(self) -> dict[str, object]:
        return {"kind": self.kind, "what": self.what, "dose": self.dose, "route": self.route, "ordered_by": self.ordered_by, "effect": self.effect}


@transaction.atomic
def record_event(session: TreatmentSession, *, event: Event, by: User, now: datetime) -> SessionEvent:
    """Something began, ended or was given (MON-8). Raises Refused when what was given or noted isn't said."""
    row = locked(session)
    if earlier := same_post(SessionEvent, event.client_key, row):
        return earlier
    require_open(row)
    require_time(event.observed_at, now)
    if event.kind in (SessionEvent.Kind.MEASURE_GIVEN, SessionEvent.Kind.NOTE) and not event.what.strip():
        raise refuse("MON-8", "Say what it was.", code="MON-8.what", field="what")
    made = new_fact(SessionEvent, row, observed_at=event.observed_at, by=by, now=now, client_key=event.client_key, **event.columns())
    audit.record(
        action="event.recorded", target=made, by=by, now=now, site=row.site, patient_pk=row.patient_id,
        changes={"session": row.pk, "kind": event.kind, "observed_at": event.observed_at},
    )  # fmt: skip
    return made


@transaction.atomic
def withdraw(
    fact: Observation | Round | SessionEvent, *, reason: str, by: User, now: datetime, client_key: UUID
) -> Observation | Round | SessionEvent:
    """Take back what should never have been written (a mis-tap, another patient's values); both rows stay (MON-7)."""
    picture = locked_picture(fact.session, PARTS)
    row = picture.session
    if earlier := same_post(type(fact), client_key, row):
        return earlier
    require_open(row)
    require_correctable(row, fact, now)
    made = withdrawal(fact, row, reason=reason, by=by, now=now, client_key=client_key)
    if isinstance(fact, Observation):
        picture.observations = [other for other in picture.observations if other.pk != fact.pk]
        judge(picture, made, by=by, now=now, in_place_of=fact)  # type: ignore[arg-type]
    return made
