"""Where the visits of a closed day could go: each with its legal slots, none offered the same one first (DOS-5, DOS-7, DOS-9)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from clinic.models import Site
from clinic.queries import today_at
from patients.models import StandingParameters
from sessions.models import TreatmentSession
from sessions.queries.planning import course_facts, house_of
from sessions.rules.booking import Taken
from sessions.rules.planning import House, Offer, nearest_slots, wanted_at

AHEAD = timedelta(days=14)


@dataclass(frozen=True)
class Rescue:
    """One visit with its offers; the first is proposed."""

    session: TreatmentSession
    offers: list[Offer]


def rescues_of(site: Site, day: date, sessions: list[TreatmentSession], now: datetime) -> list[Rescue]:
    """From today to two weeks after the closed day; what is proposed to one visit is taken for those after it."""
    first, last = today_at(site, now), day + AHEAD
    house = house_of(site, first, last, now=now)
    longer = longer_watched(sessions)
    found = []
    for session in sessions:
        own = house_of(site, first, last, now=now, patient=session.patient).holding(house.taken) if session.patient_id in longer else house
        offers = offers_for(session, own, first, last, now)
        found.append(Rescue(session, offers))
        if offers:
            house = house.holding([held(session, offers[0])])
    return found


def longer_watched(sessions: list[TreatmentSession]) -> set[int]:
    """Patients with a minimum watch of their own (PAT-8)."""
    rows = StandingParameters.objects.filter(
        patient__in=[session.patient_id for session in sessions], ended_at__isnull=True, minimum_watch_minutes__isnull=False
    )
    return set(rows.values_list("patient_id", flat=True))


def offers_for(session: TreatmentSession, house: House, first: date, last: date, now: datetime) -> list[Offer]:
    wanted = wanted_at(session.starts_at, session.chair_id, session.planned_dose_mg, house)
    course = course_facts(session.course, now=now)
    return nearest_slots(wanted, house=house, course=course, first=first, last=last, besides=session.pk)


def held(session: TreatmentSession, offer: Offer) -> Taken:
    slot = offer.slot
    return Taken(session.pk, slot.chair_pk, session.patient_id, slot.day, slot.starts_at, slot.ends_at)
