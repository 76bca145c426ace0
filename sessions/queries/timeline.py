"""The record of one session in order of time: every fact that stands, late entries and corrections said (MON-7)."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sessions.models import Alert, DeviceUse, IdentityCheck, Observation, PreDoseCheck, ReadinessCheck, Round, SessionEvent, TreatmentSession
from sessions.picture import Picture, counted_at
from sessions.queries.presence import Absence
from sessions.rules.readiness import ITEMS
from sessions.rules.watch import minutes_late
from sessions.states import Status

ICONS = {
    SessionEvent.Kind.SEDATION_BEGAN: "moon", SessionEvent.Kind.SEDATION_ENDED: "moon", SessionEvent.Kind.DISSOCIATION_BEGAN: "waves",
    SessionEvent.Kind.DISSOCIATION_ENDED: "waves", SessionEvent.Kind.BREATHING_BEGAN: "wind", SessionEvent.Kind.BREATHING_ENDED: "wind",
    SessionEvent.Kind.PAPER: "file-text", SessionEvent.Kind.FEELS_GOOD: "message-square", SessionEvent.Kind.FEELS_SO_SO: "message-square", SessionEvent.Kind.FEELS_BAD: "triangle-alert",
    SessionEvent.Kind.CLINICALLY_READY: "badge-check", SessionEvent.Kind.MEASURE_GIVEN: "pill", SessionEvent.Kind.STOPPED_EARLY: "ban",
}  # fmt: skip
JUST = timedelta(seconds=10)
SIGNED = timedelta(minutes=1)
# As many entries and checks as a long watch has; a link shows the rest.
SHOWN, CHECKS_SHOWN = 20, 12
WITHDRAW_URL = {Observation: "check_withdraw", Round: "round_withdraw", SessionEvent: "event_withdraw"}


def timeline(picture: Picture, absences: list[Absence]) -> list[dict[str, Any]]:
    """Entries for desk/_record.html, the newest first."""
    late_after = timedelta(minutes=picture.policy.late_entry_minutes)
    facts = [
        *picture.identity_checks, *picture.predose_checks, *picture.devices, *picture.observations, *picture.rounds, *picture.events, *picture.readiness_checks,
    ]  # fmt: skip
    entries = [fact_entry(fact, late_after) for fact in facts]
    entries += [entry for alert in picture.alerts for entry in alert_entries(alert)]
    entries += [
        row_entry(row.decided_at, f"Decided: {row.text}", row.reason, "warn", "stethoscope", by=row.decided_by.printed_name)
        for row in picture.overrides
    ]
    entries += [row_entry(row.happened_at, f"Breach: {row.text}", "", "act", "flag") for row in picture.breaches]
    entries += moments(picture)
    entries += absence_entries(absences, picture.session.site.zone)
    return sorted(entries, key=lambda entry: entry["at"], reverse=True)


def moments(picture: Picture) -> list[dict[str, Any]]:
    """What the session itself keeps: when it was cleared, and when its discharge was signed."""
    marks = [("Cleared for dosing", "shield-check", picture.session.cleared_at), ("Discharge signed", "log-out", picture.session.discharged_at)]
    return [row_entry(at, title, "", "ok", icon) for title, icon, at in marks if at is not None]


def absence_entries(absences: list[Absence], zone: ZoneInfo) -> list[dict[str, Any]]:
    """The breaches that are derived: no prescriber on site; and presence that is no proof yet (SET-2)."""
    entries = []
    for one in absences:
        until = f"until {one.gap.ends_at.astimezone(zone):%H:%M}"
        if one.is_breach:
            entries.append(row_entry(one.gap.starts_at, "Breach: no prescriber on site", until, "act", "flag"))
        else:
            entries.append(
                row_entry(one.gap.starts_at, "A prescriber’s presence is not confirmed", f"{until}; a gap in reports until then", "warn", "hourglass")
            )
    return entries


def row_entry(at: datetime, title: str, text: str, tone: str, icon: str, by: str = "") -> dict[str, Any]:
    return {
        "at": at,
        "title": title,
        "text": text,
        "by": by,
        "tone": tone,
        "icon": icon,
        "late": 0,
        "day": False,
        "undo": "",
        "pk": 0,
        "recorded_at": at,
        "recorded_by_id": None,
    }


def fact_entry(fact: Any, late_after: timedelta) -> dict[str, Any]:
    """One fact, with who saw and who wrote it where they differ."""
    title, text, tone, icon = words_of(fact)
    if fact.supersedes_id is not None:
        text = f"{text + '. ' if text else ''}Corrected: {fact.reason}"
    late = minutes_late(observed_at=fact.observed_at, recorded_at=fact.recorded_at, late_after=late_after)
    return {
        "at": fact.observed_at, "title": title, "text": text, "by": people(fact), "tone": tone, "icon": icon, "late": late, "day": False,
        "undo": WITHDRAW_URL.get(type(fact), ""), "pk": fact.pk, "recorded_at": fact.recorded_at, "recorded_by_id": fact.recorded_by_id,
    }  # fmt: skip


def shown(entries: list[dict[str, Any]], checks: list[dict[str, Any]], url: str, *, is_whole: bool) -> dict[str, Any]:
    """What desk/_record.html and _checks.html show: the newest of both, the drawings that they need, how many lie before them and where all are."""
    some, last = (entries, checks) if is_whole else (entries[:SHOWN], checks[-CHECKS_SHOWN:])
    return {
        "entries": some, "icons": sorted({entry["icon"] for entry in some}), "earlier": len(entries) - len(some), "all_url": f"{url}?record=all",
        "checks": last, "earlier_checks": len(checks) - len(last),
    }  # fmt: skip


def just_saved(entries: list[dict[str, Any]], person_pk: int | None, now: datetime) -> dict[str, Any] | None:
    """What this person has just written, so that the page can say so; there is no other memory of it."""
    mine = [entry for entry in entries if entry["recorded_by_id"] == person_pk and now - entry["recorded_at"] <= JUST]
    return max(mine, key=lambda entry: entry["recorded_at"], default=None)


def just_signed(session: TreatmentSession, now: datetime) -> datetime | None:
    """When the discharge was signed, if that was a moment ago: whoever is at the page is told, for the patient goes now (OUT-2)."""
    at: datetime | None = session.discharged_at
    return at if session.status == Status.DISCHARGED and at is not None and now - at <= SIGNED else None


def people(fact: Any) -> str:
    recorder = fact.recorded_by.printed_name if fact.recorded_by else fact.get_recorded_via_display()
    if fact.observed_by is None or fact.observed_by_id == fact.recorded_by_id:
        return recorder
    return f"{fact.observed_by.printed_name}, written by {recorder}"


def words_of(fact: Any) -> tuple[str, str, str, str]:
    """Title, text, tone and icon of a fact."""
    if isinstance(fact, Observation):
        return check_words(fact)
    if isinstance(fact, DeviceUse):
        failed = ("; the device failed" if fact.has_failed else "") + second_words(fact)
        return (
            f"Device {fact.number}: {fact.sprays} {'spray' if fact.sprays == 1 else 'sprays'}",
            f"{kit_words(fact)}{failed}",
            "busy",
            "spray-can",
        )
    if isinstance(fact, SessionEvent):
        parts = [fact.what, fact.dose, fact.route, fact.effect]
        return fact.get_kind_display(), ", ".join(part for part in parts if part), "", ICONS.get(SessionEvent.Kind(fact.kind), "message-square")
    if isinstance(fact, Round):
        return "Seen: awake, breathing", "", "", "eye"
    if isinstance(fact, IdentityCheck):
        said = [word for word, was_said in (("name", fact.said_name), ("birth date", fact.said_birth_date)) if was_said]
        return f"Identity {fact.get_moment_display().lower()}", f"Said: {' and '.join(said) or 'nothing'}", "", "user-check"
    if isinstance(fact, PreDoseCheck):
        return "Pre-dose questions answered", "", "", "clipboard-check"
    assert isinstance(fact, ReadinessCheck)
    met = sum(fact.answers.get(item.id) in item.good for item in ITEMS)
    return f"Readiness: {met} of {len(ITEMS)} met", "", "", "list-checks"


def kit_words(device: DeviceUse) -> str:
    """What stood on the box; a device may be given before anybody has read it (DEV-3)."""
    lot = f"Lot {device.lot}" if device.lot else "Lot not known"
    return f"{lot}, expires {device.expires_on:%-d %b %Y}" if device.expires_on is not None else f"{lot}, expiry not known"


def second_words(device: DeviceUse) -> str:
    """Who vouched for a device, or that nobody has yet (OUT-4)."""
    second = getattr(device, "confirmed_by", None)
    if second is not None:
        return f"; time confirmed by {second.printed_name}"
    return "; waits for a second person" if counted_at(device) > device.observed_at else ""


def check_words(check: Observation) -> tuple[str, str, str, str]:
    pressure = f"{check.systolic}/{check.diastolic}" if check.systolic and check.diastolic else ""
    named = f"{check.planned_minute}-minute check" if check.kind == "planned" else check.get_kind_display()
    numbers = [pressure, f"pulse {check.pulse}" if check.pulse else "", f"SpO₂ {check.spo2}\u00a0%" if check.spo2 else ""]
    words = [
        f"MOAA/S {check.sedation}" if check.sedation is not None else "",
        f"{check.dissociation} dissociation" if check.dissociation not in ("", "none") else "",
        f"{check.get_breathing_display().lower()} breathing" if check.breathing not in ("", "normal") else "",
        {"mild": "mild nausea", "vomiting": "vomiting"}.get(check.nausea, ""),
        *(f"urgent sign: {sign.replace('_', ' ')}" for sign in check.urgent_signs),
        f"not obtained: {', '.join(sorted(check.not_obtained))} ({'; '.join(sorted(set(check.not_obtained.values())))})"
        if check.not_obtained
        else "",
        check.note,
    ]
    return ", ".join([named, *(number for number in numbers if number)]), ", ".join(word for word in words if word), "", "heart-pulse"


def alert_entries(alert: Alert) -> list[dict[str, Any]]:
    tone = "act" if alert.tier == Alert.Tier.CRITICAL else "warn"
    entries = [row_entry(alert.raised_at, f"Alert: {alert.text}", "", tone, "triangle-alert")]
    if alert.acknowledged_at:
        entries.append(row_entry(alert.acknowledged_at, "Alert acknowledged", alert.text, "", "bell"))
    if alert.closed_at:
        entries.append(row_entry(alert.closed_at, "Alert closed", alert.closed_how, "ok", "check"))
    return entries
