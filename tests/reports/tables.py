"""One good visit, and what each measure says of it and of its changes: tables for test_rules."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from clinic.rules.presence import Presence
from reports.rules import SessionFacts
from reports.rules.facts import AlertFact, Asked, Broken, Call, CourseFact, Decision, DeviceFact, FormFact, Pressed, Reading, Terms
from sessions.rules.clocks import ClockPolicy

FIRST = datetime(2026, 6, 10, 14, tzinfo=UTC)
DAY = date(2026, 6, 10)
TODAY = date(2026, 6, 25)
FAR = date(2026, 12, 1)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def at(count: float) -> datetime:
    return FIRST + minutes(count)


def check(count: float, **fields: Any) -> Reading:
    values = {"systolic": 121, "diastolic": 77, "pulse": 70, "spo2": 98} | fields
    return Reading(at(count), values.pop("entered_at", at(count)), **values)


CLOCKS = ClockPolicy(
    gate_from_last=True, checks_from_last=False, minimum_watch=minutes(120), check_minutes=(0, 40, 120), grace=minutes(5), after=minutes(30),
    final_max_age=minutes(15), round_every=minutes(15), rest=minutes(5),
)  # fmt: skip
BEFORE, MID, END = check(-10, kind="baseline", planned_minute=0), check(40, planned_minute=40, pulse=71), check(121, planned_minute=120, pulse=73)
GOOD = SessionFacts(
    pk=1, treatment_on=DAY, status="discharged", terms=Terms(CLOCKS), arrived_at=at(-30), ended_at=at(131), ready_at=at(120),
    devices=[DeviceFact(FIRST, FIRST), DeviceFact(at(10), at(10))], readings=[BEFORE, MID, END], enrolled_on=date(2026, 1, 1),
    form=FormFact(date(2026, 6, 17), date(2026, 6, 12)), prescriber_stays=[Presence(at(-60), at(300))], course=CourseFact(dosed_days=(DAY,), first_pk=1),
)  # fmt: skip
RUNNING = {"status": "monitoring", "ended_at": None}
VOIDED = {"status": "voided"}


def clocks(**fields: Any) -> dict[str, Any]:
    return {"terms": Terms(replace(CLOCKS, **fields))}


def form(**answers: object) -> dict[str, Any]:
    return {"form": FormFact(date(2026, 6, 17), None, answers)}


def course(*offsets: int, **fields: Any) -> dict[str, Any]:
    return {"course": CourseFact(dosed_days=tuple(DAY + timedelta(days=offset) for offset in offsets), **{"first_pk": 1} | fields)}


EIGHT = (0, 3, 7, 10, 14, 17, 21, 27)
LATE_EIGHT = (*EIGHT[:-1], 28)
HIGH = [check(-10, systolic=141)]
RESTED = [check(-20, systolic=150), check(-10, systolic=140, diastolic=90)]
WEIGHED = [Decision("clear", "PRE-2", "PRE-2.pressure.7", "High.", "Anxious")]

# code, change, (hits, of) or None
COUNTS: list[tuple[str, dict[str, Any], tuple[int, int] | None]] = [
    ("watched", {}, (1, 1)),
    ("watched", {"ended_at": at(130)}, (1, 1)),
    ("watched", {"ended_at": at(129)}, (0, 1)),
    ("watched", {"ended_at": at(121)} | clocks(gate_from_last=False), (1, 1)),
    ("watched", clocks(minimum_watch=minutes(180)), (0, 1)),
    ("watched", RUNNING, None),
    ("watched", VOIDED, None),
    ("watched", {"devices": []}, None),
    ("watched_last", {"ended_at": at(129)}, (0, 1)),
    ("watched_last", {}, (1, 1)),
    ("watched_first", {"ended_at": at(120)}, (1, 1)),
    ("watched_first", {"ended_at": at(119)}, (0, 1)),
    ("pressures", {}, (1, 1)),
    ("pressures", RUNNING, None),
    ("pressure_before", {"readings": [MID, END]}, (0, 1)),
    ("pressure_before", {"readings": [check(0)]}, (1, 1)),
    ("pressure_before", RUNNING, None),
    ("pressure_mid", {"readings": [check(29)]}, (0, 1)),
    ("pressure_mid", {"readings": [check(30)]}, (1, 1)),
    ("pressure_mid", {"readings": [check(50)]}, (1, 1)),
    ("pressure_mid", {"readings": [check(51)]}, (0, 1)),
    ("pressure_mid", {"readings": [check(40, diastolic=None)]}, (0, 1)),
    ("pressure_mid", {"readings": [check(52)]} | clocks(checks_from_last=True), (1, 1)),
    ("pressure_mid", RUNNING, None),
    ("pressure_end", {"readings": [check(115)]}, (0, 1)),
    ("pressure_end", {"readings": [check(116)]}, (1, 1)),
    ("pressure_end", {"readings": [check(132)]}, (0, 1)),
    ("pressure_end", RUNNING, None),
    ("oximetry", {}, (1, 1)),
    ("oximetry", {"readings": [BEFORE]}, (0, 1)),
    ("oximetry", {"readings": [MID, check(121, spo2=None)]}, (0, 1)),
    ("oximetry", RUNNING, None),
    ("checks_taken", {}, (2, 2)),
    ("checks_taken", {"readings": [BEFORE, MID]}, (1, 2)),
    ("checks_taken", {"ended_at": at(20), "readings": []}, None),
    ("checks_taken", RUNNING, None),
    ("checks_in_time", {}, (2, 2)),
    ("checks_in_time", {"readings": [check(45, planned_minute=40), check(126, planned_minute=120)]}, (1, 2)),
    ("checks_in_time", {"readings": [check(46, planned_minute=40), check(44, planned_minute=40)]}, (1, 2)),
    ("entered_in_time", {}, (5, 5)),
    ("entered_in_time", {"readings": [check(40, entered_at=at(50)), check(60, entered_at=at(70.1))]}, (3, 4)),
    ("entered_in_time", {"devices": []}, None),
    ("no_copies", {}, (1, 1)),
    ("no_copies", {"readings": [check(80), check(40)]}, (0, 1)),
    ("no_copies", {"readings": [MID]}, None),
    ("no_copies", {"devices": []}, None),
    ("last_digit", {"readings": [check(40, systolic=120, diastolic=None), check(50, systolic=130, diastolic=81)]}, (2, 3)),
    ("last_digit", {"readings": []}, None),
    ("last_digit", VOIDED, None),
    ("seen_serious", {}, (0, 1)),
    ("seen_serious", {"serious_events": 2}, (1, 1)),
    ("seen_serious", {"serious_events": 1} | VOIDED, None),
    ("filed", {}, (1, 1)),
    ("filed", {"form": FormFact(DAY, DAY)}, (1, 1)),
    ("filed", {"form": FormFact(DAY, TODAY)}, (0, 1)),
    ("filed", {"form": FormFact(DAY, None)}, (0, 1)),
    ("filed", {"form": FormFact(TODAY, None)}, None),
    ("filed", {"form": None}, None),
    ("filed", VOIDED, None),
    ("enrolled", {}, (1, 1)),
    ("enrolled", {"enrolled_on": DAY}, (1, 1)),
    ("enrolled", {"enrolled_on": DAY + timedelta(days=1)}, (0, 1)),
    ("enrolled", {"enrolled_on": None}, (0, 1)),
    ("enrolled", {"owes_form": False}, None),
    ("enrolled", VOIDED, None),
    ("certified", {}, (1, 1)),
    ("certified", {"is_certified": False}, (0, 1)),
    ("certified", {"is_outpatient": False}, None),
    ("certified", VOIDED, None),
    ("trained", {}, (1, 1)),
    ("trained", {"devices": [*GOOD.devices, DeviceFact(FIRST, FIRST, False)]}, (0, 1)),
    ("trained", VOIDED, None),
    ("prescriber", {}, (1, 1)),
    ("prescriber", {"prescriber_stays": []}, (0, 1)),
    ("prescriber", {"prescriber_stays": [Presence(FIRST, at(60)), Presence(at(60), at(131))]}, (1, 1)),
    ("prescriber", {"prescriber_stays": [Presence(FIRST, at(60)), Presence(at(61), at(300))]}, (0, 1)),
    ("prescriber", RUNNING, None),
    ("high_weighed", {}, None),
    ("high_weighed", {"readings": []}, None),
    ("high_weighed", {"readings": RESTED}, None),
    ("high_weighed", {"readings": HIGH}, (0, 1)),
    ("high_weighed", {"readings": HIGH, "decisions": WEIGHED}, (1, 1)),
    ("high_weighed", {"readings": [check(-10), *HIGH]}, (0, 1)),
    ("high_weighed", {"readings": [*HIGH, check(-10)]}, None),
    ("high_weighed", {"readings": [check(-10, diastolic=91)], "decisions": [Decision("clear", "PRE-2", "PRE-2.spo2.7")]}, (0, 1)),
    ("high_weighed", {"readings": HIGH, "terms": Terms(CLOCKS, own_systolic=160)}, None),
    ("high_weighed", {"readings": [check(-10, diastolic=95)], "terms": Terms(CLOCKS, own_systolic=160)}, (0, 1)),
    ("high_weighed", {"readings": [check(-10, diastolic=95)], "terms": Terms(CLOCKS, own_diastolic=95)}, None),
    ("high_weighed", {"readings": HIGH} | VOIDED, None),
    ("off_schedule", {}, None),
    ("off_schedule", {"planned_dose_mg": 84}, (0, 1)),
    ("off_schedule", {"planned_dose_mg": 84, "decisions": [Decision("book", "DOS-3", "DOS-3.first_dose")]}, (1, 1)),
    ("off_schedule", course(-1, 0), (0, 1)),
    ("off_schedule", course(-3, 0, 1), None),
    ("off_schedule", {"planned_dose_mg": 84} | VOIDED, None),
    ("signed_out", {}, (1, 1)),
    ("signed_out", {"is_early": True}, (0, 1)),
    ("signed_out", {"status": "left"}, (0, 1)),
    ("signed_out", {"status": "transferred"}, None),
    ("signed_out", RUNNING, None),
    ("left_early", {}, (0, 1)),
    ("left_early", {"is_early": True}, (1, 1)),
    ("left_early", {"status": "left"}, None),
    ("departure_signed", {}, None),
    ("departure_signed", {"status": "left", "devices": [], "departed_at": at(60)}, (0, 1)),
    ("departure_signed", {"status": "left", "departed_at": at(60), "treatment_on": TODAY - timedelta(days=1)}, None),
    ("departure_signed", {"status": "left", "departed_at": at(60), "departure_signed_at": at(60) + timedelta(hours=24)}, (1, 1)),
    ("departure_signed", {"status": "left", "departed_at": at(60), "departure_signed_at": at(61) + timedelta(hours=24)}, (0, 1)),
    ("departure_signed", {"departed_at": at(60)} | VOIDED, None),
    ("breaches", {}, (0, 1)),
    ("breaches", {"breaches": [Broken("SET-2", "Nobody."), Broken("DOS-8", "No order.")]}, (1, 1)),
    ("breaches", {"treatment_on": TODAY + timedelta(days=1)}, None),
    ("breaches", VOIDED, None),
    ("overrides", {"decisions": WEIGHED}, (1, 1)),
    ("overrides", VOIDED, None),
    ("held", {"status": "held"}, (1, 1)),
    ("missed", {"status": "missed"}, (1, 1)),
    ("cancelled", {"status": "cancelled"}, (1, 1)),
    ("left", {"status": "left", "devices": []}, (1, 1)),
    ("left", {}, (0, 1)),
    ("left", VOIDED, None),
    ("voided", VOIDED, (1, 1)),
    ("voided", {}, (0, 1)),
    ("safety_calls", {}, None),
    ("safety_calls", {"safety_calls": [Call(at(60), DAY, at(60)), Call(at(60), DAY, at(61)), Call(at(60), DAY, None), Call(at(60), TODAY, None)]}, (1, 3)),
    ("safety_calls", {"safety_calls": [Call(at(60), TODAY, None)]}, None),
    ("safety_calls", {"safety_calls": [Call(at(60), DAY, at(60))]} | VOIDED, None),
    ("alerts", {}, (0, 1)),
    ("alerts", {"alerts": [AlertFact("high", FIRST, None)]}, (1, 1)),
    ("alerts", VOIDED, None),
    ("acknowledged", {}, None),
    ("acknowledged", {"alerts": [AlertFact("high", FIRST, None), AlertFact("critical", FIRST, at(2))]}, (1, 2)),
    ("acknowledged", {"alerts": [AlertFact("high", FIRST, None)], "treatment_on": TODAY} | RUNNING, None),
    ("acknowledged", {"alerts": [AlertFact("high", FIRST, None)]} | VOIDED, None),
    ("emergencies", {"emergencies": [Pressed(FIRST, None, "")]}, (1, 1)),
    ("emergencies", {"emergencies": [Pressed(FIRST, at(1), "false_alarm")]}, (0, 1)),
    ("emergencies", VOIDED, None),
    ("seen_sedation", {}, None),
    ("seen_sedation", {"readings": [check(-5, sedation=3), check(40, sedation=5)]}, (0, 1)),
    ("seen_sedation", {"readings": [check(40, sedation=4), check(60, sedation=5)]}, (1, 1)),
    ("seen_sedation", {"readings": [check(40, sedation=4)]} | VOIDED, None),
    ("seen_dissociation", {"readings": [check(40, dissociation="none"), check(50)]}, (0, 1)),
    ("seen_dissociation", {"readings": [check(40, dissociation="mild")]}, (1, 1)),
    ("seen_dissociation", {}, None),
    ("seen_pressure", {}, (0, 1)),
    ("seen_pressure", {"readings": [check(-5, systolic=190), check(40, systolic=160, diastolic=100)]}, (0, 1)),
    ("seen_pressure", {"readings": [check(40, diastolic=101)]}, (1, 1)),
    ("seen_pressure", {"readings": [check(40, diastolic=None)]}, None),
    ("sedation", {}, None),
    ("sedation", form(sedation="yes"), (1, 1)),
    ("sedation", form(sedation="no"), (0, 1)),
    ("sedation", form(sedation="yes") | VOIDED, None),
    ("raised_pressure", form(acceptable_end="no"), (1, 1)),
    ("not_ready", form(ready_minutes="121"), (1, 1)),
    ("not_ready", form(ready_minutes=120), (0, 1)),
    ("not_ready", form(), None),
]  # fmt: skip

COURSES: list[tuple[str, dict[str, Any], date, tuple[int, int] | None]] = [
    ("eight_in_time", course(*EIGHT), FAR, (1, 1)),
    ("eight_in_time", course(*LATE_EIGHT), FAR, (0, 1)),
    ("eight_in_time", course(0, 3), FAR, (0, 1)),
    ("eight_in_time", course(*EIGHT), DAY + timedelta(days=27), None),
    ("eight_in_time", course(*EIGHT), DAY + timedelta(days=28), (1, 1)),
    ("eight_in_time", course(*EIGHT, first_pk=2), FAR, None),
    ("eight_in_time", course(*EIGHT, earlier_sessions=1), FAR, None),
    ("eight_in_time", course(*EIGHT) | VOIDED, FAR, None),
    ("eight_at_all", course(*LATE_EIGHT), FAR, (1, 1)),
    ("eight_at_all", course(0, 3), FAR, (0, 1)),
    ("eight_at_all", course(0, 3), TODAY, None),
    ("adherence", course(*LATE_EIGHT), FAR, (7, 8)),
    ("adherence", course(0), TODAY, None),
]

AMOUNTS: list[tuple[str, dict[str, Any], tuple[float, ...] | None]] = [
    ("last_digits", {"readings": [check(40, systolic=120, diastolic=None), check(50, systolic=139, diastolic=81)]}, (0, 9, 1)),
    ("last_digits", {"readings": [check(40, systolic=None, diastolic=None)]}, None),
    ("last_digits", VOIDED, None),
    ("watch_minutes", {}, (121,)),
    ("watch_minutes", RUNNING, None),
    ("filing_days", {}, (2,)),
    ("filing_days", {"form": None}, None),
    ("owed_days", {"form": FormFact(DAY, None, None, (DAY, TODAY))}, (15, 0)),
    ("owed_days", {"form": FormFact(DAY, DAY)}, None),
    ("owed_days", {"form": None}, None),
    ("ready_minutes", {}, (11,)),
    ("ready_minutes", {"ready_at": None}, None),
    ("days_to_eight", course(*LATE_EIGHT), None),
    ("days_to_eight", course(0, 1, 2, 3, 4, 5, 6, 7), (7,)),
    ("alert_minutes", {"alerts": [AlertFact("high", FIRST, at(3)), AlertFact("high", FIRST, None)]}, (3,)),
    ("alert_minutes", {"alerts": [AlertFact("high", FIRST, at(3))]} | VOIDED, None),
    ("help_minutes", {"help_calls": [Asked(FIRST, at(2)), Asked(FIRST, None)]}, (2,)),
    ("help_minutes", {"help_calls": [Asked(FIRST, at(2))]} | VOIDED, None),
    ("chair_minutes", {}, (161,)),
    ("chair_use", {"booked": (at(-30), at(292))}, (50,)),
    ("chair_use", {"booked": (at(-30), at(130)), "status": "missed"}, (0,)),
    ("chair_use", {"booked": (at(-30), at(130)), "treatment_on": FAR}, None),
    ("chair_use", {"booked": (at(-30), at(130)), "arrived_at": None}, None),
    ("chair_use", {}, None),
    ("chair_minutes", {"arrived_at": None}, None),
]
