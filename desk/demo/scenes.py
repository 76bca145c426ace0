"""The scenes of a demonstration day: which room, how long ago it began, and how far it has come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desk.demo.live import Script
    from desk.demo.steps import Part

BOOKED_BEFORE = 26 * 60


@dataclass(frozen=True)
class Scene:
    """`began` is how many minutes ago the visit begins; negative lies ahead."""

    room: int
    began: int
    tell: Callable[[Script, Part, int], None]
    dose_mg: int = 56

    def write(self, script: Script, part: Part) -> None:
        script.add(max(self.began, 0) + BOOKED_BEFORE, partial(part.book, starts_at=self.starts_at(script.now), dose_mg=self.dose_mg))
        self.tell(script, part, self.began)

    def starts_at(self, now: datetime) -> datetime:
        return (now - timedelta(minutes=self.began)).replace(second=0, microsecond=0)


def nothing_yet(script: Script, part: Part, began: int) -> None:
    """Booked, no more."""


def arrived(script: Script, part: Part, began: int) -> None:
    """In the chair, questions answered, pressure above 140/90: rest and repeat (PRE-2)."""
    script.add(began, part.arrive)
    script.add(began - 5, part.answer)
    script.add(began - 8, partial(part.check, systolic=148, diastolic=94))


def waiting(script: Script, part: Part, began: int) -> None:
    script.add(began, part.arrive)
    script.add(began - 4, partial(part.answer, ate_minutes_ago=60))
    script.add(began - 6, part.wait)


def held(script: Script, part: Part, began: int) -> None:
    arrived(script, part, began)
    script.add(began - 16, partial(part.check, systolic=151, diastolic=96))
    script.add(began - 20, part.hold)


def missed(script: Script, part: Part, began: int) -> None:
    script.add(began - 30, part.miss)


def cancelled(script: Script, part: Part, began: int) -> None:
    script.add(began + 60, part.cancel)


def cleared(script: Script, part: Part, began: int) -> None:
    script.add(began, part.arrive)
    script.add(began - 4, part.answer)
    script.add(began - 9, partial(part.check, systolic=124, diastolic=79))
    script.add(began - 14, part.clear)


def dosing(script: Script, part: Part, began: int, devices: int = 1) -> None:
    """The first device 23 minutes after the visit began, the others five and a half minutes apart."""
    cleared(script, part, began)
    script.add(began - 20, part.start)
    for number in range(devices):
        script.add(began - 23 - 5.5 * number, part.device)


def watched(script: Script, part: Part, began: int) -> None:
    """Two devices, then the watch; checks come with the scenes below."""
    dosing(script, part, began, devices=2)
    script.add(began - 23 - 15, partial(part.event, kind="dissociation_began"))
    script.add(began - 23 - 20, part.round)


def late_check(script: Script, part: Part, began: int) -> None:
    """The 40-minute check hasn't been taken: late is loud."""
    watched(script, part, began)
    script.add(began - 23 - 31, part.round)
    script.add(began - 23 - 46, part.round)


def alerted(script: Script, part: Part, began: int) -> None:
    """Raised pressure at 40 minutes: an open alert (MON-6)."""
    watched(script, part, began)
    script.add(began - 23 - 40, partial(part.check, systolic=174, diastolic=104, dissociation="moderate", sedation=4))


def called(script: Script, part: Part, began: int) -> None:
    """Deep sedation and low oxygen at 40 minutes: critical, the prescriber is called at once (MON-6)."""
    watched(script, part, began)
    script.add(began - 23 - 40, partial(part.check, systolic=132, diastolic=84, spo2=88, dissociation="moderate", sedation=2))


def written_late(script: Script, part: Part, began: int) -> None:
    """The second device was written down eighteen minutes after its time: the gate waits for a second person (OUT-4)."""
    dosing(script, part, began, devices=1)
    script.add(began - 23 - 6 - 18, partial(part.late_device, minutes=18))
    script.add(began - 23 - 40, partial(part.check, systolic=133, diastolic=82, dissociation="mild", sedation=4))


def nearly_done(script: Script, part: Part, began: int) -> None:
    """Two minutes to the gate; the last planned check is due. The patient called for help at their screen, and said how they feel."""
    watched(script, part, began)
    script.add(began - 23 - 52, partial(part.says, kind="feels_so_so"))
    script.add(began - 23 - 53, part.calls_for_help)
    script.add(began - 23 - 54, part.comes_to_help)
    script.add(began - 23 - 95, partial(part.says, kind="feels_good"))
    script.add(began - 23 - 41, partial(part.check, systolic=139, diastolic=86, dissociation="mild", sedation=4))
    script.add(began - 23 - 66, partial(part.event, kind="dissociation_ended"))
    script.add(began - 23 - 70, part.round)
    script.add(began - 23 - 91, partial(part.check, systolic=128, diastolic=81))
    script.add(began - 23 - 106, part.round)
    script.add(began - 23 - 120, part.round)


def discharged(script: Script, part: Part, began: int) -> None:
    nearly_done(script, part, began)
    script.add(began - 23 - 121, partial(part.check, systolic=122, diastolic=77))
    script.add(began - 23 - 104, partial(part.event, kind="clinically_ready"))
    script.add(began - 23 - 130, part.ready)
    script.add(began - 23 - 131, part.discharge)


def left(script: Script, part: Part, began: int) -> None:
    """Gone after an hour without a sign-off: a safety call is due, a prescriber's signature too (OUT-3)."""
    watched(script, part, began)
    script.add(began - 23 - 41, partial(part.check, systolic=131, diastolic=83, dissociation="mild"))
    script.add(began - 23 - 63, part.leave)


def left_early(script: Script, part: Part, began: int) -> None:
    """Signed out at ninety minutes by two people (OUT-3)."""
    watched(script, part, began)
    script.add(began - 23 - 41, partial(part.check, systolic=135, diastolic=84, dissociation="mild"))
    script.add(began - 23 - 60, partial(part.event, kind="dissociation_ended"))
    script.add(began - 23 - 88, partial(part.check, systolic=124, diastolic=79))
    script.add(began - 23 - 90, part.ready)
    script.add(began - 23 - 91, part.discharge_early)


# The rest of the course of who plays these is planned, too.
PLANNED = (nearly_done, missed)
RIVERSIDE = (
    Scene(1, 149, nearly_done),
    Scene(2, 75, late_check),
    Scene(3, 66, called),
    Scene(4, 25, dosing),
    Scene(5, 12, arrived),
    Scene(6, 18, waiting),
    Scene(6, 260, discharged),
    Scene(5, 250, held),
    Scene(4, 240, missed),
    Scene(3, 300, cancelled),
    Scene(1, -45, nothing_yet),
    Scene(2, -120, nothing_yet),
    Scene(3, -1440, nothing_yet),
    Scene(4, -1480, nothing_yet),
    Scene(5, -1530, nothing_yet),
    Scene(1, 330, left),
    Scene(2, 290, left_early),
)
HILLCREST = (Scene(1, 66, alerted), Scene(2, 16, cleared), Scene(3, 75, written_late), Scene(3, -150, nothing_yet), Scene(2, -1440, nothing_yet))
