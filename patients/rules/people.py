"""Age, birth date and status of a patient (PAT-7): what is refused, what is asked about."""

from datetime import date

OLDEST = 125
UNLIKELY_AGE = 100
ADULT = 18
ACTIVE, DECEASED = "active", "deceased"


def age_on(birth_on: date, on: date) -> int:
    """Whole years; a birthday of 29 February falls on 1 March in common years."""
    return on.year - birth_on.year - ((on.month, on.day) < (birth_on.month, birth_on.day))


def birth_problem(birth_on: date, today: date) -> str:
    """Why a birth date can't be, as a sentence; empty when it can."""
    if birth_on > today:
        return "A date of birth can't lie in the future."
    if age_on(birth_on, today) > OLDEST:
        return f"Nobody is over {OLDEST} years old. Check the year."
    return ""


def birth_question(birth_on: date, today: date) -> str:
    """What is asked about an unlikely but possible birth date; empty when nothing is."""
    age = age_on(birth_on, today)
    if age > UNLIKELY_AGE:
        return f"The patient would be {age} years old. Is the year right?"
    if age < ADULT:
        return f"The patient would be {age} years old; the treatment is for adults. Is the year right?"
    return ""


def status_problem(*, old: str, new: str, reason: str) -> dict[str, str]:
    """What can't be about a change of status, by field (PAT-7). Back to active needs a reason only from deceased: that was a mistake."""
    if old == new:
        return {"status": "The patient has this status already."}
    if not reason and (new != ACTIVE or old == DECEASED):
        return {"reason": "Say why."}
    return {}


def may_be_messaged(status: str) -> bool:
    """Any status but active stops messages; asked again at the moment of sending (PAT-7)."""
    return status == ACTIVE
