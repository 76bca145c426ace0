"""The floor: alerts and how soon somebody took them, emergencies, calls for help, time in the chair (MON-5, MON-6, MON-9)."""

from datetime import date

from reports.rules.facts import SessionFacts
from reports.rules.measure import Answer, Group, Kind, Measure, amounts
from reports.rules.words import DOSED, NOBODY, OVER, RUNNING, VISITS, VOIDED


def alerted(facts: SessionFacts, today: date) -> Answer | None:
    return Answer(hits=int(bool(facts.alerts)), of=1) if facts.is_dosed else None


def minutes_to_acknowledge(facts: SessionFacts, today: date) -> Answer | None:
    if facts.status == "voided":
        return None
    return amounts((one.acknowledged_at - one.raised_at).total_seconds() / 60 for one in facts.alerts if one.acknowledged_at is not None)


def acknowledged(facts: SessionFacts, today: date) -> Answer | None:
    """Alerts that somebody took, of sessions that are no longer under way."""
    if facts.status == "voided" or not facts.alerts or (facts.ended_at is None and facts.treatment_on >= today):
        return None
    return Answer(hits=sum(alert.acknowledged_at is not None for alert in facts.alerts), of=len(facts.alerts))


def had_emergency(facts: SessionFacts, today: date) -> Answer | None:
    """Pressed in earnest: a false alarm is none."""
    if facts.status == "voided" or facts.treatment_on > today:
        return None
    return Answer(hits=int(any(one.outcome != "false_alarm" for one in facts.emergencies)), of=1)


def minutes_of_help(facts: SessionFacts, today: date) -> Answer | None:
    if facts.status == "voided":
        return None
    return amounts((call.answered_at - call.asked_at).total_seconds() / 60 for call in facts.help_calls if call.answered_at is not None)


def chair_minutes(facts: SessionFacts, today: date) -> Answer | None:
    if not facts.is_over or facts.arrived_at is None or facts.ended_at is None:
        return None
    return amounts([max(0.0, (facts.ended_at - facts.arrived_at).total_seconds() / 60)])


def booked_share(facts: SessionFacts, today: date) -> Answer | None:
    """Per cent of the booked time from arrival to the end; nothing of it where nobody came."""
    if facts.booked is None or facts.treatment_on > today:
        return None
    if facts.status == "missed":
        return amounts([0.0])
    if not facts.is_over or facts.arrived_at is None or facts.ended_at is None:
        return None
    start, end = facts.booked
    return amounts([100 * max(0.0, (facts.ended_at - facts.arrived_at).total_seconds()) / (end - start).total_seconds()])


def alert_words(facts: SessionFacts) -> str:
    critical = sum(alert.tier == "critical" for alert in facts.alerts)
    return f"{len(facts.alerts)} raised, {critical} critical" if facts.alerts else ""


G = Group.FLOOR
MEASURES = (
    Measure("alerts", "MON-6", G, "How many sessions had an alert?", "Sessions with an alert, high or critical.", DOSED, NOBODY, alerted, Kind.SHARE, detail=alert_words),
    Measure(
        "acknowledged", "MON-6", G, "Was every alert taken by somebody?", "Alerts that were acknowledged.", "Alerts of visits in these days.",
        VOIDED + " " + RUNNING, acknowledged,
    ),
    Measure(
        "alert_minutes", "MON-6", G, "How soon was an alert taken?", "Minutes from the alert to its acknowledgement.", "Acknowledged alerts.",
        "Those that nobody took.", minutes_to_acknowledge, Kind.AMOUNT, unit="min",
    ),
    Measure(
        "emergencies", "MON-5", G, "How many visits had an emergency?", "Pressed, and no false alarm.", VISITS,
        "Emergencies without a visit; voided visits.", had_emergency, Kind.SHARE,
    ),
    Measure(
        "help_minutes", "MON-5", G, "How soon was a call for help answered?", "Minutes from the press on the screen to the answer.", "Calls that were answered.",
        "Calls that nobody answered.", minutes_of_help, Kind.AMOUNT, unit="min",
    ),
    Measure("chair_minutes", "MON-9", G, "How long is a chair taken?", "Minutes from arrival to the end.", OVER, RUNNING, chair_minutes, Kind.AMOUNT, unit="min"),
    Measure(
        "chair_use", "MON-9", G, "How much of its booked time was a chair taken?", "Per cent of the booked minutes, from arrival to the end; over 100 means longer than booked.",
        "Sessions that are over, and missed visits.", "Cancelled and held visits: their chair could be given away.", booked_share, Kind.AMOUNT, unit="%",
    ),
)  # fmt: skip
