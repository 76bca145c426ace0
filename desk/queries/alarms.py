"""Open alerts as the board and the flowsheet show them: the loudest first, whether the prescriber is called, what a tap silences (MON-6)."""

from collections.abc import Iterable
from datetime import datetime

from sessions.models import Alert
from sessions.picture import Picture
from sessions.queries.concerns import is_called
from sessions.rules.alerts import ESCALATES_AFTER

NOT_TAKEN = "repeat not taken"


def loudest(alerts: Iterable[Alert]) -> Alert | None:
    """The alert that must be read first: not yet acknowledged before acknowledged, critical or escalated before high, then the newest."""
    ordered = sorted(alerts, key=lambda alert: (alert.acknowledged_at is not None, not is_urgent(alert), -alert.raised_at.timestamp()))
    return ordered[0] if ordered else None


def is_urgent(alert: Alert) -> bool:
    return alert.tier == Alert.Tier.CRITICAL or alert.escalated_at is not None


def alert_of_card(picture: Picture, now: datetime) -> dict[str, object]:
    """What a chair's card says: the loudest alert, as critical once it waits for the prescriber."""
    alert = loudest(picture.open_alerts)
    if alert is None:
        return {"alert_pk": 0, "alert_text": "", "alert_level": "", "is_acknowledged": False}
    level = Alert.Tier.CRITICAL.value if any(is_called(one, now) for one in picture.open_alerts if one.what == alert.what) else alert.tier
    more = len({other.what for other in picture.open_alerts}) - 1
    return {
        "alert_pk": alert.pk, "alert_text": f"{told(alert, now)} (+{more})" if more else told(alert, now), "alert_level": level,
        "is_acknowledged": alert.acknowledged_at is not None,
    }  # fmt: skip


def told(alert: Alert, now: datetime) -> str:
    is_waited_for = not is_urgent(alert) and is_called(alert, now)
    return f"{alert.text}, {NOT_TAKEN}" if is_waited_for else alert.text


def alert_rows(picture: Picture, now: datetime) -> list[dict[str, object]]:
    """Open alerts, one per kind: the loudest of it, since the first of it (MON-6)."""
    kinds: dict[str, list[Alert]] = {}
    for alert in picture.open_alerts:
        kinds.setdefault(alert.what, []).append(alert)
    rows = [alert_row(alerts, now) for alerts in kinds.values()]
    return sorted(rows, key=lambda row: (row["acknowledged_at"] is not None, row["tier"] != Alert.Tier.CRITICAL, row["pk"]))


def alert_row(alerts: list[Alert], now: datetime) -> dict[str, object]:
    shown = loudest(alerts)
    assert shown is not None
    calls = any(is_called(alert, now) for alert in alerts)
    return {
        "pk": shown.pk, "tier": Alert.Tier.CRITICAL.value if calls else shown.tier, "text": told(shown, now), "since": min(alert.raised_at for alert in alerts),
        "repeat_due_at": shown.repeat_due_at, "acknowledged_at": shown.acknowledged_at, "calls": calls,
    }  # fmt: skip


def escalations(picture: Picture) -> list[datetime]:
    """When time alone calls the prescriber: a repeat that isn't taken."""
    return [alert.repeat_due_at + ESCALATES_AFTER for alert in picture.open_alerts if alert.repeat_due_at is not None]
