"""Induction: eight sessions in 28 days, days to the eighth, and how the first four weeks were kept (DOS-3, DOS-7).

A course speaks through its first dosed session here; courses that were begun elsewhere are left out.
"""

from datetime import date, timedelta

from reports.rules.facts import SessionFacts
from reports.rules.measure import Answer, Beside, Group, Kind, Measure, amounts
from sessions.rules.planning import Adherence, CourseFacts, adherence
from sessions.rules.planning.due import INDUCTION_DAYS, INDUCTION_SESSIONS


def kept(facts: SessionFacts, today: date) -> Adherence | None:
    """How the course was kept up to today; None for any but its first session, or begun elsewhere."""
    course = facts.course
    if not facts.is_dosed or course.earlier_sessions or facts.pk != course.first_pk:
        return None
    return adherence(CourseFacts(patient_pk=0, indication=course.indication, dosed_days=course.dosed_days), on=today)


def is_served(facts: SessionFacts, today: date) -> bool:
    """The 28 days, day 0 included, are over."""
    return today >= facts.treatment_on + timedelta(days=INDUCTION_DAYS)


def eight_in_time(facts: SessionFacts, today: date) -> Answer | None:
    found = kept(facts, today)
    if found is None or not is_served(facts, today):
        return None
    return Answer(hits=int(found.days_to_eighth is not None and found.days_to_eighth < INDUCTION_DAYS), of=1)


def eight_at_all(facts: SessionFacts, today: date) -> Answer | None:
    found = kept(facts, today)
    return Answer(hits=int(found.eighth_on is not None), of=1) if found is not None and is_served(facts, today) else None


def days_to_eight(facts: SessionFacts, today: date) -> Answer | None:
    found = kept(facts, today)
    return amounts([found.days_to_eighth]) if found is not None and found.days_to_eighth is not None else None


def adhered(facts: SessionFacts, today: date) -> Answer | None:
    """Sessions of the first four weeks against the label's eight."""
    found = kept(facts, today)
    return Answer(hits=found.done, of=INDUCTION_SESSIONS) if found is not None and is_served(facts, today) else None


BEGUN = "Courses whose first dosed session was here and in these days, and whose 28 days are over."
ELSEWHERE = "Courses begun elsewhere; those still in their first 28 days."
G = Group.INDUCTION
MEASURES = (
    Measure("eight_in_time", "DOS-3", G, "Were there eight sessions in 28 days?", "The eighth was on day 27 or before.", BEGUN, ELSEWHERE, eight_in_time, Kind.SHARE),
    Measure(
        "eight_at_all", "DOS-7", G, "How many reached eight sessions?", "Eight sessions by today.", BEGUN, ELSEWHERE, eight_at_all, Kind.SHARE,
        beside=Beside("Drift is normal: 47.6–61.3 % reach eight in claims data, 75.1 % reach nine in the REMS."),
    ),
    Measure(
        "days_to_eight", "DOS-7", G, "How many days to the eighth?", "Days from the first session to the eighth.",
        "Courses whose first dosed session was here and in these days.", "Courses begun elsewhere; those that haven't reached eight.", days_to_eight,
        Kind.AMOUNT, unit="days", beside=Beside("A mean of 80 days in claims data, where the label says 28."),
    ),
    Measure(
        "adherence", "DOS-7", G, "How were the first four weeks kept?", "Sessions on days 0–27, eight at most.", "Eight for each. " + BEGUN, ELSEWHERE,
        adhered, Kind.SHARE,
    ),
)  # fmt: skip
