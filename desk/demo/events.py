"""One past serious event of the demonstration: at home, after the last session; phoned the same day, since no visit lay ahead (PMF-6)."""

import random
from datetime import UTC, datetime, time, timedelta

from desk.demo.house import House
from desk.demo.past import Story, uuid
from sessions.models import AdverseEvent, EventReport

NARRATIVE = (
    "Told by the patient's husband on the phone. Two days after the last session, at home, sudden severe headache and vomiting; "
    "taken to the emergency department, admitted overnight for observation. No bleeding on imaging. Discharged home the next day, well."
)


def serious_events(house: House, stories: list[Story], dice: random.Random) -> list[AdverseEvent]:
    """None where no course has ended long enough ago."""
    over = [story for story in stories if story.visit.outcome == "discharged" and story.chart.treatment.is_over]
    if not over:
        return []
    last = max((story for story in over if story.chart is over[0].chart), key=lambda story: story.visit.day)
    began = last.ended_at + timedelta(days=2)
    known = datetime.combine(began.astimezone(house.site.zone).date() + timedelta(days=2), time(9, 40), tzinfo=house.site.zone).astimezone(UTC)
    by = house.of_role("monitor")[0].user
    event = AdverseEvent.objects.create(
        site=house.site, patient=last.chart.patient, kind="Severe headache, overnight admission", observed_at=began, ended_at=began + timedelta(hours=20),
        recorded_at=known + timedelta(hours=1), recorded_by=by, is_serious=True, criteria=["hospitalization"], narrative=NARRATIVE, outcome="Recovered",
        client_key=uuid(dice), case=uuid(dice),
    )  # fmt: skip
    phoned_at = known + timedelta(hours=2)
    EventReport.objects.create(
        site=house.site, event=event, case=event.case, way="phone", to="rems", number="518 555 0199", spoke_with="Casey", reference="DEMO-AE-1",
        observed_at=phoned_at, recorded_at=phoned_at, recorded_by=by, client_key=uuid(dice),
    )  # fmt: skip
    return [event]
