"""Two past emergencies of the demonstration: one that settled in the chair, one that was a false alarm (MON-5)."""

import random
from datetime import timedelta

from clinic.audit import Act
from desk.demo.house import House
from desk.demo.past import Story, uuid
from desk.demo.trail import act
from sessions.models import Emergency, EmergencyEntry

WHAT = "Stood up alone 70 minutes after the last device and fainted beside the chair; came round within a minute, pressure 96/58, no injury."
DONE = "Legs up, pressure every two minutes, the prescriber with the patient; 118/74 after ten minutes."
FALSE_ALARM = "Pressed by a sleeve while the tablet was cleaned."


def write(house: House, stories: list[Story], dice: random.Random) -> list[Act]:
    """The acts for the trail; none where the site is too young to have had any."""
    over = [story for story in stories if story.visit.outcome == "discharged"]
    if len(over) < 40:
        return []
    nurse, prescriber = house.of_role("monitor")[0].user, house.of_role("prescriber")[0].user
    faint, sleeve = over[-30], over[-12]
    pressed_at = faint.last_at + timedelta(minutes=70)
    session = faint.session
    settled = Emergency(
        site=house.site, session=session, patient=session.patient, chair=session.chair, pressed_at=pressed_at, recorded_at=pressed_at, recorded_by=nurse,
        client_key=uuid(dice), ended_at=pressed_at + timedelta(minutes=14), ended_by=prescriber, outcome=Emergency.Outcome.SETTLED,
    )  # fmt: skip
    false_at = sleeve.first_at + timedelta(minutes=40)
    false = Emergency(
        site=house.site, pressed_at=false_at, recorded_at=false_at, recorded_by=nurse, client_key=uuid(dice), ended_at=false_at + timedelta(minutes=1),
        ended_by=nurse, outcome=Emergency.Outcome.FALSE_ALARM, outcome_reason=FALSE_ALARM,
    )  # fmt: skip
    Emergency.objects.bulk_create([settled, false])
    EmergencyEntry.objects.bulk_create(
        EmergencyEntry(
            site=house.site, emergency=settled, kind=kind, text=text, observed_at=pressed_at + timedelta(minutes=after),
            recorded_at=pressed_at + timedelta(minutes=later), recorded_by=nurse, client_key=uuid(dice),
        ) for kind, text, after, later in (("prescriber", "", 1, 1), ("kit", "", 2, 2), ("what", WHAT, 14, 25), ("measure", DONE, 14, 25))
    )  # fmt: skip
    acts = []
    for row in (settled, false):
        patient = row.patient_id
        acts.append(act("emergency.pressed", "emergency", row.pk, row.recorded_by_id, row.pressed_at, patient, {"session": row.session_id or 0}))
        acts.append(act("emergency.ended", "emergency", row.pk, row.ended_by_id, row.ended_at, patient, {"outcome": str(row.outcome)}))
    return acts
