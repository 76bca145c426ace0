"""What is in force on a day: certification, training, equipment (SET-1, SET-3, SET-4)."""

from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from clinic.findings import Finding, Level

LAPSING_WITHIN = timedelta(days=30)
CERTIFYING_EVENTS = frozenset({"certified", "recertified"})
NEEDED_EQUIPMENT = {"oximeter": "pulse oximeter", "cuff": "blood pressure cuff"}


class Standing(StrEnum):
    """How a training or a device stands on a day."""

    VALID = "valid"
    LAPSING = "lapsing"
    LAPSED = "lapsed"
    FAILED = "failed"
    NONE = "none"

    @property
    def is_good(self) -> bool:
        return self in (Standing.VALID, Standing.LAPSING)


class CertificationEvent(NamedTuple):
    """In the order of happening, then of recording."""

    happened_on: date
    order: int
    kind: str


def is_certified(events: Iterable[CertificationEvent], day: date) -> bool:
    """Whether the site is certified on a day: the last event on or before it decides; a review date never ends it (SET-1)."""
    past = [event for event in events if event.happened_on <= day]
    return bool(past) and max(past).kind in CERTIFYING_EVENTS


class TrainingSpan(NamedTuple):
    completed_on: date
    expires_on: date | None


def training_standing(spans: Iterable[TrainingSpan], day: date) -> Standing:
    """The best standing that a person's trainings of one kind give on a day (SET-3). The last valid day counts."""
    done = [span for span in spans if span.completed_on <= day]
    if not done:
        return Standing.NONE
    if any(span.expires_on is None for span in done):
        return Standing.VALID
    return _by_end(max(span.expires_on for span in done if span.expires_on is not None), day)


def _by_end(last_good: date, day: date) -> Standing:
    if last_good < day:
        return Standing.LAPSED
    return Standing.LAPSING if last_good - day <= LAPSING_WITHIN else Standing.VALID


class DeviceState(NamedTuple):
    """A device with its last check on or before the day asked about; `checked_on` None: never checked."""

    kind: str
    name: str
    every_days: int
    checked_on: date | None
    is_good: bool


def device_standing(device: DeviceState, day: date) -> Standing:
    """Whether a device's last check is good and still counts (SET-4)."""
    if device.checked_on is None:
        return Standing.NONE
    if not device.is_good:
        return Standing.FAILED
    return _by_end(device.checked_on + timedelta(days=device.every_days), day)


WORDS = {
    Standing.NONE: "was never checked",
    Standing.FAILED: "failed its last check",
    Standing.LAPSED: "is overdue for its check",
    Standing.LAPSING: "is soon due for its check",
}


def equipment_findings(devices: Iterable[DeviceState], day: date) -> list[Finding]:
    """SET-4: without one good oximeter and one good cuff a block each; every other device that isn't good, a note."""
    listed = list(devices)
    good_kinds = {device.kind for device in listed if device_standing(device, day).is_good}
    missing = [
        Finding(rule="SET-4", level=Level.BLOCK, text=f"No checked {word} is on site.", code=f"SET-4.{kind}", field="equipment")
        for kind, word in NEEDED_EQUIPMENT.items()
        if kind not in good_kinds
    ]
    return missing + [
        Finding(rule="SET-4", level=Level.NOTE, text=f"{device.name} {WORDS[standing]}.", code=f"SET-4.{device.name}"[:40], field="equipment")
        for device in listed
        if (standing := device_standing(device, day)) is not Standing.VALID
    ]
