"""Not as planned: rules broken, decisions against warnings, visits that didn't take place, calls that were owed (OUT-3, MSG-7)."""

from datetime import date

from reports.rules.facts import SessionFacts
from reports.rules.measure import Answer, Group, Kind, Measure
from reports.rules.words import NOBODY, UNJUDGED, VISITS, VOIDED

ALL = "All visits that were booked in these days, voided ones too."


def counts(facts: SessionFacts, today: date) -> bool:
    return facts.status != "voided" and facts.treatment_on <= today


def broken(facts: SessionFacts, today: date) -> Answer | None:
    return Answer(hits=int(bool(facts.breaches)), of=1) if counts(facts, today) else None


def decided(facts: SessionFacts, today: date) -> Answer | None:
    return Answer(hits=int(bool(facts.decisions)), of=1) if counts(facts, today) else None


def had_status(facts: SessionFacts, today: date, status: str) -> Answer | None:
    return Answer(hits=int(facts.status == status), of=1) if counts(facts, today) else None


def held(facts: SessionFacts, today: date) -> Answer | None:
    return had_status(facts, today, "held")


def missed(facts: SessionFacts, today: date) -> Answer | None:
    return had_status(facts, today, "missed")


def cancelled(facts: SessionFacts, today: date) -> Answer | None:
    return had_status(facts, today, "cancelled")


def left(facts: SessionFacts, today: date) -> Answer | None:
    return had_status(facts, today, "left")


def voided(facts: SessionFacts, today: date) -> Answer | None:
    return Answer(hits=int(facts.status == "voided"), of=1)


def called_in_time(facts: SessionFacts, today: date) -> Answer | None:
    """Safety calls closed by when they were due; an open one is judged from the day after (MSG-7)."""
    judged = [call for call in facts.safety_calls if call.closed_at is not None or call.due_on < today]
    if facts.status == "voided" or not judged:
        return None
    return Answer(hits=sum(call.closed_at is not None and call.closed_at <= call.due_at for call in judged), of=len(judged))


def breach_words(facts: SessionFacts) -> str:
    return "; ".join(f"{breach.rule}: {breach.text}" for breach in facts.breaches)


def decision_words(facts: SessionFacts) -> str:
    return "; ".join(f"{one.rule}: {one.text} Because: {one.reason}" for one in facts.decisions)


G = Group.UNPLANNED
MEASURES = (
    Measure("breaches", "SET-2", G, "Where was a rule broken?", "Visits with a stored breach, whatever its rule.", VISITS, UNJUDGED, broken, Kind.SHARE, detail=breach_words),
    Measure(
        "overrides", "OUT-3", G, "Where did a prescriber decide against a warning?", "Visits with a decision and its reason, whatever its rule.",
        VISITS, UNJUDGED, decided, Kind.SHARE, detail=decision_words,
    ),
    Measure("held", "PRE-2", G, "How many visits were held?", "Here, but not dosed.", VISITS, UNJUDGED, held, Kind.SHARE),
    Measure(
        "missed", "MSG-5", G, "How many were missed?", "Nobody came.", VISITS, UNJUDGED, missed, Kind.SHARE,
    ),
    Measure("cancelled", "MSG-5", G, "How many were cancelled?", "Called off before the visit.", VISITS, UNJUDGED, cancelled, Kind.SHARE),
    Measure("left", "OUT-3", G, "How many left without a sign-off?", "Went by themselves, dosed or not.", VISITS, UNJUDGED, left, Kind.SHARE),
    Measure(
        "safety_calls", "MSG-7", G, "Were safety calls made in time?", "Calls that a clinician closed by when they were due.",
        "Calls owed after a visit of these days.", VOIDED + " Open calls that are not due yet.", called_in_time,
    ),
    Measure("voided", "OUT-4", G, "How many were voided?", "Wrong patient, twice, by mistake. They count nowhere but here.", ALL, NOBODY, voided, Kind.SHARE),
)  # fmt: skip
