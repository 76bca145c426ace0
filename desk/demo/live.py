"""Today in the demonstration: sessions in every state, brought there by the actions themselves, at the moments they would have happened."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from clinic.models import Site
from desk.demo import day, replies
from desk.demo.closure import VISITS, close_a_day
from desk.demo.courses import make_way, plan_course
from desk.demo.scenes import HILLCREST, PLANNED, RIVERSIDE, Scene
from desk.demo.spoken import cosign_all, speak
from desk.demo.steps import Floor, Part
from desk.demo.tidy import tidy
from sessions.models import TreatmentSession

# Longer than the longest scene lasts, shorter than a night: when nobody came within it, the day has passed.
ONE_DAY = timedelta(hours=12)
LONGEST_SCENE = timedelta(minutes=345)


@dataclass
class Script:
    """What happens when; played in order of time, whatever the order of writing."""

    now: datetime
    moments: list[tuple[datetime, int, Callable[[datetime], object]]] = field(default_factory=list)

    def add(self, minutes_ago: float, act: Callable[[datetime], object]) -> None:
        self.moments.append((self.now - timedelta(minutes=minutes_ago), len(self.moments), act))

    def play(self) -> None:
        for at, _, act in sorted(self.moments, key=lambda moment: moment[:2]):
            act(at)


def renew(*, now: datetime) -> int:
    """Fill today unless that was done within half a day; yesterday's open sessions are ended first. Returns how many were added."""
    if TreatmentSession.objects.filter(arrived_at__gt=now - ONE_DAY, arrived_at__lte=now).exists():
        return 0
    added = 0
    for slug, scenes in (("riverside", RIVERSIDE), ("hillcrest", HILLCREST)):
        floor = Floor(Site.objects.get(slug=slug))
        tidy(floor, now=now)
        cosign_all(floor, now=now)
        day.tidy_floor(floor, now=now)
        added += fill(floor, scenes, now=now)
    return added


def fill(floor: Floor, scenes: tuple[Scene, ...], *, now: datetime) -> int:
    """Every scene of a site, with the people on duty whom it needs."""
    script = Script(now)
    floor.come_on_duty(since=now - LONGEST_SCENE, now=now)
    patients = floor.patients_who_may_come(now, len(scenes) + 1 + VISITS)
    for scene in scenes:
        make_way(floor, room=scene.room, starts_at=scene.starts_at(now), now=now)
    # On a later day fewer may come than there are scenes: the first ones matter most.
    for scene, patient in zip(scenes, patients, strict=False):
        scene.write(script, Part(floor, patient, room=scene.room))
    day.write(script, floor)
    replies.write(script, floor)
    script.play()
    others = patients[len(scenes) :]
    for patient in others[:1]:
        speak(floor, patient, now=now)
    for scene, patient in zip(scenes, patients, strict=False):
        if scene.tell in PLANNED:
            plan_course(floor, patient, now=now)
    close_a_day(floor, others[1:], now=now)
    return min(len(scenes), len(patients))
