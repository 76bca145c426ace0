"""The watchman killed, asleep, doubled, with real processes: nothing changes but when he says it (MON-3, SET-2)."""

from datetime import timedelta

import pytest

from clinic import clock
from clinic.models import Notice
from desk.queries.board import floor_of
from reports.actions.self_audit import run_due
from sessions.queries.floor import concerns_of
from sessions.rules.concerns import KINDS
from tests.cast import NOW, Cast, make_cast
from tests.factories.clinic import on_duty
from tests.factories.sessions import at_state
from tests.machine.snapshot import Snapshot
from tests.support.fixtures import StackMaker
from tests.support.stack import LiveStack

pytestmark = pytest.mark.stack
HIS = [kind.code for kind in KINDS]


def said() -> list[tuple[object, ...]]:
    """His open notices; two of one concern would stand twice."""
    rows = Notice.objects.filter(resolved_at__isnull=True, kind__in=HIS)
    return sorted(rows.values_list("site_id", "kind", "target_kind", "target_pk", "discriminator"))


def found(cast: Cast) -> list[tuple[object, ...]]:
    """What is late by the rows alone."""
    sites = (cast.riverside, cast.hillcrest)
    return sorted((site.pk, *one.key) for site in sites for one in concerns_of(site, clock.now()))


def facts() -> dict[str, object]:
    """Everything of the sessions and the audit trail; his notices are all that he may write."""
    tables = Snapshot().tables
    del tables["notice"]
    return tables


def start_twice(stack: LiveStack) -> None:
    stack.start("worker", "beat")
    stack.children["first beat"] = stack.children.pop("beat")
    stack.children["first worker"] = stack.children.pop("worker")
    stack.start("worker", "beat")


def test_killed_asleep_and_doubled_he_changes_nothing_but_the_delay(make_stack: StackMaker) -> None:
    stack = make_stack("worker", "beat")
    stack.move_clock(NOW - clock.now())
    cast = make_cast()
    on_duty(cast.of(cast.prescriber), NOW - timedelta(hours=1), lapses_at=NOW + timedelta(hours=1))
    late = at_state("monitoring", cast, first_device_at=NOW - timedelta(minutes=44))
    at_state("monitoring", cast, first_device_at=NOW - timedelta(minutes=20), chair=cast.chairs[1])
    # The week's self-audit is somebody else's work: it has run already.
    run_due(now=clock.now(), seconds=60)
    before = facts()
    stack.move_clock(timedelta(minutes=5))
    stack.wait_until(lambda: said() == found(cast) and any(row[3] == late.pk for row in said()), seconds=60)

    stack.kill("worker")
    stack.kill("beat")
    old = said()
    stack.move_clock(timedelta(hours=3))
    assert said() == old != found(cast)
    board = repr(floor_of(cast.riverside, clock.now().replace(second=0, microsecond=0)))
    assert board.count("late")

    try:
        start_twice(stack)
        stack.wait_until(lambda: said() == found(cast), seconds=60)
    finally:
        stack.stop("beat", "first beat", "worker", "first worker")
    assert len(said()) == len(set(said())) > len(old)
    assert facts() == before
