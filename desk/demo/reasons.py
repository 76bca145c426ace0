"""The past's doses and intervals outside of the label's schedule: a prescriber decided on nearly all, with a reason (DOS-5)."""

import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

from clinic.audit import Act
from clinic.findings import Finding, decisions
from desk.demo.house import House
from desk.demo.past import Story, uuid
from desk.demo.trail import act
from patients.rules.course import course_position
from patients.rules.dosing import course_findings
from sessions.models import Override
from sessions.models.exceptions import Gate
from sessions.protocol import REMS_ESKETAMINE

REASONS = (
    "Missed visits; going on at the present dose after we talked it over.",
    "Away for two weeks; no worsening, the rhythm goes on.",
    "Partial response; a closer rhythm for now, seen again next week.",
)
FORGOTTEN = 0.1


def write(house: House, stories: list[Story], dice: random.Random) -> list[Act]:
    """Beside each warning the decision that let it pass, shortly before clearing; now and then nobody wrote one down."""
    prescriber = house.of_role("prescriber")[0].user
    rows = []
    for story, against in off_schedule(stories):
        if dice.random() < FORGOTTEN:
            continue
        assert story.session.cleared_at is not None
        at, reason = story.session.cleared_at - timedelta(minutes=2), dice.choice(REASONS)
        rows += [
            Override(
                site=house.site, session=story.session, gate=Gate.CLEAR, rule=finding.rule, finding=finding.key, text=finding.text[:300], reason=reason,
                decided_at=at, decided_by=prescriber, client_key=uuid(dice),
            )
            for finding in against
        ]  # fmt: skip
    made = Override.objects.bulk_create(rows, batch_size=200)
    return [told(row) for row in made]


def told(row: Override) -> Act:
    changes: dict[str, object] = {"gate": row.gate, "rule": row.rule, "finding": row.finding}
    return act("session.decided", "treatmentsession", row.session_id, row.decided_by_id, row.decided_at, row.session.patient_id, changes)


def off_schedule(stories: list[Story]) -> Iterator[tuple[Story, list[Finding]]]:
    """Dosed visits in order of time with what the label says against them."""
    days: dict[int, list[date]] = defaultdict(list)
    for story in stories:
        if story.visit.outcome != "discharged":
            continue
        course, on, before = story.chart.course, story.visit.day, days[story.chart.patient.pk]
        position = course_position(
            course.indication, None, before, course.earlier_sessions, course.earlier_first_on, on, earlier_last_on=course.earlier_last_on
        )
        found = course_findings(position=position, dose_mg=story.visit.dose_mg, dosed_days=before, on=on, protocol=REMS_ESKETAMINE)
        if against := decisions(found):
            yield story, against
        before.append(on)
