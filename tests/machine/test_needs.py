"""Every act of the rooms that a session hangs on is a step of the machine, or is named with the reason why not."""

from tests.machine import machine  # noqa: F401  (it registers every step)
from tests.machine.aims import AFTER, TOWARDS, WHERE
from tests.machine.needs import WITHOUT_A_STEP, acts_without_a_step, moves, public_acts
from tests.machine.steps import STEPS


def test_every_act_is_a_step_or_says_why_not() -> None:
    assert acts_without_a_step() == []


def test_the_list_names_only_what_there_is() -> None:
    assert set(WITHOUT_A_STEP) <= set(public_acts())
    assert not [act for act in WITHOUT_A_STEP if act.rpartition(".")[2] in STEPS]


def test_the_ways_lead_through_steps() -> None:
    named = {*WHERE, *AFTER, *(before for _, before in AFTER.values()), *(act for ways in TOWARDS.values() for act in ways.values())}
    assert named - set(STEPS) <= {"before dose", "leave", "void what was sent", "let somebody go"}
    assert {old for old, _ in moves()} <= set(TOWARDS)
