"""Proposals of dose, lots and times (PMF-2, MON-2, MON-8)."""

from sessions.rules.form_facts import FormFacts
from sessions.rules.proposals.core import Raw, source


@source("dose.mg")
def dose_mg(facts: FormFacts) -> Raw:
    """By sprays, not by plan (DOS-1, DOS-2)."""
    listed = tuple(f"{facts.clock(device.at)} device {device.number}, {device.sprays} of 2 sprays" for device in facts.sprayed)
    return Raw(facts.given_mg or None, listed, missing="No device with a spray is recorded.", place="session")


@source("dose.lots")
def lots(facts: FormFacts) -> Raw:
    found = tuple(dict.fromkeys(device.lot for device in facts.sprayed if device.lot))
    return Raw(
        found or None,
        tuple(f"device {device.number}: {device.lot or 'no lot'}" for device in facts.sprayed),
        missing="No lot is recorded.",
        place="session",
    )


@source("watch.minutes")
def watched_minutes(facts: FormFacts) -> Raw:
    """From the first device to the end of monitoring (MON-2, PMF-2), rounded down."""
    if facts.first_device_at is None or facts.ended_at is None:
        return Raw(None, missing="Monitoring has not ended.", place="session")
    evidence = (f"{facts.clock(facts.first_device_at)} first device", f"{facts.clock(facts.ended_at)} {facts.ended_how}")
    return Raw(facts.minutes_in(facts.ended_at), evidence)


@source("watch.ready_minutes")
def ready_minutes(facts: FormFacts) -> Raw:
    """When they had been ready without the two hours (MON-8): the last "clinically ready"."""
    ready = max((event.at for event in facts.events if event.kind == "clinically_ready"), default=None)
    if facts.first_device_at is None or ready is None:
        return Raw(None, missing="Nobody tapped “clinically ready”. Judge it from the checks.", place="session")
    return Raw(max(0, facts.minutes_in(ready)), (f"{facts.clock(ready)} clinically ready",))


@source("watch.ready_at")
def ready_at(facts: FormFacts) -> Raw:
    ready = max((event.at for event in facts.events if event.kind == "clinically_ready"), default=None)
    return Raw(facts.clock(ready) if ready else None, missing="Nobody tapped “clinically ready”. Judge it from the checks.", place="session")
