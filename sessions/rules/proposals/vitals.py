"""Proposals of pressures and oximetry: before, at 40 minutes, before the end (MON-3, MON-7, PMF-2, PMF-3)."""

from datetime import timedelta

from sessions.rules.form_facts import FormFacts, Reading
from sessions.rules.proposals.core import NOT_OBTAINED, SOURCES, Raw, source

WINDOW = (timedelta(minutes=30), timedelta(minutes=50))  # MON-3: the report's window of the 40-minute check
FORTY = timedelta(minutes=40)


def before(facts: FormFacts) -> list[Reading]:
    """Readings before the first device, latest last."""
    start = facts.first_device_at
    return [reading for reading in facts.readings if start is None or reading.at <= start]


def in_window(facts: FormFacts) -> list[Reading]:
    """Readings 30 to 50 minutes after the device that checks count from, nearest to 40 first; never a neighbour's (MON-7)."""
    start = facts.check_start
    if start is None:
        return []
    found = [reading for reading in facts.watched if WINDOW[0] <= reading.at - start <= WINDOW[1]]
    return sorted(found, key=lambda reading: abs(reading.at - start - FORTY))


def at_end(facts: FormFacts) -> list[Reading]:
    """Readings of the watch, the last first; the 40-minute check is none of them."""
    start = facts.check_start
    late = [reading for reading in facts.watched if start is not None and reading.at - start > WINDOW[1]]
    return late[::-1]


def pressure_of(facts: FormFacts, readings: list[Reading], missing: str) -> Raw:
    """The first that has a pressure; else "not obtained" where somebody said why."""
    for reading in readings:
        if reading.pressure:
            return Raw(reading.pressure, (f"{facts.clock(reading.at)} {reading.pressure} mmHg",))
    return absent(facts, readings, ("systolic", "diastolic"), missing)


def spo2_of(facts: FormFacts, readings: list[Reading], missing: str) -> Raw:
    for reading in readings:
        if reading.spo2 is not None:
            return Raw(reading.spo2, (f"{facts.clock(reading.at)} SpO₂ {reading.spo2} %",))
    return absent(facts, readings, ("spo2",), missing)


def absent(facts: FormFacts, readings: list[Reading], names: tuple[str, ...], missing: str) -> Raw:
    reasons = tuple(
        f"{facts.clock(reading.at)} not obtained: {reading.not_obtained[name]}"
        for reading in readings
        for name in names
        if name in reading.not_obtained
    )
    return Raw(NOT_OBTAINED if reasons else None, reasons[:1], missing=missing, place="session")


NO_BASELINE = "No reading before the first device."
NO_FORTY = "No reading between 30 and 50 minutes. It stays empty; never take its neighbour."
NO_LAST = "No reading at the end of the watch."
SOURCES |= {
    "pressure.before": lambda facts: pressure_of(facts, before(facts)[::-1], NO_BASELINE),
    "pressure.at_40": lambda facts: pressure_of(facts, in_window(facts), NO_FORTY),
    "pressure.end": lambda facts: pressure_of(facts, at_end(facts), NO_LAST),
    "spo2.before": lambda facts: spo2_of(facts, before(facts)[::-1], NO_BASELINE),
    "spo2.at_40": lambda facts: spo2_of(facts, in_window(facts), NO_FORTY),
    "spo2.end": lambda facts: spo2_of(facts, at_end(facts), NO_LAST),
}


@source("spo2.lowest")
def lowest_spo2(facts: FormFacts) -> Raw:
    found = [(reading.spo2, reading.at) for reading in facts.watched if reading.spo2 is not None]
    if not found:
        return Raw(None, missing="No SpO₂ is recorded in the watch.", place="session")
    value, at = min(found)
    return Raw(value, (f"{facts.clock(at)} SpO₂ {value} %",))


@source("spo2.monitored")
def oximetry(facts: FormFacts) -> Raw:
    found = tuple(f"{facts.clock(reading.at)} SpO₂ {reading.spo2} %" for reading in facts.watched if reading.spo2 is not None)
    return Raw(bool(found), found or ("no SpO₂ in the watch",))


@source("vitals.acceptable_before")
def acceptable_before(facts: FormFacts) -> Raw:
    """A judgement: proposed only where the last pressure was within the site's limits (PRE-2)."""
    return acceptable(facts, before(facts)[::-1], NO_BASELINE)


@source("vitals.acceptable_end")
def acceptable_end(facts: FormFacts) -> Raw:
    return acceptable(facts, at_end(facts), NO_LAST)


def acceptable(facts: FormFacts, readings: list[Reading], missing: str) -> Raw:
    for reading in readings:
        if reading.systolic is not None and reading.diastolic is not None:
            is_within = reading.systolic <= facts.predose_systolic and reading.diastolic <= facts.predose_diastolic
            limits = f"site's limit {facts.predose_systolic}/{facts.predose_diastolic}"
            return Raw(
                True if is_within else None,
                (f"{facts.clock(reading.at)} {reading.pressure} mmHg, {limits}",),
                "Above the site's limit: your judgement.",
                "",
            )
    return Raw(None, missing=missing, place="session")
