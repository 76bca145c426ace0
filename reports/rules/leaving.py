"""Leaving: signed out with every rule met, early leavings, and the signature under a patient who simply went (OUT-3)."""

from datetime import date, timedelta

from reports.rules.facts import SessionFacts
from reports.rules.measure import Answer, Group, Kind, Measure, amounts, yes_no
from reports.rules.words import OVER, RUNNING

SIGN_WITHIN = timedelta(hours=24)


def signed_out(facts: SessionFacts, today: date) -> Answer | None:
    """Whether the patient was signed out with every rule met: not early, not gone without a word (OUT-3). A transfer isn't judged."""
    if not facts.is_over or facts.status == "transferred":
        return None
    return yes_no(facts.status == "discharged" and not facts.is_early)


def left_early(facts: SessionFacts, today: date) -> Answer | None:
    """Discharged early: by a reason and two signatures, which the database demands (OUT-3)."""
    return Answer(hits=int(facts.is_early), of=1) if facts.is_over and facts.status == "discharged" else None


def departure_signed(facts: SessionFacts, today: date) -> Answer | None:
    """Whether a prescriber signed within 24 hours how a patient went (OUT-3). Judged from the day after that on."""
    if facts.departed_at is None or facts.status == "voided":
        return None
    signed = facts.departure_signed_at
    if signed is None and today <= facts.treatment_on + SIGN_WITHIN:
        return None
    return yes_no(signed is not None and signed - facts.departed_at <= SIGN_WITHIN)


def ready_to_leaving(facts: SessionFacts, today: date) -> Answer | None:
    """Minutes from the last "clinically ready" to the sign-off."""
    if not facts.is_over or facts.status != "discharged" or facts.ready_at is None or facts.ended_at is None:
        return None
    return amounts([max(0.0, (facts.ended_at - facts.ready_at).total_seconds() / 60)])


G = Group.LEAVING
MEASURES = (
    Measure(
        "signed_out", "OUT-3", G, "Was the patient signed out with every rule met?",
        "Signed with the gate open; early discharges and patients who left without a sign-off fall short.", OVER,
        "Sessions under way, emergency transfers.", signed_out,
    ),
    Measure(
        "left_early", "OUT-3", G, "How many left early, by two signatures?", "Discharged early, with a reason and a prescriber’s second signature.",
        "Sessions that were discharged.", "Sessions under way, transfers, patients who left without a sign-off.", left_early, Kind.SHARE,
    ),
    Measure(
        "departure_signed", "OUT-3", G, "Did a prescriber sign within a day how a patient went?", "Signed within 24 hours of being seen.",
        "Patients who left without a sign-off, dosed or not.", "The day itself and the next one, while it is unsigned.", departure_signed,
    ),
    Measure(
        "ready_minutes", "MON-8", G, "How long from ready to discharged?", "Minutes from the last “clinically ready” to the sign-off.",
        "Discharged sessions with that event.", RUNNING, ready_to_leaving, Kind.AMOUNT, unit="min",
    ),
)  # fmt: skip
