"""How much of a payer's authorisation is used: the dosed sessions that it carries, never a stored number."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from patients.models import Authorisation
from sessions.queries.course import sprayed
from sessions.rules.authorisations import Grant, drawn


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
    """Each with the dosed days that it carries; a patient's own must all be among them, or one that is left out carries nothing."""
    listed = list(rows)
    of_patient: dict[int, list[Authorisation]] = defaultdict(list)
    for row in sorted(listed, key=lambda row: row.pk):
        of_patient[row.patient_id].append(row)
    used = {
        row.pk: grant.used
        for pk, own in of_patient.items()
        for row, grant in zip(own, drawn((grant_of(row) for row in own), days.get(pk, ())), strict=True)
    }
    return [Burn(row, used[row.pk]) for row in listed]


def grant_of(row: Authorisation) -> Grant:
    return Grant(row.from_on, row.until_on, row.sessions_granted)
