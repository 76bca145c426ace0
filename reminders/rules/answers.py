"""Which one answer a text gets by itself, if any: never two to one text, and no conversation between machines (MSG-2, MSG-6)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from reminders.rules.replies import TextKind

PAUSE = timedelta(minutes=10)
# Each text with words of a crisis is answered; a machine that sends ours back is not.
MOST_OF_A_CRISIS = 3


class Answer(StrEnum):
    """What is said, by the text's kind."""

    CRISIS = "crisis"
    STOPPED = "stopped"
    STARTED = "started"
    HELP = "help"


ANSWERS: dict[TextKind, Answer] = {
    TextKind.CRISIS: Answer.CRISIS,
    TextKind.STOP: Answer.STOPPED,
    TextKind.START: Answer.STARTED,
    TextKind.HELP: Answer.HELP,
}


@dataclass(frozen=True)
class Answered:
    """An answer that was given to the same number before."""

    kind: TextKind
    at: datetime


def answer_to(kind: TextKind, *, had_stopped: bool, earlier: Collection[Answered], now: datetime) -> Answer | None:
    """The answer to a text; None where it gets none.

    `earlier`: answers to that number. `had_stopped`: it had asked for no more texts before this one; then only a crisis, START or HELP is answered.
    """
    if kind not in ANSWERS:
        return None
    lately = [one for one in earlier if one.at > now - PAUSE]
    if kind == TextKind.CRISIS:
        return Answer.CRISIS if sum(one.kind == kind for one in lately) < MOST_OF_A_CRISIS else None
    if kind == TextKind.STOP:
        # One confirmation for each time that somebody stops, and no more (MSG-2).
        return None if had_stopped else Answer.STOPPED
    return None if lately else ANSWERS[kind]
