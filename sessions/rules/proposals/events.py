"""Proposals of serious events, during the session or since the last one, as a person has recorded them (PMF-2, PMF-6)."""

from sessions.rules.form_facts import FormFacts, SeriousFact
from sessions.rules.proposals.core import SOURCES, Raw, source

LONGEST = 2000


@source("event.serious")
def serious(facts: FormFacts) -> Raw:
    """ "Yes" only where a person has recorded a serious event; "no" only where nothing at all speaks for one (PMF-6)."""
    if facts.serious:
        return Raw(True, tuple(line_of(facts, event) for event in facts.serious))
    told = facts.asked.answers.get("event_since") if facts.asked is not None else None
    signs = (
        *facts.alerts,
        *(f"{facts.clock(event.at)} given: {event.text}" for event in facts.events if event.kind == "measure_given"),
        *(
            (f"{facts.clock(facts.asked.at)} patient said {told} to “anything serious since the last session”",)
            if facts.asked is not None and told
            else ()
        ),
    )
    is_quiet = told == "no" and len(signs) == 1
    missing = "Look at what is listed and judge." if signs else "Nobody asked about the time since the last session."
    return Raw(False if is_quiet else None, signs, missing=missing, place="" if signs else "session")


def line_of(facts: FormFacts, event: SeriousFact) -> str:
    local = event.began_at.astimezone(facts.zone)
    return f"{local.day} {local:%b %Y %H:%M} recorded as serious: {event.kind}"


def listed(facts: FormFacts) -> tuple[str, ...]:
    return tuple(line_of(facts, event) for event in facts.serious)


def description(facts: FormFacts) -> Raw:
    """The narratives, numbered where there are several."""
    told = [event.narrative for event in facts.serious]
    text = told[0] if len(told) == 1 else "\n\n".join(f"{number}) {words}" for number, words in enumerate(told, start=1))
    return Raw(text[:LONGEST] or None, listed(facts))


def when(facts: FormFacts) -> Raw:
    """During this session where any was; else since the last one."""
    if not facts.serious:
        return Raw(None)
    return Raw("during" if any(event.is_during for event in facts.serious) else "since", listed(facts))


def first_on(facts: FormFacts) -> Raw:
    began = min((event.began_at for event in facts.serious), default=None)
    return Raw(began.astimezone(facts.zone).date() if began else None, listed(facts))


def outcome(facts: FormFacts) -> Raw:
    """All that apply, of all events, each once."""
    found = tuple(dict.fromkeys(word for event in facts.serious for word in event.criteria))
    return Raw(found or None, listed(facts))


def resolved(facts: FormFacts) -> Raw:
    return Raw(all(event.is_resolved for event in facts.serious) if facts.serious else None, listed(facts))


SOURCES |= {"event.description": description, "event.when": when, "event.date": first_on, "event.outcome": outcome, "event.resolved": resolved}
