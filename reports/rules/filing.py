"""Forms: sent within seven days with proof, how many days it took, what is owed and for how long (PMF-1, PMF-5)."""

from datetime import date
from math import inf

from reports.rules.facts import SessionFacts
from reports.rules.measure import Answer, Band, Group, Kind, Measure, amounts, yes_no
from sessions.rules.deadlines import is_in_time

OWING = "Sessions that owe a form."
# A form goes out by the end of day 7; what is older is overdue (PMF-5).
AGES = (Band("0–3 days", 0, 3), Band("4–5 days", 4, 5), Band("6–7 days", 6, 7), Band("over 7 days", 8, inf))


def filed_in_time(facts: SessionFacts, today: date) -> Answer | None:
    """Whether the send that was later proven went out by the end of day 7 (PMF-5). A form that isn't due yet isn't judged."""
    form = facts.form
    if form is None or not facts.is_dosed:
        return None
    if form.proven_sent_on is None and today <= form.due_on:
        return None
    return yes_no(is_in_time(form.proven_sent_on, form.due_on))


def days_to_send(facts: SessionFacts, today: date) -> Answer | None:
    """Days from the day of treatment to the send that was proven first."""
    if facts.form is None or facts.form.proven_sent_on is None or not facts.is_dosed:
        return None
    return amounts([(facts.form.proven_sent_on - facts.treatment_on).days])


def days_owed(facts: SessionFacts, today: date) -> Answer | None:
    """The age in days of each form that isn't proven filed, amendments too (PMF-1)."""
    return amounts([(today - day).days for day in facts.form.open_since]) if facts.form is not None else None


G = Group.FORMS
MEASURES = (
    Measure(
        "filed", "PMF-5", G, "Was the monitoring form sent within seven days, with proof?",
        "The send that was proven went out by the end of day 7.", OWING, "Forms that are not due yet.", filed_in_time,
    ),
    Measure(
        "filing_days", "PMF-5", G, "How many days until it was sent?", "Days from the treatment to the send that was proven.", OWING,
        "Forms without a proven send.", days_to_send, Kind.AMOUNT, unit="days",
    ),
    Measure(
        "owed_days", "PMF-1", G, "Which forms are owed now, and for how long?", "Days since the treatment, as of today.",
        "Forms of sessions in these days that are not proven filed, corrections too.", "Void forms.", days_owed, Kind.AMOUNT, unit="days", bands=AGES,
    ),
)  # fmt: skip
