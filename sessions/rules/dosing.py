"""What is said about one device as it is recorded; nothing here refuses it (DOS-1, DOS-2, DOS-8, DEV-1)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from clinic.findings import Finding, Level

UNDO_WITHIN = timedelta(seconds=60)  # OUT-4
SPRAYS_PER_DEVICE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """One device as it was given; `previous_at` is the one before, `devices_before` counts those with a spray."""

    given_at: datetime
    given_on: date
    sprays: int
    expires_on: date | None
    lot: str
    indicator_ok: bool
    route: str
    label_checked: bool
    previous_at: datetime | None
    previous_route: str
    devices_before: int
    devices_ordered: int | None


def device_findings(device: Device, *, rest: timedelta) -> list[Finding]:
    """Blocks become breaches beside the device, notes are shown (DOS-2: "expired: block at start, breach if given")."""
    return [*kit_findings(device.expires_on, device.given_on, device.lot), *_handling(device), *_count(device), *_rest(device, rest)]


def kit_findings(expires_on: date | None, on: date, lot: str) -> list[Finding]:
    """Lot and expiry of a kit on a day; the expiry day itself still counts (DOS-2, DEV-3)."""
    found = []
    if expires_on is not None and expires_on < on:
        found.append(Finding("DOS-2", Level.BLOCK, f"The device expired on {expires_on:%-d %b %Y}.", code="DOS-2.expired", field="expires_on"))
    if expires_on is None or not lot:
        found.append(Finding("DEV-3", Level.NOTE, "Lot or expiry is not recorded.", code="DEV-3.unknown", field="lot"))
    return found


def _handling(device: Device) -> list[Finding]:
    found = []
    if not device.indicator_ok:
        found.append(
            Finding("DOS-2", Level.NOTE, "The indicator did not read two dots before and none after.", code="DOS-2.indicator", field="indicator_ok")
        )
    if device.sprays < SPRAYS_PER_DEVICE:
        text = f"{device.sprays} of {SPRAYS_PER_DEVICE} sprays given. There is no make-up dose."
        found.append(Finding("DOS-2", Level.NOTE, text, code="DOS-2.partial", field="sprays"))
    if device.route == "patient" and not device.label_checked:
        text = "A patient-named device whose label was not checked against the patient."
        found.append(Finding("DEV-1", Level.BLOCK, text, code="DEV-1.label", field="label_checked"))
    if device.previous_route and device.route != device.previous_route:
        text = "Patient-named and bulk devices were mixed in one session."
        found.append(Finding("DEV-1", Level.BLOCK, text, code="DEV-1.mixed", field="route"))
    return found


def _count(device: Device) -> list[Finding]:
    if device.devices_ordered is None or not device.sprays or device.devices_before < device.devices_ordered:
        return []
    text = f"Device {device.devices_before + 1}, but the order is for {device.devices_ordered}."
    return [Finding("DOS-8", Level.BLOCK, text, code="DOS-8.more", field="sprays")]


def _rest(device: Device, rest: timedelta) -> list[Finding]:
    """Five minutes of rest after each device (DOS-2)."""
    if device.previous_at is None or device.given_at >= device.previous_at + rest:
        return []
    gap = int((device.given_at - device.previous_at).total_seconds() // 60)
    text = f"Only {gap} min after the device before; {int(rest.total_seconds() // 60)} minutes of rest belong in between."
    return [Finding("DOS-2", Level.NOTE, text, code="DOS-2.rest", field="observed_at")]


def stopped_words(reason: str, *, given: int, planned: int) -> str:
    """Why dosing was stopped, and what becomes of the devices that nobody has opened (DOS-2); 200 characters at most."""
    left = max(0, planned - given)
    note = f" {left} unopened {'device goes' if left == 1 else 'devices go'} back to stock." if left else ""
    return f"{reason[: 200 - len(note) - 1].rstrip('.')}.{note}" if note else reason[:200]


def may_undo(*, recorded_at: datetime, now: datetime, is_same_person: bool, is_latest: bool, is_correction: bool = False) -> bool:
    """A slip of the finger may be taken back by the same person within a minute, and only the last device (OUT-4).

    A correction is none: with it the device would be gone that was written down long ago.
    """
    return is_same_person and is_latest and not is_correction and timedelta(0) <= now - recorded_at <= UNDO_WITHIN


def counts_from(*, given_at: datetime, recorded_at: datetime, late_after: timedelta) -> datetime | None:
    """From when the gate counts a device that one person alone has written down; None: from its own time (OUT-4).

    A first entry over the late-entry minutes counts from when it was written, until a second person confirms it.
    """
    return recorded_at if recorded_at - given_at > late_after else None


def corrected_counts_from(*, given_at: datetime, before: datetime | None) -> datetime | None:
    """The same for a correction by one person: what has waited for a second person goes on waiting (OUT-4)."""
    return before if before is not None and before > given_at else None


def opens_earlier(*, before: datetime | None, after: datetime | None) -> bool:
    """Whether a change makes the discharge gate open earlier than it stood (OUT-4); without any device left it would be open at once."""
    if before is None:
        return False
    return after is None or after < before
