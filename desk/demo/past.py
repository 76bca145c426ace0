"""The past sessions of the demonstration, written in bulk: what was asked, given, seen and signed on each day."""

import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from clinic.models import Signature
from clinic.seals import seal
from clinic.signatures import content_digest
from desk.demo.charts import Chart
from desk.demo.house import House
from desk.demo.plan import Visit
from sessions.models import DeviceUse, Discharge, IdentityCheck, Observation, PreDoseCheck, ReadinessCheck, Round, SessionEvent, TreatmentSession
from sessions.protocol import REMS_ESKETAMINE
from sessions.rules.readiness import ITEMS
from sessions.signed_content import SCHEMA, discharge_text

READY = {item.id: item.good[0] for item in ITEMS}
MINUTE = timedelta(minutes=1)
# Who stays so long after the last device wasn't ready at two hours: 3.5 % (LIT).
SLOW = timedelta(minutes=140)
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
ENDINGS = {"missed": "Didn't come", "cancelled": "Patient called: ill", "held": "Pressure stayed high; prescriber holds"}


@dataclass
class Story:
    """One past visit as it happened, and its rows by model."""

    session: TreatmentSession
    visit: Visit
    chart: Chart
    dice: random.Random
    house: House
    rows: dict[Any, list[Any]] = field(default_factory=lambda: defaultdict(list))
    first_at: datetime = NEVER
    last_at: datetime = NEVER
    ended_at: datetime = NEVER
    base: tuple[int, int, int] = (120, 75, 70)

    def add(self, model: Any, at: datetime, by: str, **fields: Any) -> None:
        """One fact; now and then it was written down late, never after the signature."""
        user = self.house.members[by].user
        late = timedelta(minutes=self.dice.randint(12, 25)) if self.dice.random() < 0.03 else timedelta(seconds=self.dice.randint(5, 90))
        recorded_at = min(at + late, self.ended_at) if at <= self.ended_at else at
        self.rows[model].append(
            model(site=self.house.site, session=self.session, observed_at=at, recorded_at=recorded_at, recorded_by=user, **fields)
        )


def sessions(house: House, charts: list[Chart], dice: random.Random) -> list[Story]:
    """Every past visit of a site, in order of time, in a few bulk writes."""
    pairs = sorted(((visit, chart) for chart in charts for visit in chart.treatment.visits), key=lambda pair: (pair[0].starts_at, pair[0].chair))
    stories = [story_of(house, chart, visit, dice) for visit, chart in pairs]
    TreatmentSession.objects.bulk_create([story.session for story in stories], batch_size=200)
    for story in stories:
        if story.visit.outcome == "discharged":
            tell(story)
    for model in (IdentityCheck, PreDoseCheck, DeviceUse, Observation, Round, SessionEvent, ReadinessCheck):
        model.objects.bulk_create([row for story in stories for row in story.rows[model]], batch_size=500)
    sign_discharges(house, [story for story in stories if story.visit.outcome == "discharged"])
    return stories


def story_of(house: House, chart: Chart, visit: Visit, dice: random.Random) -> Story:
    start = visit.starts_at.astimezone(UTC)
    booked_at = max(start - timedelta(days=7), chart.course.opened_at)
    session = TreatmentSession(
        site=house.site, patient=chart.patient, course=chart.course, order=chart.orders[visit.dose_mg], chair=house.chairs[visit.chair],
        policy=house.policy, protocol_code=REMS_ESKETAMINE.code, protocol_version=REMS_ESKETAMINE.version, planned_dose_mg=visit.dose_mg,
        treatment_on=visit.day, starts_at=start, ends_at=start + timedelta(minutes=180), status=visit.outcome,
        status_reason=ENDINGS.get(visit.outcome, ""), way_home=chart.patient.usual_way_home, booked_at=booked_at,
        booked_by=house.of_role("front_desk")[0].user, monitor=house.of_role("monitor")[0].user,
    )  # fmt: skip
    stamp = {"missed": ("missed_at", 45), "cancelled": ("cancelled_at", -240), "held": ("held_at", 40)}.get(visit.outcome)
    if stamp is not None:
        setattr(session, stamp[0], start + timedelta(minutes=stamp[1]))
    if visit.outcome == "held":
        session.arrived_at = start
    story = Story(session, visit, chart, dice, house)
    if visit.outcome == "discharged":
        set_times(story)
    return story


def set_times(story: Story) -> None:
    """A visit that went as it should, with the drift of real days; its times are drawn before anything is written."""
    dice, start = story.dice, story.session.starts_at
    arrived = start + timedelta(minutes=dice.randint(-6, 8))
    story.first_at = arrived + timedelta(minutes=dice.randint(20, 30))
    devices = REMS_ESKETAMINE.devices_for(story.visit.dose_mg)
    story.last_at = story.first_at + (devices - 1) * timedelta(minutes=5, seconds=dice.randint(5, 50))
    overtime = dice.randint(25, 50) if dice.random() < 0.035 else dice.randint(3, 16)
    story.ended_at = story.last_at + timedelta(minutes=120 + overtime)
    set_stamps(story, arrived)


def tell(story: Story) -> None:
    """The facts of one visit, once its session has a row."""
    prepare(story, story.session.arrived_at)
    dose(story, REMS_ESKETAMINE.devices_for(story.visit.dose_mg))
    watch(story)
    leave(story)


def set_stamps(story: Story, arrived: datetime) -> None:
    session = story.session
    session.arrived_at, session.cleared_at, session.dosing_at = arrived, story.first_at - 5 * MINUTE, story.first_at - MINUTE
    session.monitoring_at, session.discharged_at = story.last_at, story.ended_at


def nurse_of(story: Story) -> str:
    """The licensed monitor of the day."""
    words = [word for word, member in story.house.members.items() if member.role == "monitor"]
    return words[story.visit.day.toordinal() % len(words)]


def prepare(story: Story, arrived: datetime) -> None:
    nurse, dice = nurse_of(story), story.dice
    story.add(IdentityCheck, arrived, nurse, moment="arrival", said_name=True, said_birth_date=True)
    asked_at = arrived + timedelta(minutes=dice.randint(5, 9))
    answers: dict[str, object] = {
        "last_food": (asked_at - timedelta(minutes=dice.randint(150, 400))).isoformat(),
        "last_drink": (asked_at - timedelta(minutes=dice.randint(45, 180))).isoformat(),
        "last_nasal": "none", "enrolment": "portal", "contraindications": [], "event_since": "no", "suicide_risk": "negative",
        "medicines": ["benzodiazepine"] if dice.random() < 0.12 else [],
    }  # fmt: skip
    if story.chart.patient.can_be_pregnant:
        answers["pregnancy"] = "no"
    story.add(PreDoseCheck, asked_at, nurse, answers=answers)
    story.base = (dice.randint(108, 136), dice.randint(64, 86), dice.randint(58, 88))
    observe(story, story.first_at - timedelta(minutes=dice.randint(6, 14)), "baseline", 0, rise=0)


def dose(story: Story, devices: int) -> None:
    nurse = nurse_of(story)
    lot = f"DEMO{story.visit.day:%y%m}{story.visit.number % 7}"
    expires_on = story.visit.day.replace(day=1) + timedelta(days=500)
    story.add(IdentityCheck, story.first_at - MINUTE, nurse, moment="dose", said_name=True, said_birth_date=True)
    for number in range(1, devices + 1):
        at = story.first_at + (story.last_at - story.first_at) * (number - 1) / max(devices - 1, 1)
        story.add(
            DeviceUse, at, nurse, number=number, route="bulk", lot=lot, expires_on=expires_on, sprays=2, label_checked=False,
            observed_by=story.house.members[nurse].user,
        )  # fmt: skip


def watch(story: Story) -> None:
    """Checks by the template, rounds between, sedation and dissociation at the published rates (LIT)."""
    dice = story.dice
    wave = 1.2 if story.visit.number <= 2 else 0.95
    is_sedated, is_dissociated = dice.random() < 0.347 * wave, dice.random() < 0.41 * wave
    for word, is_so in (("sedation", is_sedated), ("dissociation", is_dissociated)):
        if is_so:
            began = story.first_at + timedelta(minutes=dice.randint(10, 25))
            story.add(SessionEvent, began, nurse_of(story), kind=f"{word}_began")
            story.add(SessionEvent, began + timedelta(minutes=dice.randint(35, 70)), nurse_of(story), kind=f"{word}_ended")
    for minute in story.house.policy.check_minutes[1:]:
        late = dice.randint(7, 14) if dice.random() < 0.05 else dice.randint(0, 4)
        at_peak = minute == 40
        state = {
            "sedation": 4 if is_sedated and at_peak else 5,
            "dissociation": dice.choice(("mild", "moderate")) if is_dissociated and at_peak else "none",
        }
        observe(story, story.first_at + timedelta(minutes=minute + late), "planned", minute, rise={40: 14, 90: 6}.get(minute, 2), **state)
    helper = "support" if "support" in story.house.members else nurse_of(story)
    for minute in (20, 60, 75, 105):
        story.add(Round, story.first_at + timedelta(minutes=minute, seconds=dice.randint(0, 150)), helper)


def observe(story: Story, at: datetime, kind: str, minute: int | None, *, rise: int, **state: Any) -> None:
    """One check around the patient's own base; a value can't always be obtained (MON-7)."""
    dice = story.dice
    systolic, diastolic, pulse = story.base
    values: dict[str, Any] = {
        "systolic": systolic + rise + dice.randint(-5, 6), "diastolic": diastolic + rise // 2 + dice.randint(-4, 4),
        "pulse": pulse + dice.randint(-5, 7),
        "spo2": dice.choices((96, 97, 98, 99), weights=(1, 3, 4, 2))[0], "breaths": dice.randint(12, 17), "breathing": "normal",
        "sedation": 5, "dissociation": "none", "nausea": "mild" if rise > 10 and dice.random() < 0.12 else "none",
    } | state  # fmt: skip
    if kind == "planned" and dice.random() < 0.01:
        why = "Patient asked not to be disturbed"
        values |= {"systolic": None, "diastolic": None, "not_obtained": {"systolic": why, "diastolic": why}}
    story.add(Observation, min(at, story.ended_at - 9 * MINUTE), nurse_of(story), kind=kind, planned_minute=minute, **values)


def leave(story: Story) -> None:
    observe(story, story.ended_at - timedelta(minutes=story.dice.randint(10, 12)), "final", None, rise=0)
    before = story.dice.randint(2, 5)
    asked_at = story.ended_at - timedelta(minutes=before)
    story.add(SessionEvent, calm_at(story, before) if story.ended_at < story.last_at + SLOW else asked_at, nurse_of(story), kind="clinically_ready")
    story.add(ReadinessCheck, asked_at, nurse_of(story), answers=dict(READY))


def calm_at(story: Story, turn: int) -> datetime:
    """When they would have been ready without the two hours: 80–107 minutes after the first device, and not before what they felt had gone (PMF-2)."""
    felt = [row.observed_at + 2 * MINUTE for row in story.rows[SessionEvent] if row.kind.endswith("_ended")]
    return max([story.first_at + (70 + 5 * turn + story.visit.day.toordinal() % 13) * MINUTE, *felt])


def sign_discharges(house: House, stories: list[Story]) -> None:
    """Each patient was signed out by the monitor of the day, over what stood then (OUT-2)."""
    made = []
    for story in stories:
        user = house.members[nurse_of(story)].user
        made.append(
            Discharge(
                site=house.site,
                session=story.session,
                readiness=story.rows[ReadinessCheck][-1],
                discharged_at=story.ended_at,
                discharged_by=user,
                recorded_at=story.ended_at,
                client_key=uuid(story.dice),
            )
        )
    Discharge.objects.bulk_create(made, batch_size=500)
    Signature.objects.bulk_create([seal(signature_of(house, story, row)) for story, row in zip(stories, made, strict=True)], batch_size=500)


def signature_of(house: House, story: Story, row: Discharge) -> Signature:
    member = house.members[nurse_of(story)]
    facts = [fact for rows in story.rows.values() for fact in rows]
    text = discharge_text(row, story.session, story.chart.patient.uid, house.site.uid, facts)
    return Signature(
        site=house.site, signer=member.user, printed_name=member.user.printed_name, credential=member.credential, role=member.role,
        meaning=Signature.Meaning.DISCHARGE, signed_at=story.ended_at, target_kind="discharge", target_pk=row.pk,
        content_schema=SCHEMA, content_sha256=content_digest(text),
    )  # fmt: skip


def uuid(dice: random.Random) -> UUID:
    return UUID(int=dice.getrandbits(128), version=4)
