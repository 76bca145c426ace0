"""The parts of the visits, one query each: rows by session. Facts come standing, with the time of their first entry."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Subquery

from clinic.models import Signature
from reports.queries.which import Which
from reports.rules.facts import AlertFact, Asked, Broken, Decision, Pressed, Reading
from sessions.models import (
    AdverseEvent,
    Alert,
    Breach,
    Departure,
    DeviceUse,
    Discharge,
    Emergency,
    HelpCall,
    Observation,
    Override,
    SafetyCall,
    SessionEvent,
)
from sessions.signed_departure import KIND as DEPARTURE

Rows = dict[int, list[Any]]
READING = Reading._fields[2:]


def grouped(rows: Iterable[tuple[Any, ...]], make: Callable[..., Any]) -> Rows:
    """By session pk, which comes first in each row."""
    found: Rows = defaultdict(list)
    for pk, *rest in rows:
        found[pk].append(make(*rest))
    return found


def standing(rows: Iterable[tuple[Any, ...]]) -> Iterable[tuple[Any, ...]]:
    """Of facts (session, pk, supersedes, is_withdrawn, recorded_at, …): those that stand, as (session, first entry, …).

    A correction is as old as the row that it began with: it hides no late entry (MON-7).
    """
    listed = list(rows)
    replaced: dict[int, int] = {row[1]: row[2] for row in listed if row[2] is not None}
    entered: dict[int, datetime] = {row[1]: row[4] for row in listed}
    gone = set(replaced.values())
    for session, pk, _, is_withdrawn, _, *rest in listed:
        if is_withdrawn or pk in gone:
            continue
        root = pk
        while root in replaced and replaced[root] in entered:
            root = replaced[root]
        yield (session, entered[root], *rest)


CHAIN = ("session_id", "pk", "supersedes_id", "is_withdrawn", "recorded_at")


def readings(which: Which) -> Rows:
    rows = Observation.objects.filter(which.of_sessions).order_by("observed_at", "pk")
    found = standing(rows.values_list(*CHAIN, "observed_at", *READING))
    return grouped(found, lambda entered_at, at, *rest: Reading(at, entered_at, *rest))


def devices(which: Which) -> Rows:
    """(first entry, when, sprays, who recorded, who watched); those with a spray."""
    rows = DeviceUse.objects.filter(which.of_sessions).order_by("observed_at", "pk")
    found = standing(rows.values_list(*CHAIN, "observed_at", "sprays", "recorded_by_id", "observed_by_id"))
    return grouped((row for row in found if row[3] > 0), lambda *row: row)


def decisions(which: Which) -> Rows:
    rows = Override.objects.filter(which.of_sessions).order_by("decided_at", "pk")
    return grouped(rows.values_list("session_id", *Decision._fields), Decision)


def breaches(which: Which) -> Rows:
    rows = Breach.objects.filter(which.of_sessions).order_by("happened_at", "pk")
    return grouped(rows.values_list("session_id", *Broken._fields), Broken)


def alerts(which: Which) -> Rows:
    rows = Alert.objects.filter(which.of_sessions).order_by("raised_at", "pk")
    return grouped(rows.values_list("session_id", *AlertFact._fields), AlertFact)


def help_calls(which: Which) -> Rows:
    rows = HelpCall.objects.filter(which.of_sessions).order_by("asked_at", "pk")
    return grouped(rows.values_list("session_id", *Asked._fields), Asked)


def emergencies(which: Which) -> Rows:
    rows = Emergency.objects.filter(which.of_sessions).order_by("pressed_at", "pk")
    return grouped(rows.values_list("session_id", *Pressed._fields), Pressed)


def safety_calls(which: Which) -> Rows:
    """(due, closed)."""
    rows = SafetyCall.objects.filter(which.of_sessions).order_by("due_at", "pk")
    return grouped(rows.values_list("session_id", "due_at", "closed_at"), lambda *row: row)


def serious(which: Which) -> Rows:
    """The serious events that stand."""
    rows = AdverseEvent.objects.standing().filter(which.of_sessions, is_serious=True).order_by("observed_at", "pk")
    return grouped(rows.values_list("session_id", "pk"), lambda pk: pk)


def ready(which: Which) -> Rows:
    """The moments at which the patient was clinically ready."""
    rows = SessionEvent.objects.standing().filter(which.of_sessions, kind=SessionEvent.Kind.CLINICALLY_READY)
    return grouped(rows.order_by("observed_at", "pk").values_list("session_id", "observed_at"), lambda *row: row)


def discharge(which: Which) -> Rows:
    return grouped(Discharge.objects.filter(which.of_sessions).order_by("pk").values_list("session_id", "is_early"), lambda *row: row)


def departure(which: Which) -> Rows:
    """How a patient simply went: (seen at, signed at)."""
    signed = Signature.objects.filter(site=which.site, target_kind=DEPARTURE, target_pk=OuterRef("pk")).order_by("signed_at", "pk")
    rows = Departure.objects.standing().filter(which.of_sessions, kind=Departure.Kind.LEFT).order_by("observed_at", "pk")
    return grouped(
        rows.annotate(signed=Subquery(signed.values("signed_at")[:1])).values_list("session_id", "observed_at", "signed"), lambda *row: row
    )


READERS: dict[str, Callable[[Which], Rows]] = {
    reader.__name__: reader
    for reader in (readings, devices, decisions, breaches, alerts, help_calls, emergencies, safety_calls, serious, ready, discharge, departure)
}
