"""The state machine: time passes, somebody acts, and the oracle looks at the rows before and after."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from clinic import chain
from clinic.findings import Level, Refused
from desk.queries.board import floor_of
from sessions.actions.watchman import make_round
from sessions.rules.concerns import KINDS
from tests.machine import calendar_steps, chairs, chart_steps, course_steps, gone, office, oracle, site_steps, telling  # noqa: F401  (they register their steps)
from tests.machine.aims import towards
from tests.machine.needs import Aim, done, lacking, wanted
from tests.machine.snapshot import Snapshot, Written
from tests.machine.steps import STEPS, Act
from tests.machine.usual import minutes_until_next, next_session, usual
from tests.machine.world import STARTS, NothingToDo, Shut, Turn, World, open_the_day

WHAT = ["usual"] * 160 + ["anything"] * 78 + ["again"] * 11 + ["watchman"]
# One draw a step: what a person chooses within it comes of these dice.
DICE = st.randoms(use_true_random=True)


class Floor(RuleBasedStateMachine):
    """One example is one day of Riverside: its rows are rolled back afterwards. `world` is set by `floor_of_world`."""

    world: World
    number = 0
    aims: tuple[Aim, ...] = ()

    def __init__(self) -> None:
        super().__init__()
        self.world.forget()
        self.savepoint = transaction.savepoint()
        self.now, self.rolls = STARTS[0], 0
        self.last: Act | None = None
        self.story: list[str] = []
        self.begun = {aim: done(self.world.ledger, aim) for aim in self.aims}

    @initialize(
        start=st.sampled_from(STARTS), anchor=st.sampled_from(["last_device", "last_device", "first_device"]),
        setting=st.sampled_from(["outpatient"] * 4 + ["inpatient"]), is_staffed=st.sampled_from([True, True, True, False]),
    )  # fmt: skip
    def the_day_begins(self, start: datetime, anchor: str, setting: str, is_staffed: bool) -> None:
        self.now = start
        open_the_day(self.world, start, anchor=anchor, setting=setting, is_staffed=is_staffed)
        self.shot = self.world.shot = Snapshot()
        self.world.written = Written()

    @rule(dice=DICE)
    def somebody_acts(self, dice: Random) -> None:
        """Mostly what usually comes next, often anything by anybody, now and then the same post again; the watchman passes by."""
        # The dice of the simplest day are the same at every step, and those days come in every seed.
        self.rolls += 1
        dice = Random(f"{self.number} {self.rolls} {dice.getrandbits(64)}")
        kind = dice.choice(WHAT)
        if kind == "watchman":
            self.the_watchman_comes()
        elif kind == "again":
            self.the_same_post_again()
        elif kind == "anything":
            self.anybody_does_anything(self.turn(dice, is_careful=False))
        else:
            self.the_usual_next_thing(self.turn(dice, is_careful=True))

    def the_usual_next_thing(self, turn: Turn) -> None:
        """Mostly whatever the run is short of, or a step towards it."""
        if self.aims and turn.pick(range(5)):
            return self.something_seldom(turn)
        pk = next_session(turn)
        if not pk:
            return self.act(turn, "book", 0)
        self.time_passes(turn, minutes_until_next(turn, pk))
        return self.act(turn, usual(turn, pk), pk)

    def something_seldom(self, turn: Turn) -> None:
        # Of three the one that came off least on this day, by the share of what is wanted: what is hard to reach gets more of them.
        aim = min((turn.pick(self.aims) for _ in range(3)), key=self.share_of_today)
        turn.aim = aim if isinstance(aim, str) else "a move"
        self.time_passes(turn, [1, 0, 2])
        try:
            name, pk = towards(turn, aim)
        except NothingToDo:
            return
        self.act(turn, name, pk)

    def share_of_today(self, aim: Aim) -> float:
        return (done(self.world.ledger, aim) - self.begun[aim]) / wanted(aim)

    def anybody_does_anything(self, turn: Turn) -> None:
        sessions = [row.id for row in self.shot.rows("treatmentsession")]
        self.time_passes(turn, [0, 0, 0, 1, 4, 9, 20, -3])
        self.act(turn, turn.pick(sorted(STEPS)) if sessions else "book", turn.pick(sessions) if sessions else 0)

    def the_same_post_again(self) -> None:
        """A double tap, or a retry after a lost answer: refused, or without a second effect."""
        if self.last is None:
            return
        before, outcome = self.shot, "accepted"
        try:
            self.last()
        except Refused:
            outcome = "refused"
        self.demand(self.looked().tables == before.tables, "a repeated post had a second effect")
        self.counted("the same post again", outcome)

    def the_watchman_comes(self) -> None:
        """He adds nothing to what the board says, two of him no more than one, and one who slept till now says the same."""
        site = self.world.cast.riverside
        board = floor_of(site, self.now)
        make_round(now=self.now)
        with_him = self.notices()
        make_round(now=self.now)
        self.demand(self.notices() == with_him, "two watchmen said more than one")
        self.demand(floor_of(site, self.now) == board, "the watchman changed the board")
        inner = transaction.savepoint()
        self.without_history()
        make_round(now=self.now)
        asleep = self.notices()
        transaction.savepoint_rollback(inner)
        self.demand(with_him == asleep, f"who woke late says {asleep}, who was awake {with_him}")
        before = self.shot
        self.demand(not oracle.kept_faults(before, self.looked()), "the watchman changed a fact")
        self.counted("the watchman comes", "accepted")

    # --- one act ---------------------------------------------------------------------------------------------------------
    def turn(self, dice: Random, *, is_careful: bool) -> Turn:
        turn = Turn(self.world, self.shot, dice, self.now, is_careful, self.world.cast.nurse)
        turn.by = turn.pick(self.world.people())
        return turn

    def time_passes(self, turn: Turn, minutes: list[int]) -> None:
        self.now += timedelta(minutes=turn.pick(minutes), seconds=turn.pick([0, 11]))
        turn.now = self.now

    def act(self, turn: Turn, name: str, pk: int) -> None:
        before, outcome = self.shot, "accepted"
        try:
            act = STEPS[name](turn, pk)
        except Shut:
            return self.counted(name, "shut")
        except NothingToDo:
            return None
        try:
            act()
        except Refused as refused:
            outcome = "refused"
            self.remember(pk, refused)
        after = self.looked()
        self.tell(turn, name, pk, outcome)
        if outcome == "refused":
            self.demand(after.tables == before.tables, f"{name} was refused and wrote all the same")
        else:
            # Without a page's key pressing twice is two acts (a way home said twice).
            self.last = act if "client_key" in act.keywords or "check" in act.keywords or "event" in act.keywords else None
            if name in ("discharge", "discharge_early"):
                self.whole_look()
            faults = oracle.faults(before, after, by=turn.by.pk, now=turn.now)
            self.demand(not faults, "\n".join(faults))
        self.counted(name, outcome)
        self.count_moves(before, after)
        self.count_early(before, turn, name, pk, outcome)
        return None

    def looked(self) -> Snapshot:
        """The rows now."""
        written, self.world.written = self.world.written, Written()
        if written.tables or not written.is_sure:
            self.shot = self.world.shot = Snapshot(self.shot, written)
        return self.shot

    def whole_look(self) -> None:
        """What was read table by table is what stands: every table, anew."""
        self.demand(Snapshot().tables == self.shot.tables, "a table changed and no statement named it")

    def remember(self, pk: int, refused: Refused) -> None:
        self.world.undecided[pk] = [finding.key for finding in refused.findings if finding.level is Level.DECISION]

    # --- what is told ----------------------------------------------------------------------------------------------------
    def tell(self, turn: Turn, name: str, pk: int, outcome: str) -> None:
        at = turn.now.astimezone(self.world.cast.riverside.zone)
        status = self.shot.session(pk).status if pk else ""
        why = sorted(oracle.shut(self.shot, self.shot.session(pk), turn.now)) if status == "monitoring" else ""
        self.story.append(f"{at:%d %H:%M:%S} {turn.by}: {name} session {pk} {outcome} -> {status} {why}")

    def counted(self, name: str, outcome: str) -> None:
        self.world.ledger.acts[name][outcome] += 1
        self.world.ledger.steps += 1

    def count_moves(self, before: Snapshot, after: Snapshot) -> None:
        """By the audit trail: one act may make two moves (a device takes a booked session to dosing and on to monitoring)."""
        for entry in oracle.new_entries(before, after):
            said = [line.removeprefix("change status ") for line in entry.body.splitlines() if line.startswith("change status [")]
            if entry.target_kind == "treatmentsession" and said:
                old, new = json.loads(said[0])
                self.world.ledger.moves[old, new] += 1

    def count_early(self, before: Snapshot, turn: Turn, name: str, pk: int, outcome: str) -> None:
        """How often a discharge was tried while its gate was shut; and an open one is open for whoever may sign."""
        session = before.tables["treatmentsession"].get(pk)
        if name != "discharge" or session is None or session.status != "monitoring":
            return
        reasons = oracle.shut(before, session, turn.now)
        if reasons:
            self.world.ledger.early[f"{outcome}, {'before its time' if 'time' in reasons else 'not ready'}"] += 1
        else:
            self.demand(outcome == "accepted", "the gate is open, and the discharge was refused")

    def demand(self, is_good: bool, text: str) -> None:
        """Fail with the day's story so far."""
        if not is_good:
            raise AssertionError("\n".join([text, "", *self.story[-60:]]))

    def notices(self) -> list[tuple[Any, ...]]:
        from clinic.models import Notice

        rows = Notice.objects.filter(site=self.world.cast.riverside, resolved_at__isnull=True, kind__in=HIS)
        return sorted(rows.values_list("kind", "target_kind", "target_pk", "discriminator", "text"))

    def without_history(self) -> None:
        from clinic.models import Heartbeat, Notice

        Notice.objects.filter(kind__in=HIS).delete()
        Heartbeat.objects.all().delete()

    def teardown(self) -> None:
        try:
            self.whole_look()
            verdict = chain.verified(f"site:{self.world.cast.riverside.pk}")
            self.demand(verdict.is_whole, str(verdict))
        finally:
            transaction.savepoint_rollback(self.savepoint)


HIS = tuple(kind.code for kind in KINDS)


STEPS_A_DAY, DAYS_AT_ONCE, AIMS_AT_ONCE = 100, 8, 12


def run_days(world: World, *, steps: int, first_seed: int) -> None:
    """Run days until so many steps were made; the same seed lives the same days. Their aims are what the run is short of by then."""
    goal, number = world.ledger.steps + steps, first_seed
    while world.ledger.steps < goal:
        run_some_days(world, number, lacking(world.ledger, AIMS_AT_ONCE))
        number += 1


@contextmanager
def unswept() -> Iterator[None]:
    """Looking for garbage among all of Django after every few rows took a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.unfreeze()


def run_some_days(world: World, number: int, aims: tuple[Aim, ...]) -> None:
    """Some days of one seed. Where they fail, these alone can be lived again: by their seed and their aims."""
    chosen = settings(
        max_examples=DAYS_AT_ONCE, stateful_step_count=STEPS_A_DAY, phases=[Phase.generate], database=None, deadline=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    machine = seed(number)(type("Floor", (Floor,), {"world": world, "number": number, "aims": aims}))
    try:
        with connection.execute_wrapper(lambda *said: world.written(*said)), unswept():
            run_state_machine_as_test(machine, settings=chosen)  # type: ignore[no-untyped-call]
    except BaseException as fault:
        said = json.dumps(aims)
        fault.add_note(f"To live these days again: DAYS={number} AIMS='{said}' python -m pytest tests/long/again.py -s")
        raise
