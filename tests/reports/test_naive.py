"""Each measure once more, session by session from raw rows and by the dullest code: it must agree exactly, at clock changes and month ends too.

Nothing of reports.rules, sessions.rules or the standing managers is used on the naive side.
"""

import random
from datetime import UTC, date, datetime, timedelta

import pytest

from clinic.models import Certification, DutyPeriod, Training
from reports.queries import facts_of
from reports.rules import MEASURES, Kind, evaluate
from sessions.actions.forms import owe_form
from sessions.models import (
    Alert,
    Breach,
    DeviceUse,
    FormSend,
    MonitoringForm,
    Observation,
    Override,
    SafetyCall,
    TreatmentSession,
)
from sessions.queries.forms import forms_owed, owed_summary, rows_of
from sessions.states import FormStatus, Status
from tests.cast import Cast
from tests.factories.clinic import on_duty
from tests.factories.sessions import DeviceUseFactory, ObservationFactory, at_state
from tests.moment import NOW

# The night of the clock change in New York, the ends of months, of February and of the year.
DAYS = (date(2025, 12, 31), date(2026, 2, 28), date(2026, 3, 8), date(2026, 3, 31), date(2026, 5, 31))
FIRST, LAST = date(2025, 12, 31), date(2026, 6, 30)
ENDS = (
    Status.DISCHARGED,
    Status.DISCHARGED,
    Status.DISCHARGED,
    Status.LEFT,
    Status.TRANSFERRED,
    Status.VOIDED,
    Status.MISSED,
    Status.HELD,
    Status.CANCELLED,
)
SECOND = timedelta(seconds=1)


def a_visit(cast: Cast, dice: random.Random, day: date) -> TreatmentSession:
    """A visit with an end, devices and checks at any time, some exactly at a limit; one dice for all of it."""
    start = datetime(day.year, day.month, day.day, dice.choice([5, 6, 7, 16, 20]), dice.randrange(60), tzinfo=UTC)
    status = dice.choice(ENDS)
    end = start + timedelta(minutes=dice.choice([20, 119, 120, 125, 129, 130, 131, 150]))
    fields = {"treatment_on": day, "starts_at": start - timedelta(minutes=30)}
    session = at_state(status, cast, first_device_at=start, now=end, **fields)
    if status not in (Status.DISCHARGED, Status.LEFT, Status.TRANSFERRED):
        if status == Status.VOIDED:
            DeviceUseFactory(session=session, observed_at=start)
        return session
    if dice.random() < 0.7:
        came, left = start - timedelta(minutes=dice.choice([0, 60])), end + timedelta(minutes=dice.choice([-1, 0, 5]))
        on_duty(cast.of(cast.prescriber), came, left_at=left)
    for _ in range(dice.randrange(6)):
        kind, minute = dice.choice([("extra", None), ("planned", 40), ("planned", 120), ("final", None)])
        seen = start + timedelta(minutes=dice.choice([-1, 0, 1, 29, 30, 40, 45, 46, 50, 51, 115, 120, 125, 130]))
        row = ObservationFactory(
            session=session, observed_at=seen, recorded_at=seen + timedelta(minutes=dice.choice([0, 0, 10, 11])), kind=kind, planned_minute=minute,
            systolic=dice.choice([120, 131, 141, None]), spo2=dice.choice([98, 98, 97, None]),
        )  # fmt: skip
        if dice.random() < 0.3:
            gone = dice.random() < 0.5
            ObservationFactory(
                session=session, observed_at=seen, recorded_at=seen + timedelta(hours=2), kind=kind, planned_minute=minute, supersedes=row,
                reason="Slip", is_withdrawn=gone,
            )  # fmt: skip
    around(session, cast, dice, start)
    return session


def around(session: TreatmentSession, cast: Cast, dice: random.Random, start: datetime) -> None:
    """What may stand beside: a breach, a decision, an alert, a call, a form with its sends."""
    told = {"site": session.site, "session": session}
    if dice.random() < 0.4:
        Breach.objects.create(**told, rule="SET-2", finding="x", text="Nobody.", happened_at=start, recorded_at=start)
    if dice.random() < 0.4:
        key = f"{dice.getrandbits(128):032x}"
        Override.objects.create(
            **told, gate="clear", rule="PRE-2", finding="PRE-2.pressure.1", text="High.", reason="Weighed", decided_at=start,
            decided_by=cast.prescriber, client_key=key,
        )  # fmt: skip
    if dice.random() < 0.5:
        taken = {"acknowledged_at": start + timedelta(minutes=3), "acknowledged_by": cast.nurse} if dice.random() < 0.5 else {}
        seen = session.observations.first()
        Alert.objects.create(**told, observation=seen, tier="high", what="spo2", text="Low", raised_at=start, **taken)
    if dice.random() < 0.5:
        late = dice.choice([-SECOND, timedelta(0), SECOND])
        SafetyCall.objects.create(
            **told, why="left", raised_at=start, due_at=start, closed_at=start + late, closed_by=cast.nurse, closed_how="Reached"
        )
    form = owe_form(session, by=cast.nurse, now=start) if dice.random() < 0.8 else None
    if form is not None and dice.random() < 0.6:
        # Midnight of the site after day 7, and a second before: winter or summer time.
        at = datetime.combine(session.treatment_on + timedelta(days=8), datetime.min.time(), session.site.zone) - dice.choice([SECOND, timedelta(0)])
        proven = dice.random() < 0.8
        FormSend.objects.create(
            site=session.site, form=form, method="fax", sent_at=at, sent_by=cast.desk, recorded_at=at, outcome="proven" if proven else "failed",
            outcome_at=at, outcome_by=cast.desk, proof="1", failure="busy", client_key=f"{dice.getrandbits(128):032x}",
        )  # fmt: skip
        done = {"status": FormStatus.FILED, "filed_at": at} if proven else {"status": FormStatus.COMPLETE}
        MonitoringForm.objects.filter(pk=form.pk).update(
            completed_at=at, completed_by=cast.nurse, answers={"sedation": dice.choice(["yes", "no"])}, **done
        )


def standing(rows: list) -> list:  # type: ignore[type-arg]
    return [row for row in rows if not row.is_withdrawn and not any(other.supersedes_id == row.pk for other in rows)]


def entry(row, rows):  # type: ignore[no-untyped-def]
    while row.supersedes_id is not None:
        row = next(other for other in rows if other.pk == row.supersedes_id)
    return row.recorded_at


def naive(session: TreatmentSession, today: date) -> dict[str, tuple[int, int]]:
    """What one session adds to each measure, by looking at its rows alone. The cast's policy: 120 minutes, checks at 40 and 120, grace 5."""
    found: dict[str, tuple[int, int]] = {"voided": (int(session.status == "voided"), 1)}
    if session.status == "voided":
        return found
    found |= {word: (int(session.status == word), 1) for word in ("held", "missed", "cancelled", "left")}
    found["breaches"] = (int(Breach.objects.filter(session=session).count() > 0), 1)
    found["overrides"] = (int(Override.objects.filter(session=session).count() > 0), 1)
    found["emergencies"] = (0, 1)
    calls = list(SafetyCall.objects.filter(session=session))
    if calls:
        found["safety_calls"] = (sum(call.closed_at <= call.due_at for call in calls if call.closed_at), len(calls))
    alerts = list(Alert.objects.filter(session=session))
    if alerts:
        found["acknowledged"] = (sum(alert.acknowledged_at is not None for alert in alerts), len(alerts))
    if session.status not in ("discharged", "left", "transferred"):
        return found
    return found | naive_dosed(session, today, bool(alerts))


def naive_dosed(session: TreatmentSession, today: date, had_alert: bool) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {"alerts": (int(had_alert), 1)}
    seen, given = list(Observation.objects.filter(session=session)), list(DeviceUse.objects.filter(session=session))
    checks, devices = standing(seen), standing(given)
    end = session.discharged_at or session.left_at or session.transferred_at
    assert end is not None
    first, last = min(d.observed_at for d in devices), max(d.observed_at for d in devices)
    two_hours = timedelta(hours=2)
    found["watched"] = found["watched_last"] = (int(end - last >= two_hours), 1)
    found["watched_first"] = (int(end - first >= two_hours), 1)
    full = [c for c in checks if c.systolic is not None and c.diastolic is not None]
    before = any(c.observed_at <= first for c in full)
    middle = any(first + timedelta(minutes=30) <= c.observed_at <= first + timedelta(minutes=50) for c in full)
    final = any(first < c.observed_at <= end and c.observed_at >= end - timedelta(minutes=15) for c in full)
    found["pressure_before"], found["pressure_mid"], found["pressure_end"] = (int(before), 1), (int(middle), 1), (int(final), 1)
    found["pressures"] = (int(before and middle and final), 1)
    after = [c for c in checks if c.observed_at > first]
    found["oximetry"] = (int(len(after) > 0 and not [c for c in after if c.spo2 is None]), 1)
    found |= naive_checks(checks, first, end)
    rows = [(c, seen) for c in checks] + [(d, given) for d in devices]
    found["entered_in_time"] = (sum(entry(row, all_rows) <= row.observed_at + timedelta(minutes=10) for row, all_rows in rows), len(rows))
    values = [value for c in checks for value in (c.systolic, c.diastolic) if value is not None]
    if values:
        found["last_digit"] = (sum(str(value).endswith("0") for value in values), len(values))
    pressures = sorted([c for c in full if c.observed_at <= first], key=lambda c: c.observed_at)
    if pressures and (pressures[-1].systolic > 140 or pressures[-1].diastolic > 90):
        found["high_weighed"] = (
            int(Override.objects.filter(session=session, finding__startswith="PRE-2.pressure.").exists()),
            1,
        )
    if session.status == "discharged":
        found["signed_out"], found["left_early"] = (1, 1), (0, 1)
    if session.status == "left":
        found["signed_out"] = (0, 1)
    found["enrolled"] = (int(any(e.submitted_on <= session.treatment_on for e in session.patient.enrolments.all())), 1)
    stays = list(DutyPeriod.objects.filter(site=session.site))
    minutes = [first + timedelta(minutes=count) for count in range(int((end - first).total_seconds() // 60))]
    found["prescriber"] = (int(all(any(stay.came_at <= at < stay.left_at for stay in stays if stay.left_at) for at in minutes)), 1)
    return found | naive_house(session, devices) | naive_form(session, today)


def naive_checks(checks: list[Observation], first: datetime, end: datetime) -> dict[str, tuple[int, int]]:
    """A planned check counts when it was taken, or when its time less the grace had come before the end."""
    counted = kept = prompt = 0
    for minute in (40, 120):
        due = first + timedelta(minutes=minute)
        times = [c.observed_at for c in checks if c.planned_minute == minute]
        if times or end >= due - timedelta(minutes=5):
            counted += 1
            kept += bool(times)
            prompt += bool(times) and min(times) <= due + timedelta(minutes=5)
    return {"checks_taken": (kept, counted), "checks_in_time": (prompt, counted)} if counted else {}


def naive_house(session: TreatmentSession, devices: list[DeviceUse]) -> dict[str, tuple[int, int]]:
    day = session.treatment_on
    events = sorted(
        (event.happened_on, event.pk, event.kind) for event in Certification.objects.filter(site=session.site) if event.happened_on <= day
    )
    trained = True
    for person in {pk for device in devices for pk in (device.recorded_by_id, device.observed_by_id) if pk}:
        spans = Training.objects.filter(membership__user_id=person, site=session.site, kind="rems")
        trained &= any(span.completed_on <= day and (span.expires_on is None or span.expires_on >= day) for span in spans)
    return {"certified": (int(bool(events) and events[-1][2] != "ended"), 1), "trained": (int(trained), 1)}


def naive_form(session: TreatmentSession, today: date) -> dict[str, tuple[int, int]]:
    form = MonitoringForm.objects.filter(session=session).first()
    if form is None:
        return {}
    found = {}
    sent = [send.sent_at.astimezone(session.site.zone).date() for send in form.sends.all() if send.outcome == "proven"]
    if sent or today > session.treatment_on + timedelta(days=7):
        found["filed"] = (int(bool(sent) and min(sent) <= session.treatment_on + timedelta(days=7)), 1)
    if form.completed_at is not None:
        found["sedation"] = (int(form.answers["sedation"] == "yes"), 1)
    return found


@pytest.mark.parametrize("seed", [1, 2])
def test_the_naive_reading_agrees_exactly(seed: int, cast: Cast) -> None:
    dice = random.Random(seed)
    visits = [a_visit(cast, dice, day) for day in DAYS for _ in range(7)]
    today = NOW.astimezone(cast.riverside.zone).date()
    facts = facts_of(cast.riverside, FIRST, LAST)
    alone = {session.pk: naive(session, today) for session in visits}
    asked = {code for found in alone.values() for code in found}
    for measure in MEASURES:
        if measure.kind is Kind.AMOUNT or measure.code not in asked:
            continue
        mine = {row.pk: (row.answer.hits, row.answer.of) for row in evaluate(measure, facts, today=today).rows}
        assert mine == {pk: found[measure.code] for pk, found in alone.items() if measure.code in found}, measure.code
    assert len(asked) >= 30
    owed_everywhere_alike(cast, today)


def owed_everywhere_alike(cast: Cast, today: date) -> None:
    """The board's owed, the filing desk and the report say the same of the same rows."""
    summary = owed_summary(cast.riverside, NOW)
    desk = rows_of(cast.riverside, forms_owed(cast.riverside), NOW)
    owed = evaluate(next(one for one in MEASURES if one.code == "owed_days"), facts_of(cast.riverside, FIRST, LAST), today=today)
    assert summary.total == len(desk) == owed.counted > 0
    assert {row.form.session_id for row in desk} == {row.pk for row in owed.rows}
    assert sorted((today - row.form.treatment_on).days for row in desk) == sorted(owed.values)
