"""What the filed monitoring forms say, beside the published national rates (PMF-2). Findings of the flowsheet are apart: they count more."""

from collections.abc import Callable
from datetime import date

from reports.rules.facts import SessionFacts
from reports.rules.measure import Answer, Beside, Group, Kind, Measure

READY_LIMIT = 120


def answers_of(facts: SessionFacts) -> dict[str, object]:
    """The filed answers; empty without a filed form."""
    return dict(facts.form.answers or {}) if facts.is_dosed and facts.form is not None else {}


def share(hit: bool) -> Answer:
    return Answer(hits=int(hit), of=1)


def answered(field: str, word: str) -> Callable[[SessionFacts, date], Answer | None]:
    """How many forms answer a question so, of those that answer it."""

    def answer(facts: SessionFacts, today: date) -> Answer | None:
        given = answers_of(facts).get(field)
        return share(given == word) if given in ("yes", "no") else None

    return answer


def not_ready(facts: SessionFacts, today: date) -> Answer | None:
    """Ready after more than two hours, had there been no two-hour rule."""
    given = str(answers_of(facts).get("ready_minutes", ""))
    return share(int(given) > READY_LIMIT) if given.isdecimal() else None


LIT = "Nationally, as answered on REMS forms:"
FORMS = "Sessions whose form was filed, with proof, and answers the question."
OPEN = "Sessions without a filed form."
WITH = "Filed forms with that reaction."


def rate(code: str, question: str, field: str, word: str, beside: Beside, denominator: str = FORMS) -> Measure:
    numerator = f"The form answers “{word}”."
    return Measure(code, "PMF-2", Group.OUTCOMES, question, numerator, denominator, OPEN, answered(field, word), Kind.SHARE, beside=beside)


MEASURES = (
    rate("sedation", "How often is sedation answered?", "sedation", "yes", Beside(f"{LIT} 34.7 %.", 34.7)),
    rate("sedation_resolved", "Was sedation gone within two hours?", "sedation_resolved", "yes", Beside(f"{LIT} 98.7 %.", 98.7), WITH),
    rate("dissociation", "How often is dissociation answered?", "dissociation", "yes", Beside(f"{LIT} 41.0 %.", 41.0)),
    rate("dissociation_resolved", "Was dissociation gone within two hours?", "dissociation_resolved", "yes", Beside(f"{LIT} 99.2 %.", 99.2), WITH),
    rate(
        "raised_pressure", "How often were vital signs not acceptable at the end?", "acceptable_end", "no",
        Beside("Nationally raised pressure is answered for 0.9 %: a neighbour of this question, not the same one."),
    ),
    rate("serious", "How often is a serious event answered?", "serious", "yes", Beside(f"{LIT} below 0.1 %.", 0.1)),
    Measure(
        "not_ready", "PMF-2", Group.OUTCOMES, "How many were not ready at two hours?", "The form says more than 120 minutes.", FORMS, OPEN,
        not_ready, Kind.SHARE, beside=Beside(f"{LIT} 3.5 %.", 3.5),
    ),
)  # fmt: skip
