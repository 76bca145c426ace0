"""Each measure once more, visit by visit from raw rows and by the dullest code.

Nothing of reports.rules, sessions.rules, patients.rules, the policies' queries or the standing managers is used here.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from clinic.models import Site, SitePolicy
from patients.models import StandingParameters
from sessions.models import (
    AdverseEvent,
    Alert,
    Breach,
    DeviceUse,
    Emergency,
    HelpCall,
    Observation,
    Override,
    SafetyCall,
    TreatmentSession,
)

MINUTE = timedelta(minutes=1)
# hits, of; or the values of an amount
Said = tuple[int, int] | list[float]
Answers = dict[str, Said]
GONE = ("discharged", "left", "transferred")
FIELDS = ("systolic", "diastolic", "pulse", "spo2", "breaths", "breathing", "sedation", "dissociation", "cadss", "nausea")


def standing(rows: list[Any]) -> list[Any]:
    return [row for row in rows if not row.is_withdrawn and not any(other.supersedes_id == row.pk for other in rows)]


def entry(row: Any, rows: list[Any]) -> datetime:
    while row.supersedes_id is not None:
        row = next(other for other in rows if other.pk == row.supersedes_id)
    return row.recorded_at  # type: ignore[no-any-return]


class Raw:
    """Every row of a site, read once a table, in the order of writing."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.tables: dict[Any, list[Any]] = {}

    def every(self, model: Any, *, beside: str = "") -> list[Any]:
        if model not in self.tables:
            rows = model.objects.filter(site=self.site).order_by("pk")
            self.tables[model] = list(rows.select_related(beside) if beside else rows)
        return self.tables[model]

    def of(self, model: Any, one: TreatmentSession) -> list[Any]:
        return [row for row in self.every(model) if row.session_id == one.pk]


class Visit:
    """One visit's raw rows, and what everybody asks of them."""

    def __init__(self, one: TreatmentSession, raw: Raw, today: date) -> None:
        self.one, self.raw, self.site, self.today, self.day = one, raw, raw.site, today, one.treatment_on
        self.seen, self.given = raw.of(Observation, one), raw.of(DeviceUse, one)
        self.checks = sorted(standing(self.seen), key=lambda row: (row.observed_at, row.pk))
        self.devices = [row for row in standing(self.given) if row.sprays > 0]
        times = [row.observed_at for row in self.devices]
        self.first, self.last = (min(times), max(times)) if times else (None, None)
        self.end = one.discharged_at or one.left_at or one.transferred_at
        self.is_dosed = bool(times) and one.status in ("dosing", "monitoring", *GONE)
        self.is_over = self.is_dosed and one.status in GONE
        self.policy, self.own = policy_of(one, raw), limits_of(one, raw)
        self.alerts, self.overrides = raw.of(Alert, one), raw.of(Override, one)


def policy_of(one: TreatmentSession, raw: Raw) -> SitePolicy:
    versions = sorted(raw.every(SitePolicy), key=lambda policy: policy.effective_on)
    if one.policy_id is not None:
        return next(policy for policy in versions if policy.pk == one.policy_id)
    found = versions[0]
    for policy in versions:
        if policy.effective_on <= one.treatment_on:
            found = policy
    return found


def limits_of(one: TreatmentSession, raw: Raw) -> StandingParameters | None:
    rows = [row for row in raw.every(StandingParameters) if row.patient_id == one.patient_id]
    found = [row for row in rows if row.ended_at is None and row.from_on <= one.treatment_on <= row.until_on]
    return max(found, key=lambda row: (row.from_on, row.pk)) if found else None


def floor(v: Visit) -> Answers:
    found: Answers = {"voided": (int(v.one.status == "voided"), 1)}
    if v.one.status == "voided":
        return found
    if v.day <= v.today:
        found |= {word: (int(v.one.status == word), 1) for word in ("held", "missed", "cancelled", "left")}
        if v.one.status == "missed":
            found["chair_use"] = [0.0]
        found["breaches"] = (int(len(v.raw.of(Breach, v.one)) > 0), 1)
        found["overrides"] = (int(len(v.overrides) > 0), 1)
        found["emergencies"] = (int(len([row for row in v.raw.of(Emergency, v.one) if row.outcome != "false_alarm"]) > 0), 1)
    calls = [row for row in v.raw.of(SafetyCall, v.one) if row.closed_at or row.due_at.astimezone(v.site.zone).date() < v.today]
    if calls:
        found["safety_calls"] = (len([row for row in calls if row.closed_at and row.closed_at <= row.due_at]), len(calls))
    if v.alerts and (v.end or v.day < v.today):
        found["acknowledged"] = (len([row for row in v.alerts if row.acknowledged_at]), len(v.alerts))
    minutes = {
        "alert_minutes": [(row.acknowledged_at - row.raised_at) / MINUTE for row in v.alerts if row.acknowledged_at],
        "help_minutes": [(row.answered_at - row.asked_at) / MINUTE for row in v.raw.of(HelpCall, v.one) if row.answered_at],
    }
    found |= {code: sorted(values) for code, values in minutes.items() if values}
    if v.is_dosed:
        found["alerts"] = (int(len(v.alerts) > 0), 1)
    return found


def watch(v: Visit) -> Answers:
    if not v.is_over:
        return {}
    minimum = max(v.policy.minimum_watch_minutes, (v.own.minimum_watch_minutes or 0) if v.own else 0)
    anchor = v.last if v.policy.gate_anchor == "last_device" else v.first
    found: Answers = {
        "watched": (int(v.end >= anchor + minimum * MINUTE), 1),
        "watched_last": (int(v.end >= v.last + 120 * MINUTE), 1),
        "watched_first": (int(v.end >= v.first + 120 * MINUTE), 1),
        "watch_minutes": [(v.end - v.last) / MINUTE],
    }
    full = [row.observed_at for row in v.checks if row.systolic is not None and row.diastolic is not None]
    start = v.last if v.policy.check_anchor == "last_device" else v.first
    before = len([at for at in full if at <= v.first]) > 0
    middle = len([at for at in full if start + 30 * MINUTE <= at <= start + 50 * MINUTE]) > 0
    final = len([at for at in full if v.first < at <= v.end and at >= v.end - v.policy.final_check_minutes * MINUTE]) > 0
    found |= {"pressure_before": (int(before), 1), "pressure_mid": (int(middle), 1), "pressure_end": (int(final), 1)}
    found["pressures"] = (int(before and middle and final), 1)
    after = [row.spo2 for row in v.checks if row.observed_at > v.first]
    found["oximetry"] = (int(len(after) > 0 and None not in after), 1)
    if v.one.arrived_at:
        found["chair_minutes"] = [max(0.0, (v.end - v.one.arrived_at) / MINUTE)]
        if v.day <= v.today:
            found["chair_use"] = [100 * max(0.0, (v.end - v.one.arrived_at).total_seconds()) / (v.one.ends_at - v.one.starts_at).total_seconds()]
    return found | planned(v, start)


def findings(v: Visit) -> Answers:
    """What the checks after the first device found, of those that looked; serious events whenever."""
    if not v.is_dosed:
        return {}
    serious = [row for row in standing(v.raw.of(AdverseEvent, v.one)) if row.is_serious]
    after = [row for row in v.checks if row.observed_at > v.first]
    sedation = [row.sedation < 5 for row in after if row.sedation is not None]
    dissociation = [row.dissociation != "none" for row in after if row.dissociation != ""]
    pressures = [(row.systolic, row.diastolic) for row in after if row.systolic is not None and row.diastolic is not None]
    raised = [top > v.policy.high_systolic or bottom > v.policy.high_diastolic for top, bottom in pressures]
    found = {"seen_sedation": sedation, "seen_dissociation": dissociation, "seen_pressure": raised}
    return {"seen_serious": (int(len(serious) > 0), 1)} | {code: (int(True in said), 1) for code, said in found.items() if said}


def planned(v: Visit, start: datetime) -> Answers:
    """A planned check counts when it was taken, or when its time less the grace had come before the end."""
    counted = kept = prompt = 0
    grace = v.policy.check_grace_minutes * MINUTE
    for minute in v.policy.check_minutes:
        due = start + minute * MINUTE
        times = [row.observed_at for row in v.checks if row.planned_minute == minute]
        if minute and (times or v.end >= due - grace):
            counted += 1
            kept += len(times) > 0
            prompt += len(times) > 0 and min(times) <= due + grace
    return {"checks_taken": (kept, counted), "checks_in_time": (prompt, counted)} if counted else {}


def readings(v: Visit) -> Answers:
    if not v.is_dosed:
        return {}
    rows = [(row, v.seen) for row in v.checks] + [(row, v.given) for row in v.devices]
    most = v.policy.late_entry_minutes * MINUTE
    found: Answers = {"entered_in_time": (len([1 for row, every in rows if entry(row, every) <= row.observed_at + most]), len(rows))}
    values = [value for row in v.checks for value in (row.systolic, row.diastolic) if value is not None]
    if values:
        found["last_digit"] = (len([value for value in values if str(value)[-1] == "0"]), len(values))
        found["last_digits"] = sorted(float(str(value)[-1]) for value in values)
    if len(v.checks) > 1:
        copies = 0
        for index in range(1, len(v.checks)):
            mine, before = ([getattr(v.checks[place], name) for name in FIELDS] for place in (index, index - 1))
            numbers = [value for value in mine[:4] if value is not None]
            copies += len(numbers) >= 3 and mine == before
        found["no_copies"] = (int(copies == 0), 1)
    return found


def pressure(v: Visit) -> Answers:
    taken = [row for row in v.checks if row.systolic is not None and row.diastolic is not None and v.first and row.observed_at <= v.first]
    if not v.is_dosed or not taken:
        return {}
    top, bottom = taken[-1].systolic, taken[-1].diastolic
    if top <= v.policy.predose_systolic and bottom <= v.policy.predose_diastolic:
        return {}
    most_top = v.own.predose_systolic if v.own and v.own.predose_systolic is not None else v.policy.predose_systolic
    most_bottom = v.own.predose_diastolic if v.own and v.own.predose_diastolic is not None else v.policy.predose_diastolic
    if top <= most_top and bottom <= most_bottom:
        return {}
    weighed = [row for row in v.overrides if row.finding.startswith("PRE-2.pressure.") or row.finding.startswith("PRE-2.unrepeated.")]
    return {"high_weighed": (int(len(weighed) > 0), 1)}


PARTS: list[Callable[[Visit], Answers]] = [floor, watch, findings, readings, pressure]


def naive(one: TreatmentSession, raw: Raw, today: date) -> Answers:
    """What one visit adds to each measure that speaks of it."""
    from tests.reports import naive_papers

    v = Visit(one, raw, today)
    found: Answers = {}
    for part in (*PARTS, *naive_papers.PARTS):
        found |= part(v)
    return found
