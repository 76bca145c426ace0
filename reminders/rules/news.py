"""What a patient must still be told about a visit, by what they were told before: none lost, none twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from reminders.rules.kinds import Kind

# So many visits booked at once are told in one message.
SUMMARY_FROM = 2


@dataclass(frozen=True)
class Told:
    """One message that went out, or may have: its kind, and the visit's time that it told of."""

    kind: str
    slot_at: datetime


def news_of(*, is_booked: bool, slot_at: datetime, told: Sequence[Told]) -> Kind | None:
    """The news of a visit to come; None when the patient knows already, or never heard of the visit that was given up."""
    last = told[-1] if told else None
    knows_a_time = last is not None and last.kind != Kind.CANCELLED
    if not is_booked:
        return Kind.CANCELLED if knows_a_time else None
    if last is None:
        return Kind.BOOKED
    return None if knows_a_time and last.slot_at == slot_at else Kind.MOVED


def is_told(kind: Kind, *, slot_at: datetime, told: Sequence[Told]) -> bool:
    """Whether this very reminder of this very time stands as the patient's newest knowledge; moved there and back it is said again."""
    since = list(told)
    while since and any(one.slot_at != slot_at for one in since):
        since.pop(0)
    return any(one.kind == kind for one in since)
