"""What stands on a paper sheet: who, the timed grid with true clock times where there are any, devices, readiness; for one session or a day."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from clinic.models import Site, SitePolicy
from sessions.models import DeviceUse, TreatmentSession
from sessions.picture import Picture, pictures_of
from sessions.protocol import REMS_ESKETAMINE
from sessions.queries.gates import devices_planned
from sessions.queries.policies import policies_for
from sessions.rules.readiness import ITEMS
from sessions.states import Status

PARTS = ("devices", "observations")
SPARE_CHECKS = 4
OVER = (Status.CANCELLED, Status.MISSED, Status.VOIDED)


@dataclass
class Sheet:
    """One sheet for the printer. `session` is None on a blank one, `address` is what its code leads to."""

    session: TreatmentSession | None
    checks: list[dict[str, Any]]
    devices: list[dict[str, Any]]
    gate_opens_at: datetime | None = None
    minimum_minutes: int = 120
    rest_minutes: int = 5
    address: str = ""
    items: tuple[Any, ...] = field(default=ITEMS)


def sheet_of(picture: Picture, now: datetime) -> Sheet:
    """A session's sheet: what is known is filled in, the rest is lines to write on."""
    session, policy = picture.session, picture.policy
    return Sheet(
        session=session, checks=check_rows(picture, now), devices=device_rows(picture.devices, devices_planned(picture)), gate_opens_at=picture.gate_opens_at,
        minimum_minutes=int(picture.clock_policy.minimum_watch.total_seconds() // 60), rest_minutes=policy.rest_minutes,
    )  # fmt: skip


def check_rows(picture: Picture, now: datetime) -> list[dict[str, Any]]:
    """Before the dose, every planned minute with its clock time once dosed, extra readings, and spare lines for the rest of the watch (MON-3)."""
    planned = {row.planned_minute: row for row in picture.observations if row.planned_minute is not None}
    due = {check.minute: check.due_at for check in picture.planned_checks(now)}
    rows = [{"minute": minute, "due_at": due.get(minute), "row": planned.get(minute)} for minute in picture.policy.check_minutes]
    rows += [{"minute": None, "due_at": None, "row": row} for row in picture.observations if row.planned_minute is None]
    return rows + spare(SPARE_CHECKS)


def device_rows(given: list[DeviceUse], planned: int) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [{"number": device.number, "device": device} for device in given]
    return rows + [{"number": number, "device": None} for number in range(len(rows) + 1, planned + 1)]


def spare(count: int) -> list[dict[str, Any]]:
    return [{"minute": None, "due_at": None, "row": None} for _ in range(count)]


def blank_sheet(policy: SitePolicy) -> Sheet:
    """For a patient whom nobody could look up any more: everything is written by hand."""
    rows = [{"minute": minute, "due_at": None, "row": None} for minute in policy.check_minutes]
    most = REMS_ESKETAMINE.devices_for(max(REMS_ESKETAMINE.doses_mg))
    return Sheet(
        session=None, checks=rows + spare(SPARE_CHECKS), devices=device_rows([], most), minimum_minutes=policy.minimum_watch_minutes,
        rest_minutes=policy.rest_minutes,
    )  # fmt: skip


def sheets_of(sessions: list[TreatmentSession], now: datetime) -> list[Sheet]:
    return [sheet_of(picture, now) for picture in pictures_of(sessions, policies_for(sessions), PARTS)]


def sessions_of_day(site: Site, day: date) -> list[TreatmentSession]:
    """Everybody who comes or came on a day, in order of time: what "print all" prints."""
    rows = TreatmentSession.objects.filter(site=site, treatment_on=day).exclude(status__in=OVER)
    return list(rows.select_related("site", "patient", "chair", "policy").order_by("starts_at", "pk"))
