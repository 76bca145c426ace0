"""What would be sent to one patient, played through ahead: quiet hours, too late, the week's texts (MSG-1, MSG-3)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import heapify, heappop, heappush
from zoneinfo import ZoneInfo

from reminders.rules.governor import WEEK, Budget, verdict
from reminders.rules.kinds import RULES, Kind
from reminders.rules.moments import Hours, next_allowed

LATE = "Too late to help."


@dataclass(frozen=True)
class Planned:
    kind: Kind
    due_at: datetime
    useless_at: datetime


@dataclass(frozen=True)
class Ending:
    """`why` empty: it goes out at `at`."""

    at: datetime
    why: str = ""


@dataclass(frozen=True)
class Patience:
    """What one patient's clock, site and agreement allow."""

    zone: ZoneInfo
    hours: Hours
    budget: Budget


def mail_end(one: Planned, *, allowed: Patience) -> Ending:
    at = next_allowed(one.due_at, allowed.zone, allowed.hours)
    return Ending(at, LATE if at >= one.useless_at else "")


def text_ends(
    planned: Sequence[Planned], *, allowed: Patience, sent_at: Collection[datetime], reminders: Collection[tuple[Kind, datetime]]
) -> list[Ending]:
    """How each text ends, in the order given. `sent_at` are the texts of the last week; `reminders` what the visits will ask for, and when."""
    gone, ends = list(sent_at), {index: mail_end(one, allowed=allowed) for index, one in enumerate(planned)}
    waiting = [(ends[index].at, RULES[one.kind].rank, index) for index, one in enumerate(planned) if not ends[index].why]
    heapify(waiting)
    while waiting:
        at, rank, index = heappop(waiting)
        one = planned[index]
        coming = [kind for kind, moment in reminders if at < moment <= at + WEEK]
        found = verdict(one.kind, now=at, zone=allowed.zone, budget=allowed.budget, sent_at=gone, coming=coming)
        if found is None:
            gone.append(at)
            ends[index] = Ending(at)
        elif found.not_before is None or found.not_before >= one.useless_at:
            ends[index] = Ending(at, found.why)
        else:
            later = mail_end(Planned(one.kind, found.not_before, one.useless_at), allowed=allowed)
            ends[index] = later
            if not later.why:
                heappush(waiting, (later.at, rank, index))
    return [ends[index] for index in range(len(planned))]
