"""How many texts a patient may get: at most one a day and three a week without express consent, four a week with it (MSG-1)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from reminders.rules.kinds import RULES, Kind
from reminders.rules.moments import QUIET_UNTIL, local_moment, next_allowed

WEEK = timedelta(days=7)
A_DAY_UNASKED, A_WEEK_UNASKED, A_WEEK_AGREED = 1, 3, 4


@dataclass(frozen=True)
class Budget:
    """What a patient may get. `per_day` None: no limit a day."""

    per_day: int | None
    per_week: int


@dataclass(frozen=True)
class Verdict:
    """`not_before` None: the text is dropped, `why` says it; the e-mail and the page still tell the patient."""

    why: str
    not_before: datetime | None = None


def budget_of(*, is_express: bool, per_week_agreed: int = A_WEEK_AGREED) -> Budget:
    """The limits of one patient. The law's own hold for a number that was given without express consent (MSG-1)."""
    return Budget(None, per_week_agreed) if is_express else Budget(A_DAY_UNASKED, A_WEEK_UNASKED)


def verdict(kind: Kind, *, now: datetime, zone: ZoneInfo, budget: Budget, sent_at: Collection[datetime], coming: Collection[Kind]) -> Verdict | None:
    """None: the text may go now. Every text of the last seven days counts, whatever its kind (MSG-1).

    `sent_at` are the moments of those texts, unclear ones too. `coming` are the kinds that the patient's visits of the next
    seven days will ask for: a text yields to those that matter more.
    """
    in_week = [at for at in sent_at if at > now - WEEK]
    today = now.astimezone(zone).date()
    if budget.per_day is not None and sum(at.astimezone(zone).date() == today for at in in_week) >= budget.per_day:
        tomorrow = local_moment(today + timedelta(days=1), QUIET_UNTIL, zone)
        return Verdict("One text a day is the limit without written consent.", next_allowed(tomorrow, zone))
    if len(in_week) >= budget.per_week:
        return Verdict(f"The limit of {budget.per_week} texts in seven days was reached.")
    reserved = sum(RULES[other].rank < RULES[kind].rank for other in coming)
    if len(in_week) + reserved >= budget.per_week:
        return Verdict("Left out for texts of this week that matter more.")
    return None
