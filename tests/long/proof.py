"""`make soak`: the state machine for 50,000 new steps, with what it reached; a thousand races on each engine."""

import os
import random
import subprocess
import sys
from inspect import getmembers, isfunction, unwrap
from pkgutil import iter_modules

import pytest

from sessions import actions
from sessions.rules.moves import ALLOWED
from sessions.states import Status
from tests.machine.machine import run_days
from tests.machine.steps import STEPS
from tests.machine.world import Ledger, make_world
from tests.support.postgres import running_postgres

pytestmark = pytest.mark.timeout(24 * 3600)
LEAST_STEPS = int(os.environ.get("STEPS", "50000"))
RACES = os.environ.get("RACES", "1000")
# What no person does by itself: parts of other acts, files, the watchman's own.
BESIDE = {
    "owe_form", "withdraw_form", "void_forms", "make_round", "watch_site", "keep_blank", "stored", "map_blank", "fix_policy",
}  # fmt: skip


def moves() -> list[tuple[str, str]]:
    """Every move of the table, voiding included."""
    every = [(str(old), str(new)) for old, news in ALLOWED.items() for new in news]
    return sorted(every + [(str(old), "voided") for old in Status if old != Status.VOIDED])


def acts_without_a_step() -> list[str]:
    """Verbs of the sessions room (whole transactions of their own) that no step tries yet."""
    found = set()
    for module in iter_modules(actions.__path__, f"{actions.__name__}."):
        __import__(module.name)
        for name, function in getmembers(sys.modules[module.name], isfunction):
            if function is not unwrap(function) and unwrap(function).__module__ == module.name:
                found.add(name)
    return sorted(found - set(STEPS) - BESIDE)


@pytest.mark.django_db
def test_every_move_is_reached_and_none_is_unsafe() -> None:
    """Ends with the table of what was accepted and refused. The seed is told, so that a failure can be lived again (SEED)."""
    first_seed = int(os.environ.get("SEED", random.randrange(10**9)))
    print(f"\nSEED={first_seed}\nno step for: {', '.join(acts_without_a_step())}", flush=True)
    world = make_world()
    run_days(world, steps=LEAST_STEPS, first_seed=first_seed)
    # Until every move was made often enough to prove something; four times as long at most.
    while shortfalls(world.ledger) and world.ledger.steps < 4 * LEAST_STEPS:
        first_seed += 10_000
        run_days(world, steps=LEAST_STEPS // 10, first_seed=first_seed)
    print(world.ledger.told(), flush=True)
    assert shortfalls(world.ledger) == []


def shortfalls(ledger: Ledger) -> list[str]:
    """What this run didn't try often enough to prove anything; in proportion for a shorter one."""
    share = LEAST_STEPS / 50_000
    found = [f"{old} -> {new}: {ledger.moves[old, new]} times" for old, new in moves() if ledger.moves[old, new] < 100 * share]
    early = ledger.early["refused, before its time"]
    return [*found, f"early discharge refused {early} times"] if early < 500 * share else found


@pytest.mark.parametrize("engine", ["SQLite", "PostgreSQL"])
def test_a_thousand_races_on_each_engine(engine: str) -> None:
    if engine == "SQLite":
        return race({})
    with running_postgres() as url:
        return race({"DATABASE_URL": url})


def race(environment: dict[str, str]) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "tests/machine/test_many_races.py"]
    subprocess.run(command, env={**os.environ, **environment, "RACES": RACES}, check=True, stdin=subprocess.DEVNULL)
