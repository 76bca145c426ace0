"""Alerts: raised and closed by checks, silenced by whoever acknowledges, closed by a prescriber's note (MON-6)."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from clinic import audit
from clinic.actions.notices import settle
from clinic.findings import refuse
from clinic.models import Membership, User
from clinic.roles import LICENSED
from sessions.actions.life import locked
from sessions.models import Alert, Observation, TreatmentSession
from sessions.picture import Picture
from sessions.rules import alerts as rules
from sessions.rules.concerns import ALERT

GOOD_REPEAT = "Good repeat"


def values_of(observation: Observation) -> Mapping[str, object]:
    """A check's readings as the rules take them; what wasn't obtained is None or empty."""
    fields = ("systolic", "diastolic", "pulse", "spo2", "breaths", "breathing", "sedation", "dissociation", "nausea")
    return {field: getattr(observation, field) for field in fields}


def judge(picture: Picture, observation: Observation, *, by: User, now: datetime, in_place_of: Observation | None = None) -> None:
    """Close the alerts that a check ends and raise those that it calls for; inside the caller's transaction and lock.

    `picture.observations` are the other standing checks. A later good one makes a late entry's alert needless.
    """
    found = [] if observation.is_withdrawn else beyond_of(picture, observation)
    close_corrected(picture, in_place_of, by=by, now=now)
    reopen_answered(picture, in_place_of)
    if not observation.is_withdrawn:
        close_answered(picture, observation, found, by=by, now=now, corrected=in_place_of)
    open_whats = {alert.what for alert in picture.open_alerts}
    for beyond in found:
        if is_over_already(picture, observation, beyond.what):
            continue
        told = rules.still_beyond(beyond, open_whats)
        Alert.objects.create(
            site_id=observation.site_id, session=picture.session, observation=observation, tier=told.tier, what=told.what, text=told.text,
            raised_at=now, repeat_due_at=rules.repeat_due_at(told, observation.observed_at),
            escalated_at=now if rules.is_bad_repeat(beyond.what, observation.observed_at, seen_of(picture)) else None,
        )  # fmt: skip


def seen_of(picture: Picture) -> list[tuple[str, datetime]]:
    """What is open, and when its reading was taken."""
    seen_at = {other.pk: other.observed_at for other in picture.observations}
    return [(alert.what, seen_at.get(alert.observation_id, alert.raised_at)) for alert in picture.open_alerts]


def beyond_of(picture: Picture, observation: Observation) -> list[rules.Beyond]:
    """What of a check calls somebody. Before the dose only the critical tier does: PRE-2 weighs the rest."""
    found = rules.beyond_limits(values_of(observation), observation.urgent_signs, picture.limits)
    if observation.kind != Observation.Kind.BASELINE:
        return found
    return [beyond for beyond in found if beyond.tier is rules.Tier.CRITICAL]


def close_corrected(picture: Picture, corrected: Observation | None, *, by: User, now: datetime) -> None:
    """A slip takes its alerts with it; a critical one only by the word of somebody licensed, else it waits for the prescriber (MON-6)."""
    if corrected is None:
        return
    open_alerts = [alert for alert in picture.open_alerts if alert.observation_id == corrected.pk]
    has_critical = any(alert.tier == Alert.Tier.CRITICAL for alert in open_alerts)
    may_end_critical = has_critical and is_licensed(picture.session, by)
    for alert in open_alerts:
        if alert.tier != Alert.Tier.CRITICAL or may_end_critical:
            end(alert, "The reading was corrected.", by=by, now=now)


def is_licensed(session: TreatmentSession, by: User) -> bool:
    """Whether a person is a licensed member of the session's site (SET-10)."""
    return Membership.objects.filter(site_id=session.site_id, user=by, is_active=True, credential__in=LICENSED).exists()


def reopen_answered(picture: Picture, taken_back: Observation | None) -> None:
    """A good repeat that was no reading of this patient, or not good, has closed nothing: its alerts stand open again (MON-6)."""
    if taken_back is None:
        return
    readings = {other.pk: other for other in picture.observations}
    for alert in picture.alerts:
        was_answered = alert.closed_at == taken_back.recorded_at and alert.closed_how.startswith(GOOD_REPEAT)
        reading = readings.get(alert.observation_id)
        if was_answered and reading is not None and not is_over_already(picture, reading, alert.what):
            alert.closed_at, alert.closed_by, alert.closed_how = None, None, ""
            alert.save(update_fields=["closed_at", "closed_by", "closed_how"])


def close_answered(
    picture: Picture, observation: Observation, found: list[rules.Beyond], *, by: User, now: datetime, corrected: Observation | None
) -> None:
    """A later good reading ends an alert; a correction is no repeat of the reading that it corrects."""
    seen_at = {other.pk: other.observed_at for other in picture.observations}
    values = values_of(observation)
    for alert in picture.open_alerts:
        is_own = corrected is not None and alert.observation_id == corrected.pk
        is_later = not is_own and seen_at.get(alert.observation_id, alert.raised_at) < observation.observed_at
        if is_later and rules.is_good_repeat(alert.what, values, found):
            end(alert, f"{GOOD_REPEAT} at {observation.observed_at.astimezone(picture.session.site.zone):%H:%M}.", by=by, now=now)


def is_over_already(picture: Picture, observation: Observation, what: str) -> bool:
    later = (other for other in picture.observations if other.observed_at > observation.observed_at)
    return any(rules.is_good_repeat(what, values_of(other), beyond_of(picture, other)) for other in later)


def end(alert: Alert, how: str, *, by: User, now: datetime) -> None:
    alert.closed_at, alert.closed_by, alert.closed_how = now, by, how
    alert.save(update_fields=["closed_at", "closed_by", "closed_how"])


@transaction.atomic
def acknowledge_alert(alert: Alert, *, by: User, now: datetime) -> None:
    """Somebody has seen it: it and its like no longer shout, and stay open (MON-6). Doing it twice has one effect."""
    session = locked(alert.session)
    alike = Alert.objects.filter(session=session, what=alert.what, closed_at__isnull=True, acknowledged_at__isnull=True)
    if not alike.update(acknowledged_at=now, acknowledged_by=by):
        return
    if not Alert.objects.filter(session=session, closed_at__isnull=True, acknowledged_at__isnull=True).exists():
        settle(session.site, (ALERT.code,), session, "Somebody has seen it.", now)
    audit.record(
        action="alert.acknowledged", target=alert, by=by, now=now, site=session.site, patient_pk=session.patient_id, changes={"session": session.pk}
    )


@transaction.atomic
def acknowledge_all(session: TreatmentSession, *, by: User, now: datetime) -> None:
    """Silence for a chair: somebody has seen whatever shouts there (MON-6). All of it, or nothing."""
    loud = Alert.objects.filter(session=session, closed_at__isnull=True, acknowledged_at__isnull=True).select_related("session")
    for alert in loud.order_by("pk"):
        acknowledge_alert(alert, by=by, now=now)


@transaction.atomic
def close_alert(alert: Alert, *, note: str, by: User, now: datetime) -> None:
    """A prescriber's note ends an alert, and the earlier ones of the same kind (MON-6). Raises Refused without a note."""
    if not note.strip():
        raise refuse("MON-6", "Write a note: what you found and decided.", code="MON-6.note", field="note")
    session = locked(alert.session)
    alike = list(
        Alert.objects.select_for_update(of=("self",)).filter(session=session, what=alert.what, closed_at__isnull=True, raised_at__lte=alert.raised_at)
    )
    for row in alike:
        end(row, f"Prescriber: {note.strip()}"[:300], by=by, now=now)
    if not alike:
        return
    audit.record(
        action="alert.closed", target=alert, by=by, now=now, site=session.site, patient_pk=session.patient_id, changes={"session": session.pk}
    )
