"""What the flowsheet shows beside the open step: header, stepper, alerts, chart, checks and the record of everything that stands."""

from datetime import date, datetime, timedelta
from typing import Any

from clinic.models import Site
from clinic.queries import today_at
from desk.vitals_chart import Chart, Reading, vitals_chart
from sessions.models import Observation
from sessions.picture import ALL_PARTS, Picture
from sessions.queries.due import next_due
from sessions.queries.numbering import is_numbered, place_of
from sessions.queries.own_history import earlier_checks
from sessions.rules.alerts import Limits, Tier, pressure_beyond, sedation_beyond, spo2_beyond
from sessions.rules.clocks import CheckState
from sessions.rules.own_history import Span, outside, pattern
from sessions.rules.watch import minutes_late
from sessions.states import DOSED, Status
from sessions.steps import NAMES, STEPS

BEFORE_DOSE_PARTS = ("identity_checks", "predose_checks")
# In the middle of the watch the answers before the dose stand behind their own steps: two queries less.
WATCH_PARTS = tuple(part for part in ALL_PARTS if part not in BEFORE_DOSE_PARTS)
OVER = (Status.DISCHARGED, Status.LEFT, Status.TRANSFERRED)
STEP_OF = {
    Status.BOOKED: "arrive", Status.ARRIVED: "prepare", Status.WAITING: "prepare", Status.HELD: "prepare", Status.CLEARED: "dose", Status.DOSING: "dose",
    Status.MONITORING: "watch", Status.DISCHARGED: "form", Status.LEFT: "form", Status.TRANSFERRED: "form",
}  # fmt: skip
Own = dict[str, tuple[Span, ...]]
NO_HISTORY: Own = {"systolic": (), "spo2": ()}
STOPPED = (Status.CANCELLED, Status.MISSED, Status.VOIDED)


def parts_for(status: str, asked: str) -> tuple[str, ...]:
    """Which parts of the picture a page needs."""
    return WATCH_PARTS if status == Status.MONITORING and asked not in ("arrive", "prepare", "dose") else ALL_PARTS


def reachable(picture: Picture) -> set[str]:
    """The steps that can be opened: those behind, the present one, and what may be done beside it."""
    status = picture.session.status
    now_at = NAMES.index(STEP_OF.get(status, "arrive"))
    beside = {Status.DOSING: {"watch"}, Status.MONITORING: {"leave", "form"}}.get(status, set())  # type: ignore[call-overload]
    return set(NAMES[: now_at + 1]) | beside


def open_step(picture: Picture, asked: str, now: datetime) -> str:
    """The step that is shown: the one asked for where it can be, else the one whose turn it is."""
    if asked in reachable(picture):
        return asked
    status = picture.session.status
    if status == Status.MONITORING and is_time_to_leave(picture, now):
        return "leave"
    if status in OVER and not picture.sprayed:
        return "leave"
    return STEP_OF.get(status, "arrive")


def is_time_to_leave(picture: Picture, now: datetime) -> bool:
    """The gate is open, no alert is, and the final check has just been taken."""
    opens_at = picture.gate_opens_at
    last = picture.observations[-1].observed_at if picture.observations else None
    if opens_at is None or last is None or now < opens_at or picture.open_alerts:
        return False
    return now - last <= picture.clock_policy.final_max_age


def stepper(picture: Picture, shown: str, url: str) -> list[dict[str, str]]:
    """Each step with its state and its address where it can be opened."""
    status = picture.session.status
    if status in STOPPED:
        return [{"name": name, "label": label, "state": "stopped" if name == shown else "later", "href": ""} for name, label in STEPS]
    can, now_at = reachable(picture), NAMES.index(STEP_OF[status])  # type: ignore[index]
    rows = []
    for place, (name, label) in enumerate(STEPS):
        is_behind = place < max(now_at, NAMES.index(shown) if shown == "leave" else 0)
        state = "open" if name == shown else "done" if is_behind or (status in OVER and name != "form") else "later"
        rows.append({"name": name, "label": label, "state": state, "href": f"{url}?step={name}" if name in can and name != shown else ""})
    return rows


def head_of(picture: Picture, site: Site, now: datetime) -> dict[str, Any]:
    """Who, where, which phase, and the clocks that run."""
    session, patient = picture.session, picture.session.patient
    is_live = session.status in (Status.DOSING, Status.MONITORING)
    rest = picture.rest_ends_at if session.status == Status.DOSING else None
    due = next_due(picture, now)
    return {
        "patient": str(patient), "phase": session.status, "starts_at": session.starts_at, "alike": "",
        "facts": [
            {"icon": "armchair", "text": session.chair.name}, {"icon": "calendar", "text": f"Born {patient.birth_on.day} {patient.birth_on:%b %Y}"},
            {"icon": "id-card", "text": patient.mrn}, {"icon": "spray-can", "text": dose_text(picture, today_at(site, now))},
            *([{"icon": "hospital", "text": session.get_setting_display()}] if session.setting != site.default_setting else []),
            *([{"icon": "user-check", "text": session.monitor.printed_name}] if session.monitor else []),
        ],
        "first_device_at": picture.first_device_at if is_live else None,
        "gate_opens_at": picture.gate_opens_at, "gate_note": "after the last device" if picture.clock_policy.gate_from_last else "after the first device",
        "rest_ends_at": rest if rest and rest > now else None, "next_due_at": due.at if due else None, "next_due_label": due.label if due else "",
        "waiting": picture.awaiting_second if is_live else [],
    }  # fmt: skip


def dose_text(picture: Picture, today: date) -> str:
    """The dose, and which session of the course it is, unless that isn't known before its day."""
    session = picture.session
    told = planned = f"{session.planned_dose_mg} mg"
    if picture.devices:
        told = f"{picture.given_mg} mg given" + ("" if picture.given_mg == session.planned_dose_mg else f" of {planned}")
    else:
        told += " planned"
    return f"{told} · {place_of(session).own_words}" if is_numbered(session) and session.treatment_on <= today else told


def own_history(picture: Picture) -> Own:
    """The pattern of the patient's earlier sessions; one query, and none before the first device."""
    if picture.first_device_at is None:
        return NO_HISTORY
    earlier = earlier_checks(picture.session)
    return {name: pattern(earlier, name) for name in NO_HISTORY}


def minute_of(moment: datetime, first: datetime) -> float:
    return (moment - first).total_seconds() / 60


def chart_of(picture: Picture, now: datetime, own: Own = NO_HISTORY) -> Chart | None:
    """The vitals over the two hours; None before there is anything to draw. `own` is what earlier sessions looked like."""
    first = picture.first_device_at
    if first is None:
        return None
    readings = [Reading(minute_of(row.observed_at, first), row.systolic, row.diastolic, row.spo2, row.pulse) for row in picture.observations]
    start = picture.last_device_at if picture.clock_policy.checks_from_last else first
    shift = minute_of(start, first) if start else 0
    planned = [(round(check.minute + shift), str(check.state)) for check in picture.planned_checks(now)]
    gate, is_live = picture.gate_opens_at, picture.session.status in DOSED and picture.session.status not in OVER
    return vitals_chart(
        readings,
        planned,
        picture.limits,
        now_minute=minute_of(now, first) if is_live else None,
        gate_minute=minute_of(gate, first) if gate else None,
        own=(own["systolic"], own["spo2"]),
    )


def check_rows(picture: Picture, now: datetime, own: Own = NO_HISTORY) -> list[dict[str, object]]:
    """The checks as a table, with what was missed in its place (MON-7)."""
    first = picture.first_device_at
    late_after = timedelta(minutes=picture.policy.late_entry_minutes)
    rows = [check_row(row, first, picture, late_after) | {"own": unlike(row, first, own)} for row in picture.observations]
    missed = [check for check in picture.planned_checks(now) if check.state is CheckState.MISSED]
    rows += [
        {"pk": 0, "at": check.due_at, "minute": check.minute, "missed": f"nobody took the {check.minute}-minute check", "late": 0} for check in missed
    ]
    return sorted(rows, key=lambda row: row["at"])  # type: ignore[arg-type, return-value]


def check_row(row: Observation, first: datetime | None, picture: Picture, late_after: timedelta) -> dict[str, object]:
    return {
        "pk": row.pk, "at": row.observed_at, "minute": round(minute_of(row.observed_at, first)) if first else "–", "missed": "", **beyond(row, picture.limits),
        "pressure": f"{row.systolic}/{row.diastolic}" if row.systolic and row.diastolic else "n/o", "pulse": told(row.pulse), "spo2": told(row.spo2),
        "sedation": told(row.sedation), "dissociation": row.get_dissociation_display() or "n/o", "by": initials(row.observed_by or row.recorded_by),
        "late": minutes_late(observed_at=row.observed_at, recorded_at=row.recorded_at, late_after=late_after), "is_corrected": row.supersedes_id is not None,
        "reasons": ", ".join(sorted(set(row.not_obtained.values()))), "note": row.note,
    }  # fmt: skip


def beyond(row: Observation, limits: Limits) -> dict[str, str]:
    """Which of the columns lies beyond the limits, and how far. A high one before the dose is the gate's affair (PRE-2)."""
    values = {"systolic": row.systolic, "diastolic": row.diastolic, "spo2": row.spo2, "sedation": row.sedation}
    found = [judge(values, limits) for judge in (pressure_beyond, spo2_beyond, sedation_beyond)]
    tiers = {one.what: one.tier for one in found if one is not None and (one.tier is Tier.CRITICAL or row.kind != Observation.Kind.BASELINE)}
    return {f"{what}_level": str(tiers.get(what, "")) for what in ("pressure", "spo2", "sedation")}


def unlike(row: Observation, first: datetime | None, own: Own) -> str:
    """A note where a reading isn't like this patient's own; never an alert."""
    if first is None:
        return ""
    minute = minute_of(row.observed_at, first)
    return "; ".join(filter(None, (outside(name, getattr(row, name), minute, own[name]) for name in own)))


def told(value: object) -> str:
    return "n/o" if value is None else str(value)


def initials(person: object) -> str:
    return "".join(word[0] for word in str(person).split()[:3]).upper() if person else ""
