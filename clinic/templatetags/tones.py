"""Which word, tone and icon stand for a phase, a form's state, a finding's level. Never colour alone; red is "act now"."""

from typing import NamedTuple


class Tone(NamedTuple):
    word: str
    tone: str
    icon: str


PHASES: dict[str, Tone] = {
    "booked": Tone("Booked", "plan", "calendar"),
    "arrived": Tone("Arrived", "info", "user-check"),
    "waiting": Tone("Waiting", "warn", "hourglass"),
    "cleared": Tone("Cleared", "teal", "shield-check"),
    "held": Tone("Held", "warn", "pause"),
    "dosing": Tone("Dosing", "busy", "spray-can"),
    "monitoring": Tone("Monitoring", "live", "activity"),
    "discharged": Tone("Discharged", "ok", "circle-check"),
    "left": Tone("Left, no sign-off", "warn", "door-open"),
    "transferred": Tone("Transferred", "ended", "ambulance"),
    "cancelled": Tone("Cancelled", "ended", "ban"),
    "missed": Tone("Missed", "ended", "user-x"),
    "voided": Tone("Voided", "void", "x"),
}

FORM_STATES: dict[str, Tone] = {
    "owed": Tone("Owed", "warn", "clipboard-list"),
    "amendment": Tone("Amendment owed", "warn", "file-text"),
    "complete": Tone("Complete, to send", "info", "clipboard-check"),
    "sent": Tone("Sent, no proof yet", "teal", "send"),
    "filed": Tone("Filed", "ok", "file-check"),
    "void": Tone("Void", "void", "x"),
    "not_owed": Tone("Not owed", "ended", "minus"),
    "due_today": Tone("Due today", "warn", "clock"),
    "overdue": Tone("Overdue", "act", "alarm-clock"),
}

PATIENTS: dict[str, Tone] = {
    "active": Tone("Active", "ok", "circle-check"),
    "paused": Tone("Paused", "warn", "pause"),
    "ended": Tone("Ended", "ended", "flag"),
    "deceased": Tone("Deceased", "ended", "minus"),
}

LEVELS: dict[str, Tone] = {
    "critical": Tone("Critical", "act", "siren"),
    "high": Tone("High", "warn", "triangle-alert"),
    "block": Tone("Stop", "stop", "octagon-x"),
    "decision": Tone("Prescriber decides", "warn", "stethoscope"),
    "note": Tone("Note", "info", "info"),
    "info": Tone("Note", "info", "info"),
    "ok": Tone("Good", "ok", "circle-check"),
}
