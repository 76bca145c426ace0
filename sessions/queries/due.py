"""What somebody must do next for one patient and when: the same answer for the board, the flowsheet and the watchman (MON-3, MON-6)."""

from dataclasses import dataclass
from datetime import datetime

from sessions.models import Alert
from sessions.picture import Picture
from sessions.rules.alerts import FIELDS_OF, is_repeated
from sessions.rules.clocks import CheckState
from sessions.states import Status

WATCHED = (Status.DOSING, Status.MONITORING)
WHAT = {"pressure": "pressure", "spo2": "SpO₂", "breathing": "breathing", "sedation": "sedation"}


@dataclass(frozen=True, slots=True)
class Due:
    """The next thing and its time; `minute` names a planned check, None stands for a repeat or one of the later checks."""

    label: str
    at: datetime
    is_late: bool
    minute: int | None = None


def next_due(picture: Picture, now: datetime) -> Due | None:
    """The sooner of the next check and the repeat that an alert asks for; None unless the patient is dosed and here."""
    dues = [due for due in (check_due(picture, now), repeat_due(picture, now)) if due is not None]
    return min(dues, key=lambda due: due.at, default=None)


def check_due(picture: Picture, now: datetime) -> Due | None:
    """The next check of the site's template, or one every so many minutes after the last (MON-3)."""
    checks = picture.planned_checks(now)
    at = picture.next_check_due_at(now, checks)
    if at is None:
        return None
    is_late = now > at + picture.clock_policy.grace
    for check in checks:
        if check.state in (CheckState.LATE, CheckState.DUE, CheckState.LATER):
            return Due(f"{check.minute}-minute check", at, is_late, check.minute)
    return Due("Next check", at, is_late)


def repeat_due(picture: Picture, now: datetime) -> Due | None:
    """The repeat that an open alert of the high tier asks for, until a later check has been taken (MON-6)."""
    if picture.session.status not in WATCHED:
        return None
    newest: dict[str, Alert] = {alert.what: alert for alert in picture.open_alerts}
    waiting = [alert for alert in newest.values() if alert.repeat_due_at is not None and not is_taken_since(picture, alert)]
    if not waiting:
        return None
    first = min(waiting, key=lambda alert: alert.repeat_due_at)  # type: ignore[arg-type, return-value]
    at: datetime = first.repeat_due_at  # type: ignore[assignment]
    return Due(f"Repeat {WHAT.get(first.what, 'the check')}", at, now > at + picture.clock_policy.grace)


def is_taken_since(picture: Picture, alert: Alert) -> bool:
    """Whether a later check has looked again at what the alert is about."""
    seen = {row.pk: row.observed_at for row in picture.observations}
    alarmed_at = seen.get(alert.observation_id, alert.raised_at)
    fields = FIELDS_OF.get(alert.what, ())
    return any(
        row.observed_at > alarmed_at and is_repeated(alert.what, {name: getattr(row, name) for name in fields}) for row in picture.observations
    )
