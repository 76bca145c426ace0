"""Watched: two hours from the last device and from the first, pressure at its three moments, oximetry (MON-1…MON-4)."""

from datetime import date, datetime, timedelta

from reports.rules.facts import Reading, SessionFacts
from reports.rules.measure import Answer, Group, Kind, Measure, amounts, yes_no
from reports.rules.words import OVER, RUNNING

MID_FROM, MID_TO = timedelta(minutes=30), timedelta(minutes=50)


def watch_served(facts: SessionFacts, start: datetime | None, minimum: timedelta) -> Answer | None:
    if not facts.is_over or start is None or facts.ended_at is None:
        return None
    return yes_no(facts.ended_at - start >= minimum)


def watched(facts: SessionFacts, today: date) -> Answer | None:
    """By the site's anchor and the patient's own minimum (MON-1, MON-2, PAT-8)."""
    clocks = facts.terms.clocks
    return watch_served(facts, facts.last_device_at if clocks.gate_from_last else facts.first_device_at, clocks.minimum_watch)


def from_last(facts: SessionFacts, today: date) -> Answer | None:
    return watch_served(facts, facts.last_device_at, facts.terms.label_watch)


def from_first(facts: SessionFacts, today: date) -> Answer | None:
    return watch_served(facts, facts.first_device_at, facts.terms.label_watch)


def pressures(facts: SessionFacts) -> list[Reading]:
    return [reading for reading in facts.readings if reading.has_pressure]


def is_before(facts: SessionFacts) -> bool:
    """Taken up to the first device."""
    first = facts.first_device_at
    return first is not None and any(reading.at <= first for reading in pressures(facts))


def is_mid(facts: SessionFacts) -> bool:
    """Taken 30–50 minutes after the device that the site's checks count from."""
    start = facts.last_device_at if facts.terms.clocks.checks_from_last else facts.first_device_at
    return start is not None and any(MID_FROM <= reading.at - start <= MID_TO for reading in pressures(facts))


def is_final(facts: SessionFacts) -> bool:
    """Taken after the first device and within the site's minutes before leaving."""
    first, end = facts.first_device_at, facts.ended_at
    most = facts.terms.clocks.final_max_age
    return (
        first is not None and end is not None and any(reading.at > first and timedelta(0) <= end - reading.at <= most for reading in pressures(facts))
    )


def pressure_before(facts: SessionFacts, today: date) -> Answer | None:
    return yes_no(is_before(facts)) if facts.is_over else None


def pressure_mid(facts: SessionFacts, today: date) -> Answer | None:
    return yes_no(is_mid(facts)) if facts.is_over else None


def pressure_end(facts: SessionFacts, today: date) -> Answer | None:
    return yes_no(is_final(facts)) if facts.is_over else None


def three_pressures(facts: SessionFacts, today: date) -> Answer | None:
    return yes_no(is_before(facts) and is_mid(facts) and is_final(facts)) if facts.is_over else None


def oximetry(facts: SessionFacts, today: date) -> Answer | None:
    """A check with a saturation after the first device, and none without (MON-4)."""
    first = facts.first_device_at
    if not facts.is_over or first is None:
        return None
    after = [reading for reading in facts.readings if reading.at > first]
    return yes_no(bool(after) and all(reading.spo2 is not None for reading in after))


def minutes_watched(facts: SessionFacts, today: date) -> Answer | None:
    if not facts.is_over or facts.last_device_at is None or facts.ended_at is None:
        return None
    return amounts([(facts.ended_at - facts.last_device_at).total_seconds() / 60])


G = Group.WATCHED
MEASURES = (
    Measure(
        "watched", "MON-1", G, "Was the patient watched for the whole minimum time?",
        "The end lies at least the minimum watch, the patient’s own where it is longer, after the device that the site counts from.",
        OVER, RUNNING, watched,
    ),
    Measure("watched_last", "MON-2", G, "Two hours from the last device?", "The end lies 120 minutes or more after the last device.", OVER, RUNNING, from_last),
    Measure("watched_first", "MON-2", G, "Two hours from the first device?", "The end lies 120 minutes or more after the first device.", OVER, RUNNING, from_first),
    Measure(
        "pressures", "MON-3", G, "Was blood pressure taken before, at 30–50 minutes, and before leaving?",
        "Both values were obtained at all three moments.", OVER, RUNNING, three_pressures,
    ),
    Measure("pressure_before", "MON-3", G, "Pressure before the dose?", "Both values were obtained before the first device.", OVER, RUNNING, pressure_before),
    Measure(
        "pressure_mid", "MON-3", G, "Pressure at 30–50 minutes?",
        "Both values were obtained 30–50 minutes after the device that the site's checks count from.", OVER, RUNNING, pressure_mid,
    ),
    Measure("pressure_end", "MON-3", G, "Pressure before leaving?", "Both values were obtained within the site's minutes before leaving.", OVER, RUNNING, pressure_end),
    Measure(
        "oximetry", "MON-4", G, "Pulse oximetry at each check?", "There was a check after the first device, and each one has a saturation.",
        OVER, RUNNING, oximetry,
    ),
    Measure("watch_minutes", "MON-2", G, "How long from the last device to the end?", "Minutes.", OVER, RUNNING, minutes_watched, Kind.AMOUNT, unit="min"),
)  # fmt: skip
