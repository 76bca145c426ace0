"""How much of a payer's authorisation is used: the dosed sessions within its dates, never a stored number."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from patients.models import Authorisation
from sessions.queries.course import sprayed


@dataclass(frozen=True)
class Burn:
    """One authorisation with what is used of it."""

    authorisation: Authorisation
    used: int

    @property
    def left(self) -> int:
        return max(0, self.authorisation.sessions_granted - self.used)

    @property
    def is_used_up(self) -> bool:
        return self.left == 0


def dosed_days_of(patient_pks: Collection[int]) -> dict[int, list[date]]:
    """Patient pk → the days on which they were dosed here, of whichever course: one query."""
    days: dict[int, list[date]] = defaultdict(list)
    rows = sprayed().filter(session__patient_id__in=list(patient_pks)).order_by("session__treatment_on")
    for pk, day in rows.values_list("session__patient_id", "session__treatment_on").distinct():
        days[pk].append(day)
    return days


def burns(rows: Iterable[Authorisation], days: dict[int, list[date]]) -> list[Burn]:
    """Each with the dosed days in its dates."""
    return [Burn(row, sum(row.from_on <= day <= row.until_on for day in days.get(row.patient_id, ()))) for row in rows]
