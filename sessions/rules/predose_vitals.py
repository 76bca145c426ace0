"""Pressure, SpO₂, breathing and alertness before the dose: the rest and the repeat, and the patient's own limits (PRE-2, PAT-8)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from clinic.findings import Finding, Level

REPEAT_AFTER = timedelta(minutes=5)  # PRE-2: the rest before a high pressure is taken again


class Vitals(NamedTuple):
    """The last reading before the dose. `missing` are the words of values that could not be obtained.

    `high_since` is when the first of the high pressures up to this one was taken; None: it is the first one.
    """

    pk: int
    observed_at: datetime
    systolic: int | None
    diastolic: int | None
    spo2: int | None
    breathing: str
    sedation: int | None
    missing: tuple[str, ...] = ()
    high_since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Pre-dose limits (PRE-2); `own_…` are the patient's standing ones (PAT-8)."""

    systolic: int
    diastolic: int
    low_spo2: int
    max_age: timedelta
    own_systolic: int | None = None
    own_diastolic: int | None = None
    own_low_spo2: int | None = None


def pressure_findings(vitals: Vitals, limits: Limits) -> list[Finding]:
    """Above 140/90 (site): rest, repeat, then a prescriber weighs; within the patient's standing parameters a note (PRE-2, PAT-8).

    Before the repeat a prescriber may decide too, and says why there is none: that decision has a key of its own.
    """
    if not is_above(vitals, limits):
        return []
    reading = f"{vitals.systolic}/{vitals.diastolic}"
    if not is_high(vitals, limits):
        text = f"Pressure {reading}: within this patient's standing parameters."
        return [Finding("PAT-8", Level.NOTE, text, code=f"PAT-8.pressure.{vitals.pk}", field="vitals")]
    above = f"is above {limits.systolic}/{limits.diastolic}"
    if vitals.high_since is None or vitals.observed_at - vitals.high_since < REPEAT_AFTER:
        text = f"Pressure {reading} {above}: rest, and repeat in 5 to 10 minutes. Then the prescriber weighs it."
        return [Finding("PRE-2", Level.DECISION, text, code=f"PRE-2.unrepeated.{vitals.pk}", field="vitals")]
    text = f"Pressure {reading} {above}, after a rest too: the prescriber weighs the delay."
    return [Finding("PRE-2", Level.DECISION, text, code=f"PRE-2.pressure.{vitals.pk}", field="vitals")]


def is_above(vitals: Vitals, limits: Limits) -> bool:
    """Above the site's limits (PRE-2)."""
    return (vitals.systolic or 0) > limits.systolic or (vitals.diastolic or 0) > limits.diastolic


def is_high(vitals: Vitals, limits: Limits) -> bool:
    """Above the site's limits, and above the patient's own where a prescriber has set some (PRE-2, PAT-8)."""
    systolic, diastolic = vitals.systolic or 0, vitals.diastolic or 0
    is_own = _is_within_own(systolic, limits.own_systolic, limits.systolic) and _is_within_own(diastolic, limits.own_diastolic, limits.diastolic)
    return is_above(vitals, limits) and not is_own


def high_since(readings: Sequence[Vitals], limits: Limits) -> datetime | None:
    """When the first of the high pressures in a row was taken that lead up to the last reading; None when the last is not high (PRE-2)."""
    since = None
    for vitals in reversed(readings):
        if not is_high(vitals, limits):
            break
        since = vitals.observed_at
    return since


def repeat_at(readings: Sequence[Vitals], limits: Limits) -> datetime | None:
    """When a high pressure is to be taken again; None when none is, or when it has been (PRE-2). In order of time."""
    since = high_since(readings, limits)
    if since is None or readings[-1].observed_at - since >= REPEAT_AFTER:
        return None
    return since + REPEAT_AFTER


def _is_within_own(value: int, own: int | None, usual: int) -> bool:
    return value <= (usual if own is None else own)


def state_findings(vitals: Vitals, limits: Limits) -> list[Finding]:
    """SpO₂ below the site's limit and the patient's own, breathing, alertness (PRE-2, PAT-8)."""
    found = []
    if vitals.spo2 is not None and vitals.spo2 < limits.low_spo2:
        if limits.own_low_spo2 is not None and vitals.spo2 >= limits.own_low_spo2:
            text = f"SpO₂ {vitals.spo2} %: within this patient's standing parameters."
            return [Finding("PAT-8", Level.NOTE, text, code=f"PAT-8.spo2.{vitals.pk}", field="vitals"), *_breath_findings(vitals)]
        text = f"SpO₂ {vitals.spo2} % is below {limits.low_spo2} %."
        found.append(Finding("PRE-2", Level.DECISION, text, code=f"PRE-2.spo2.{vitals.pk}", field="vitals"))
    return [*found, *_breath_findings(vitals)]


def _breath_findings(vitals: Vitals) -> list[Finding]:
    found = []
    if vitals.breathing not in ("", "normal"):
        found.append(Finding("PRE-2", Level.DECISION, "Breathing is not normal.", code=f"PRE-2.breathing.{vitals.pk}", field="vitals"))
    if vitals.sedation is not None and vitals.sedation < 5:
        text = f"Not fully alert (MOAA/S {vitals.sedation})."
        found.append(Finding("PRE-2", Level.DECISION, text, code=f"PRE-2.alertness.{vitals.pk}", field="vitals"))
    return found
