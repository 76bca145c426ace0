"""Proposals of sedation, dissociation and respiratory depression: whether, onset, until when (PMF-2, PMF-3)."""

from sessions.rules.form_facts import FormFacts
from sessions.rules.proposals.core import SOURCES, Raw, Source
from sessions.rules.reactions import reaction

WORDS = {"sedation": "sedation", "dissociation": "dissociation", "breathing": "breathing trouble"}


def sources_of(name: str) -> dict[str, Source]:
    """Whether, minutes to its beginning, minutes until it was gone; all counted from the first device (PMF-2)."""

    def happened(facts: FormFacts) -> Raw:
        found = reaction(facts, name)
        return Raw(found.has_happened, found.evidence, missing=f"Nothing recorded says whether there was {WORDS[name]}.", place="session")

    def onset(facts: FormFacts) -> Raw:
        found = reaction(facts, name)
        if found.began_at is None:
            return Raw(None, found.evidence, missing="No time of its beginning is recorded.", place="session")
        # The form's first band begins at minute 1.
        minutes = max(1, facts.minutes_in(found.began_at))
        return Raw(minutes, (f"{facts.clock(found.began_at)}, {minutes} min after the first device",))

    def resolved(facts: FormFacts) -> Raw:
        found = reaction(facts, name)
        if found.ended_at is None:
            return Raw(None, found.evidence, missing="No end of it is recorded.", place="session")
        minutes = facts.minutes_until(found.ended_at)
        return Raw(minutes, (f"{facts.clock(found.ended_at)}, {minutes} min after the first device",))

    return {f"{name}.happened": happened, f"{name}.onset": onset, f"{name}.resolved": resolved}


for _name in WORDS:
    SOURCES |= sources_of(_name)
