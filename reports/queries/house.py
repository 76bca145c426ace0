"""The house around the visits: confirmed stays of prescribers, certification, training (SET-1…SET-3)."""

from bisect import bisect_left
from datetime import date, datetime, timedelta
from typing import Any

from clinic.models import Certification, DutyPeriod, Site, Training
from clinic.queries.presence import LONGEST_STAY, PROOF
from clinic.rules.opening import local_day
from clinic.rules.presence import Presence, ended_at
from clinic.rules.standing import CertificationEvent, TrainingSpan, is_certified, training_standing
from reports.rules.facts import Call, DeviceFact


class House:
    """What three queries know of a site over a range of days; each day and person is judged once."""

    def __init__(self, site: Site, first: date, last: date) -> None:
        self.zone = site.zone
        self.stays = prescriber_stays(site, first, last)
        self.came = [stay.came_at for stay in self.stays]
        events = Certification.objects.filter(site=site).values_list("happened_on", "pk", "kind")
        self.events = [CertificationEvent(*event) for event in events]
        self.spans: dict[int, list[TrainingSpan]] = {}
        rows = Training.objects.filter(site=site, kind=Training.Kind.REMS).order_by("pk")
        for person, done_on, ends_on in rows.values_list("membership__user_id", "completed_on", "expires_on"):
            self.spans.setdefault(person, []).append(TrainingSpan(done_on, ends_on))
        self.certified: dict[date, bool] = {}
        self.trained: dict[tuple[int, date], bool] = {}

    def is_certified(self, day: date) -> bool:
        if day not in self.certified:
            self.certified[day] = is_certified(self.events, day)
        return self.certified[day]

    def is_trained(self, person: int, day: date) -> bool:
        if (person, day) not in self.trained:
            self.trained[person, day] = training_standing(self.spans.get(person, []), day).is_good
        return self.trained[person, day]

    def device(self, row: tuple[Any, ...], day: date) -> DeviceFact:
        entered_at, at, _, recorded_by, observed_by = row
        people = {person for person in (recorded_by, observed_by) if person is not None}
        return DeviceFact(at, entered_at, all(self.is_trained(person, day) for person in people))

    def stays_over(self, start: datetime, end: datetime) -> list[Presence]:
        """Those that touch [start, end)."""
        near = self.stays[bisect_left(self.came, start - LONGEST_STAY) : bisect_left(self.came, end)]
        return [stay for stay in near if stay.ended_at > start]

    def call(self, due_at: datetime, closed_at: datetime | None) -> Call:
        return Call(due_at, local_day(due_at, self.zone), closed_at)


def prescriber_stays(site: Site, first: date, last: date) -> list[Presence]:
    """Confirmed stays of prescribers around the days, by coming: entered by themselves, or confirmed later (SET-2)."""
    around = {"came_at__date__gte": first - timedelta(days=2), "came_at__date__lte": last + timedelta(days=2)}
    rows = DutyPeriod.objects.filter(PROOF, site=site, is_prescriber=True, **around).order_by("came_at", "pk")
    return [Presence(came_at, ended_at(left_at, lapses_at)) for came_at, left_at, lapses_at in rows.values_list("came_at", "left_at", "lapses_at")]
