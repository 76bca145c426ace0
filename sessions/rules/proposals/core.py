"""What a proposal is, the register of its sources, and how a raw value becomes an answer of the field's kind (PMF-4)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sessions.rules.definition import Definition, FieldSpec, Kind
from sessions.rules.form_facts import FormFacts

NOT_OBTAINED = "not_obtained"


@dataclass(frozen=True, slots=True)
class Raw:
    """What a source found: a value that the field's kind shapes, the evidence, and where a missing one is mended."""

    value: str | int | bool | date | tuple[str, ...] | None
    evidence: tuple[str, ...] = ()
    missing: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """`value` is empty when nothing can be proposed; then `missing` says why and `place` where to mend it."""

    value: str | list[str]
    evidence: tuple[str, ...] = ()
    missing: str = ""
    place: str = ""


Source = Callable[[FormFacts], Raw]
SOURCES: dict[str, Source] = {}


def source(name: str) -> Callable[[Source], Source]:
    """Give a function the name under which a definition asks for it."""

    def named(function: Source) -> Source:
        SOURCES[name] = function
        return function

    return named


def propose(definition: Definition, facts: FormFacts) -> dict[str, Proposal]:
    """A proposal for each field of a definition, by field id (PMF-4)."""
    return {spec.id: proposal_for(spec, facts) for spec in definition.fields}


def proposal_for(spec: FieldSpec, facts: FormFacts) -> Proposal:
    if not spec.propose:
        return Proposal("")
    raw = SOURCES[spec.propose](facts)
    value = "" if raw.value is None else shaped(spec, raw.value)
    missing = raw.missing or ("" if value or raw.value is None else "What was recorded fits none of the answers.")
    return Proposal(value, raw.evidence, missing if not value else "", raw.place if not value else "")


def shaped(spec: FieldSpec, value: str | int | bool | date | tuple[str, ...]) -> str | list[str]:
    """A raw value as an answer of the field's kind; empty when none of its choices fits."""
    if spec.kind is Kind.BAND:
        return next((choice.value for choice in spec.choices if choice.least <= as_minutes(value) <= choice.most), "")
    if spec.kind is Kind.YES_NO:
        is_yes = as_minutes(value) <= spec.limit if spec.limit else bool(value)
        return "yes" if is_yes else "no"
    if spec.kind is Kind.CHOICE:
        return chosen(spec, str(value))
    if spec.kind is Kind.MANY:
        picked = [chosen(spec, word) for word in (value if isinstance(value, tuple) else (str(value),))]
        return list(dict.fromkeys(word for word in picked if word))
    if isinstance(value, date):
        return value.isoformat()
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def as_minutes(value: object) -> int:
    return value if isinstance(value, int) else 0


def chosen(spec: FieldSpec, value: str) -> str:
    """The choice itself, else "other" where the form has one."""
    values = {choice.value for choice in spec.choices}
    return value if value in values else ("other" if "other" in values else "")
