"""`make soak`: the state machine for 50,000 new steps, with what it reached; a thousand races on each engine."""

import os
import random
import subprocess
import sys

import pytest
from django.db import connection

from tests.machine.machine import run_days
from tests.machine.needs import shortfalls
from tests.machine.world import make_world
from tests.support.postgres import running_postgres

pytestmark = pytest.mark.timeout(24 * 3600)
LEAST_STEPS = int(os.environ.get("STEPS", "50000"))
ON_POSTGRES = str(LEAST_STEPS // 5)
RACES = os.environ.get("RACES", "1000")


@pytest.mark.django_db
def test_every_move_is_reached_and_none_is_unsafe() -> None:
    """Ends with the table of what was accepted and refused. The seed is told, so that a failure can be lived again (SEED)."""
    first_seed = int(os.environ.get("SEED", random.randrange(10**9)))
    print(f"\n{connection.vendor}: SEED={first_seed} STEPS={LEAST_STEPS}", flush=True)
    world, seed = make_world(), first_seed
    try:
        # On until everything was done often enough; twice as long at most.
        while world.ledger.steps < LEAST_STEPS or (shortfalls(world.ledger, LEAST_STEPS) and world.ledger.steps < 2 * LEAST_STEPS):
            run_days(world, steps=LEAST_STEPS // 20, first_seed=seed)
            print(f"{world.ledger.steps} steps, short of {len(shortfalls(world.ledger, LEAST_STEPS))} acts and moves", flush=True)
            seed += 10_000
    finally:
        print(world.ledger.told(), flush=True)
    assert shortfalls(world.ledger, LEAST_STEPS) == [], f"SEED={first_seed} STEPS={LEAST_STEPS}"


def test_the_other_engine_too() -> None:
    """A fifth of the steps on PostgreSQL."""
    with running_postgres() as url:
        again("tests/long/proof.py", "-k", "every_move", DATABASE_URL=url, STEPS=ON_POSTGRES)


@pytest.mark.parametrize("engine", ["SQLite", "PostgreSQL"])
def test_a_thousand_races_on_each_engine(engine: str) -> None:
    if engine == "SQLite":
        return again("tests/machine/test_many_races.py", RACES=RACES)
    with running_postgres() as url:
        return again("tests/machine/test_many_races.py", DATABASE_URL=url, RACES=RACES)


def again(*arguments: str, **environment: str) -> None:
    """The same in a process of its own, which may have another engine."""
    command = [sys.executable, "-m", "pytest", "-q", "-s", "-n", "0", *arguments]
    subprocess.run(command, env={**os.environ, **environment}, check=True, stdin=subprocess.DEVNULL)
