"""What the floor itself does in the demonstration: the day opened, the last one closed, a presence to confirm, a handover that waits."""

from datetime import UTC, datetime, time
from functools import partial
from typing import TYPE_CHECKING
from uuid import uuid4

from clinic.actions.presence import record_coming
from sessions.actions.day import Closing, Opening, close_day, open_day
from sessions.actions.handover import offer_chairs, withdraw_offer
from sessions.queries.day import counts_of, days_not_closed, equipment_to_check, record_of, used_on
from sessions.queries.handover import open_handovers
from sessions.rules.day import GOOD, expected

if TYPE_CHECKING:
    from desk.demo.live import Script
    from desk.demo.steps import Floor

STOCK = {"patient": 6, "bulk": 40}
# The prescriber whose coming the nurse has written down.
LATE_COMER = "prescriber2"


def write(script: "Script", floor: "Floor") -> None:
    """The moments of today; a site with one nurse has nobody to hand over to."""
    midnight = datetime.combine(script.now.astimezone(floor.site.zone).date(), time(0, 1), tzinfo=floor.site.zone).astimezone(UTC)
    since_midnight = max(0.0, (script.now - midnight).total_seconds() / 60)
    script.add(min(320, since_midnight), partial(opened, floor))
    if LATE_COMER in floor.members:
        script.add(40, partial(came, floor))
    if len([member for member in floor.members.values() if member.role == "monitor"]) > 1:
        script.add(1.5, partial(offered, floor))


def opened(floor: "Floor", at: datetime) -> None:
    devices = {device.pk: GOOD for device in equipment_to_check(floor.site)}
    said = Opening(devices=devices, kit="yes", rooms="yes", counts=STOCK, note="")
    if record_of(floor.site, at.astimezone(floor.site.zone).date(), "opening") is None:
        open_day(floor.site, opening=said, client_key=uuid4(), by=floor.of_role("monitor").user, now=at)


def came(floor: "Floor", at: datetime) -> None:
    record_coming(floor.members[LATE_COMER], at=at, by=floor.of_role("monitor").user, now=at)


def offered(floor: "Floor", at: datetime) -> None:
    nurse, colleague = floor.of_role("monitor"), floor.members["nurse2"]
    offer_chairs(nurse, to=colleague, minutes=15, note="Quick break; room 3 has my eye on it.", client_key=uuid4(), by=nurse.user, now=at)


def tidy_floor(floor: "Floor", *, now: datetime) -> None:
    """Days and offers of an earlier demonstration that nobody closed or answered."""
    nurse = floor.of_role("monitor")
    for day in days_not_closed(floor.site, now):
        left = expected(counts_of(record_of(floor.site, day, "opening")), used_on(floor.site, day))
        close_day(nurse, closing=Closing(day=day, counts=left), client_key=uuid4(), by=nurse.user, now=now)
    for offer in open_handovers(floor.site):
        if offer.accepted_at is None:
            withdraw_offer(offer, by=offer.offered_by, now=now)
