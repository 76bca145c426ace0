"""The clinic of the machine: people of every role, patients, chairs, the clock, and one person's turn."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any, TypeVar
from uuid import UUID, uuid5

from clinic.models import Chair, EquipmentCheck, Membership, OpeningHours, Screen, SitePolicy, User
from clinic.roles import may
from sessions.models import TreatmentSession
from sessions.rules.moments import moment_of
from tests.access_table import PAGES
from tests.cast import NOW, Cast, make_cast
from tests.factories.clinic import on_duty
from tests.factories.patients import ready_patient, signed_order
from tests.machine.snapshot import Snapshot, Written

T = TypeVar("T")
SPACE = UUID("5a5a5a5a-0000-4000-8000-000000000000")
EARLY = "a discharge before its time"
PEOPLE = (
    "desk", "support", "nurse", "prescriber", "admin", "auditor", "second_nurse", "second_prescriber", "stranger", "former",
)  # fmt: skip
# A plain Wednesday; the night on which an hour is told twice; the night that has none.
STARTS = (NOW, datetime(2026, 11, 1, 3, 20, tzinfo=UTC), datetime(2026, 3, 8, 4, 40, tzinfo=UTC))


class Shut(Exception):
    """The door is shut: this role may not do that, or it is another site's row."""


class NothingToDo(Exception):
    """There is no such row: no act took place."""


@dataclass
class Ledger:
    """What was tried over a whole run, and what came of it."""

    acts: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    moves: Counter[tuple[str, str]] = field(default_factory=Counter)
    early: Counter[str] = field(default_factory=Counter)
    steps: int = 0

    def told(self) -> str:
        """The table that a run prints."""
        lines = [f"{self.steps} steps", f"{'act':32}{'accepted':>10}{'refused':>10}{'door shut':>11}"]
        for name in sorted(self.acts):
            count = self.acts[name]
            lines.append(f"{name:32}{count['accepted']:>10}{count['refused']:>10}{count['shut']:>11}")
        lines += ["moves"] + [f"  {old} -> {new}: {count}" for (old, new), count in sorted(self.moves.items())]
        lines += ["discharge before its gate"] + [f"  {word}: {count}" for word, count in sorted(self.early.items())]
        return "\n".join(lines)


@dataclass
class World:
    """What stands before any example begins; an example's own rows are rolled back after it."""

    cast: Cast
    patients: list[Any]
    ledger: Ledger = field(default_factory=Ledger)
    keys: list[UUID] = field(default_factory=list)
    undecided: dict[int, list[str]] = field(default_factory=dict)
    seen: list[TreatmentSession] = field(default_factory=list)
    written: Written = field(default_factory=Written)
    chairs: list[Chair] = field(default_factory=list)
    screens: dict[int, Screen] = field(default_factory=dict)
    shot: Snapshot | None = None

    def forget(self) -> None:
        self.keys, self.undecided, self.seen, self.shot = [], {}, [], None

    def people(self) -> list[User]:
        return [self.cast.person(word) for word in PEOPLE]

    def member(self, user: User) -> Membership | None:
        """A person's active place in Riverside as it stands now; the stranger has none, and who left has none any more."""
        membership = self.cast.of(user)
        row = self.shot.tables["membership"][membership.pk] if self.shot is not None else membership
        if not row.is_active or row.site_id != self.cast.riverside.pk:
            return None
        if (row.role, row.credential) != (membership.role, membership.credential):
            membership = copy(membership)
            membership.role, membership.credential = row.role, row.credential
        return membership

    def place_of(self, user: User) -> Membership:
        """The same for whom a page lets one choose, or who proves who they are on it: nobody without a place."""
        membership = self.member(user)
        if membership is None:
            raise Shut
        return membership

    def may(self, user: User, url: str) -> bool:
        membership = self.member(user)
        return membership is not None and all(may(membership.role, need) for need in PAGES[url].needs)


def make_world() -> World:
    """Riverside, open around the clock, with patients whom nothing keeps from a dose."""
    cast = make_cast()
    # Nobody signs in here; a coming version must keep to the bounds.
    SitePolicy.objects.update(lock_after_minutes=10, sign_in_hours=12)
    OpeningHours.objects.filter(site=cast.riverside).delete()
    OpeningHours.objects.bulk_create([OpeningHours(site=cast.riverside, weekday=day, opens_at=time(0), closes_at=time(23, 59)) for day in range(7)])
    for one in cast.riverside.equipment.all():
        EquipmentCheck.objects.bulk_create(
            EquipmentCheck(
                site=one.site, equipment=one, checked_at=at - timedelta(days=1), is_good=True, recorded_at=at - timedelta(days=1), recorded_by=cast.admin
            )
            for at in STARTS
        )  # fmt: skip
    patients = [ready_patient(cast.riverside, cast.of(cast.prescriber)) for _ in range(28)]
    for patient in patients:
        course = patient.courses.get()
        for at in STARTS[1:]:
            signed_order(course=course, valid_from_on=(at - timedelta(days=9)).date(), valid_until_on=(at + timedelta(days=30)).date())
    more = Chair.objects.bulk_create([Chair(site=cast.riverside, name=f"Chair {n}", position=n) for n in range(5, 13)])
    return World(cast, patients, chairs=[*cast.chairs, *more], screens={chair.pk: screen_at(cast, chair) for chair in [*cast.chairs, *more]})


def screen_at(cast: Cast, chair: Chair) -> Screen:
    """The patient's tablet at a chair."""
    return Screen.objects.create(
        site=cast.riverside, name=f"At {chair.name}", kind=Screen.Kind.PATIENT, chair=chair, token_sha256=f"{chair.pk:064x}", enrolled_at=NOW,
        enrolled_by=cast.admin,
    )  # fmt: skip


def open_the_day(world: World, at: datetime, *, anchor: str, setting: str, is_staffed: bool) -> None:
    """What differs from example to example before anybody acts."""
    SitePolicy.objects.filter(site=world.cast.riverside).update(gate_anchor=anchor)
    world.cast.riverside.default_setting = setting
    world.cast.riverside.save(update_fields=["default_setting"])
    if is_staffed:
        for person in (world.cast.prescriber, world.cast.nurse):
            on_duty(world.cast.of(person), at - timedelta(minutes=30), lapses_at=at + timedelta(hours=10))


@dataclass
class Turn:
    """One person's turn. `is_careful`: they know the way and mean well; otherwise anything may be typed by anybody."""

    world: World
    shot: Snapshot
    dice: Random
    now: datetime
    is_careful: bool
    by: User
    url: str = ""
    aim: str = ""

    @property
    def membership(self) -> Membership:
        return self.world.place_of(self.by)

    def enter(self, url: str) -> None:
        """Through the same door as the page (tests.access_table): who is careful lets somebody do it who may."""
        self.url = url
        if self.is_careful and not self.world.may(self.by, url):
            self.by = self.pick([person for person in self.world.people() if self.world.may(person, url)])
        if not self.world.may(self.by, url):
            raise Shut

    def today(self) -> date:
        return self.now.astimezone(self.world.cast.riverside.zone).date()

    def pick(self, options: Sequence[T]) -> T:
        if not options:
            raise NothingToDo
        return self.dice.choice(options)

    def one_in(self, count: int) -> bool:
        """True once in so many turns, hardly ever for who is careful, and never on the way to an aim."""
        if self.aim:
            return False
        return self.pick(range(count * (4 if self.is_careful else 1))) == 1

    def yes(self) -> bool:
        return not self.one_in(6)

    def word(self) -> str:
        """A reason; sometimes nobody says any."""
        return "" if self.one_in(8) else "Because it is so"

    def key(self) -> UUID:
        """The page's key: new, or that of an earlier post."""
        if self.world.keys and self.one_in(12):
            return self.pick(self.world.keys[-12:])
        made = uuid5(SPACE, str(len(self.world.keys)))
        self.world.keys.append(made)
        return made

    def seen_at(self) -> datetime:
        """When something was seen: just now, earlier by the wall's clock, on another day, or not yet."""
        if self.is_careful and not self.one_in(10):
            return self.now
        ago = timedelta(minutes=self.pick([0, 0, 1, 3, 8, 12, 25, 45, 90, 119, 121, 180, 700, 1500, -7]))
        if self.pick([True, False]):
            zone = self.world.cast.riverside.zone
            return moment_of((self.now - ago).astimezone(zone).time().replace(second=0, microsecond=0), now=self.now, zone=zone)
        return self.now - ago

    def session(self, pk: int) -> TreatmentSession:
        """The row as some page read it, a while ago: every act must look for itself."""
        old = [row for row in self.world.seen if row.pk == pk]
        if old and not self.one_in(3):
            return old[-1]
        row: TreatmentSession = TreatmentSession.objects.select_related("site", "patient", "chair", "course").get(pk=pk)
        self.world.seen = [*self.world.seen[-20:], row]
        return row

    def row(self, model: Any, session_pk: int, *, standing: bool = True) -> Any:
        """One row of a session; who is careful looks at what stands."""
        word = model._meta.model_name
        rows = self.shot.standing(word, session_pk) if standing and self.is_careful else self.shot.of(word, session_pk)
        return model.objects.get(pk=self.pick(rows).id)
