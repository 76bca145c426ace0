"""A monitoring form as data: sections, fields, choices and where each proposal comes from (PMF-2, PMF-3, PMF-4)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    TEXT = "text"
    LONG_TEXT = "long_text"
    DATE = "date"
    NUMBER = "number"  # a whole number; `unit` says of what
    PRESSURE = "pressure"  # "128/82"
    YES_NO = "yes_no"
    CHOICE = "choice"
    BAND = "band"  # a choice of spans of minutes
    MANY = "many"  # several choices


CHOSEN = (Kind.YES_NO, Kind.CHOICE, Kind.BAND, Kind.MANY)
WITH_CHOICES = (Kind.CHOICE, Kind.BAND, Kind.MANY)


@dataclass(frozen=True, slots=True)
class Choice:
    """`least` and `most` are whole minutes, of a band alone."""

    value: str
    label: str
    least: int = 0
    most: int = 0


YES_NO = (Choice("yes", "Yes"), Choice("no", "No"))


@dataclass(frozen=True, slots=True)
class When:
    """The field is asked only when another one has this answer."""

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field. `limit`: a proposal in minutes becomes yes up to it. `may_be_absent`: "not obtained" is an answer (MON-7).

    `is_fact`: a choice that stands in the record is filled in; any other choice takes a tap of its own.
    """

    id: str
    label: str
    kind: Kind
    propose: str = ""
    choices: tuple[Choice, ...] = ()
    when: When | None = None
    is_required: bool = True
    may_be_absent: bool = False
    is_judgement: bool = False
    is_fact: bool = False
    is_unchecked: bool = False
    limit: int = 0
    unit: str = ""
    help: str = ""

    @property
    def is_chosen(self) -> bool:
        return self.kind in CHOSEN

    def label_of(self, value: str) -> str:
        """How a choice reads; any other value as it is."""
        return next((choice.label for choice in self.choices if choice.value == value), value)


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    fields: tuple[FieldSpec, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Definition:
    """One version, in force for sessions from `effective_on` on. `sha256` is of the file as it was read."""

    code: str
    title: str
    effective_on: date
    source: str
    sections: tuple[Section, ...]
    to_check: tuple[str, ...] = ()
    portal_order: tuple[str, ...] = ()
    sha256: str = ""

    @property
    def fields(self) -> Iterator[FieldSpec]:
        for section in self.sections:
            yield from section.fields

    def field(self, field_id: str) -> FieldSpec:
        """One field by its id. Raises KeyError for one that this version doesn't have."""
        for spec in self.fields:
            if spec.id == field_id:
                return spec
        raise KeyError(field_id)

    @property
    def in_portal_order(self) -> list[FieldSpec]:
        """The fields as the portal asks them; in the form's order where the definition gives no other."""
        return [self.field(field_id) for field_id in self.portal_order] if self.portal_order else list(self.fields)


class BadDefinition(ValueError):
    """A definition that can't be used; the text says what to mend."""


def parse(table: Mapping[str, Any], *, sources: frozenset[str], sha256: str = "") -> Definition:
    """A definition from its table (TOML). `sources` are the names that `propose` may use. Raises BadDefinition."""
    known = {"code", "title", "effective_on", "source", "to_check", "portal_order", "sections", "choices"}
    refuse_unknown(table, known, "the definition")
    code, title = text_of(table, "code", "the definition"), text_of(table, "title", "the definition")
    effective_on = table.get("effective_on")
    if type(effective_on) is not date:
        raise BadDefinition(f"{code}: effective_on must be a date without quotes, like 2025-01-01.")
    named = {name: choices_of(rows, f"choices.{name}") for name, rows in table.get("choices", {}).items()}
    sections = tuple(section_of(row, named, sources) for row in table.get("sections", []))
    definition = Definition(
        code,
        title,
        effective_on,
        str(table.get("source", "")),
        sections,
        tuple(table.get("to_check", ())),
        tuple(table.get("portal_order", ())),
        sha256,
    )
    check_whole(definition)
    return definition


def section_of(row: Mapping[str, Any], named: Mapping[str, tuple[Choice, ...]], sources: frozenset[str]) -> Section:
    refuse_unknown(row, {"title", "note", "fields"}, "a section")
    title = text_of(row, "title", "a section")
    return Section(title, tuple(field_of(field, named, sources) for field in row.get("fields", [])), str(row.get("note", "")))


_FIELD_KEYS = {
    "id",
    "label",
    "kind",
    "propose",
    "choices",
    "when",
    "required",
    "may_be_absent",
    "judgement",
    "fact",
    "check",
    "limit",
    "unit",
    "help",
}


def field_of(row: Mapping[str, Any], named: Mapping[str, tuple[Choice, ...]], sources: frozenset[str]) -> FieldSpec:
    field_id = text_of(row, "id", "a field")
    refuse_unknown(row, _FIELD_KEYS, field_id)
    kind = kind_of(row, field_id)
    propose = str(row.get("propose", ""))
    if propose and propose not in sources:
        raise BadDefinition(f"{field_id}: nothing proposes “{propose}”. Known: {', '.join(sorted(sources))}.")
    return FieldSpec(
        id=field_id,
        label=text_of(row, "label", field_id),
        kind=kind,
        propose=propose,
        choices=field_choices(row, kind, field_id, named),
        when=when_of(row, field_id),
        is_required=bool(row.get("required", True)),
        may_be_absent=bool(row.get("may_be_absent", False)),
        is_judgement=bool(row.get("judgement", False)),
        is_fact=bool(row.get("fact", False)),
        is_unchecked=bool(row.get("check", False)),
        limit=int(row.get("limit", 0)),
        unit=str(row.get("unit", "")),
        help=str(row.get("help", "")),
    )


def kind_of(row: Mapping[str, Any], where: str) -> Kind:
    kind = text_of(row, "kind", where)
    if kind not in set(Kind):
        raise BadDefinition(f"{where}: kind “{kind}” is unknown. Known: {', '.join(Kind)}.")
    return Kind(kind)


def field_choices(row: Mapping[str, Any], kind: Kind, where: str, named: Mapping[str, tuple[Choice, ...]]) -> tuple[Choice, ...]:
    if kind is Kind.YES_NO:
        return YES_NO
    given = row.get("choices", ())
    if isinstance(given, str):
        if given not in named:
            raise BadDefinition(f"{where}: there is no [choices.{given}].")
        return named[given]
    choices = choices_of(given, where)
    if bool(choices) != (kind in WITH_CHOICES):
        raise BadDefinition(f"{where}: a field of kind {kind} {'needs' if kind in WITH_CHOICES else 'has no'} choices.")
    return choices


def choices_of(rows: Any, where: str) -> tuple[Choice, ...]:
    choices = tuple(
        Choice(text_of(row, "value", where), text_of(row, "label", where), int(row.get("least", 0)), int(row.get("most", 0))) for row in rows
    )
    if len({choice.value for choice in choices}) != len(choices):
        raise BadDefinition(f"{where}: two choices have the same value.")
    return choices


def when_of(row: Mapping[str, Any], where: str) -> When | None:
    when = row.get("when")
    if when is None:
        return None
    return When(text_of(when, "field", f"{where}.when"), text_of(when, "is", f"{where}.when"))


def text_of(row: Mapping[str, Any], key: str, where: str) -> str:
    value = row.get(key)
    if not isinstance(value, str) or not value.strip():
        raise BadDefinition(f"{where}: {key} is missing.")
    return value


def refuse_unknown(row: Mapping[str, Any], known: set[str], where: str) -> None:
    """A misspelt key would be silently ignored otherwise."""
    unknown = sorted(set(row) - known)
    if unknown:
        raise BadDefinition(f"{where}: {', '.join(unknown)} is unknown. Known: {', '.join(sorted(known))}.")


def check_whole(definition: Definition) -> None:
    """What can only be seen over all fields: ids once, conditions on earlier fields, the portal's order complete."""
    seen: dict[str, FieldSpec] = {}
    for spec in definition.fields:
        if spec.id in seen:
            raise BadDefinition(f"{spec.id}: used twice.")
        if spec.when is not None:
            earlier = seen.get(spec.when.field)
            if earlier is None or spec.when.value not in {choice.value for choice in earlier.choices}:
                raise BadDefinition(f"{spec.id}: when must name an earlier field and one of its choices.")
        seen[spec.id] = spec
    if not seen:
        raise BadDefinition(f"{definition.code}: there is no field.")
    if definition.portal_order and sorted(definition.portal_order) != sorted(seen):
        raise BadDefinition(f"{definition.code}: portal_order must name every field once.")
