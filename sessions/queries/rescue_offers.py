"""Where the visits of a closed day could go: each with its legal slots, none offered the same one first (DOS-5, DOS-7, DOS-9)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from clinic.models import Site
from clinic.queries import today_at
from patients.models import StandingParameters
from sessions.models import TreatmentSession
from sessions.queries.planning import course_facts, house_of
from sessions.rules.booking import Taken
from sessions.rules.planning import CourseFacts, House, Offer, Wanted, decided_slots, nearer, nearest_slots, wanted_at

AROUND = timedelta(days=14)


@dataclass(frozen=True)
class Rescue:
    """One visit with its offers, the first of which is proposed; `marked` are nearer, and a prescriber decides on them (DOS-5)."""

    session: TreatmentSession
    offers: list[Offer]
    marked: list[Offer]


def rescues_of(site: Site, day: date, sessions: list[TreatmentSession], now: datetime) -> list[Rescue]:
    """From two weeks before the closed day, or today, to two weeks after it.

    What is proposed to one visit is taken for those after it; free slots go before marked ones.
    """
    first, last = max(today_at(site, now), day - AROUND), day + AROUND
    house = house_of(site, first, last, now=now)
    longer = longer_watched(sessions)
    places = {
        one.pk: place_for(one, house if one.patient_id not in longer else house_of(site, first, last, now=now, patient=one.patient), now)
        for one in sessions
    }
    held: list[Taken] = []
    free = {one.pk: take_first(one, places[one.pk].free(first, last, held), held) for one in sessions}
    marked = {one.pk: take_first(one, places[one.pk].marked(first, last, held, free[one.pk]), held) for one in sessions}
    return [Rescue(one, free[one.pk], marked[one.pk]) for one in sessions]


@dataclass(frozen=True)
class Place:
    """A visit that is to be moved, with house and course as they are for it."""

    session_pk: int
    wanted: Wanted
    house: House
    course: CourseFacts

    def free(self, first: date, last: date, held: list[Taken]) -> list[Offer]:
        house = self.house.holding(held)
        return nearest_slots(self.wanted, house=house, course=self.course, first=first, last=last, besides=self.session_pk)

    def marked(self, first: date, last: date, held: list[Taken], free: list[Offer]) -> list[Offer]:
        house = self.house.holding(held)
        found = decided_slots(self.wanted, house=house, course=self.course, first=first, last=last, besides=self.session_pk)
        return nearer(found, free, self.wanted)


def place_for(session: TreatmentSession, house: House, now: datetime) -> Place:
    wanted = wanted_at(session.starts_at, session.chair_id, session.planned_dose_mg, house)
    return Place(session.pk, wanted, house, course_facts(session.course, now=now))


def take_first(session: TreatmentSession, offers: list[Offer], held: list[Taken]) -> list[Offer]:
    """The same offers; the first is held for its visit."""
    held += [Taken(session.pk, one.slot.chair_pk, session.patient_id, one.slot.day, one.slot.starts_at, one.slot.ends_at) for one in offers[:1]]
    return offers


def longer_watched(sessions: list[TreatmentSession]) -> set[int]:
    """Patients with a minimum watch of their own (PAT-8)."""
    rows = StandingParameters.objects.filter(
        patient__in=[session.patient_id for session in sessions], ended_at__isnull=True, minimum_watch_minutes__isnull=False
    )
    return set(rows.values_list("patient_id", flat=True))
