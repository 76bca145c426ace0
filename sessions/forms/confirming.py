"""The monitoring form on a page: one field per field of its definition, a tick per section, the signature (PMF-4)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from clinic.findings import Finding
from clinic.forms.given import GivenField
from sessions.queries.form_page import shown
from sessions.rules.definition import Definition, FieldSpec, Kind, Section
from sessions.rules.form import Answer, answer_findings, quiet_answers
from sessions.rules.proposals import NOT_OBTAINED, Proposal

PREFIX = "f_"
ABSENT = "_absent"
NO_ANSWER = Proposal("")


@dataclass(frozen=True)
class Row:
    """One field as the page shows it: how it is asked, what was proposed, by which evidence."""

    spec: FieldSpec
    field: BoundField
    proposal: Proposal
    absent: BoundField | None

    @property
    def options(self) -> list[dict[str, object]]:
        """The choices as plain values: a widget of its own per button costs a page of fifty fields dearly."""
        value = self.field.value()
        on = set(value if isinstance(value, list | tuple) else [value])
        proposed = self.proposal.value if isinstance(self.proposal.value, list) else [self.proposal.value]
        return [
            {
                "id": f"{self.field.auto_id}_{number}",
                "value": choice.value,
                "label": choice.label,
                "is_on": choice.value in on,
                "is_proposed": choice.value in proposed,
            }
            for number, choice in enumerate(self.spec.choices)
        ]

    @property
    def input_type(self) -> str:
        return "checkbox" if self.spec.kind is Kind.MANY else "radio"

    @property
    def proposed_label(self) -> str:
        return shown(self.spec, self.proposal.value)


@dataclass(frozen=True)
class Part:
    """`quiet`: the names of the fields that one press may answer with "no" (PMF-4)."""

    section: Section
    rows: list[Row]
    tick: BoundField
    quiet: tuple[str, ...] = ()


class ConfirmForm(forms.Form):
    """Facts are filled in from the record; what is chosen (yes or no, bands, judgements) takes a tap of its own each."""

    client_key = forms.UUIDField(widget=forms.HiddenInput)
    password = GivenField(label="Your password")

    def __init__(self, *args: Any, definition: Definition, proposals: Mapping[str, Proposal], earlier: Mapping[str, Answer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.definition, self.proposals = definition, proposals
        for spec in definition.fields:
            proposed = proposals.get(spec.id, NO_ANSWER).value
            start = earlier.get(spec.id, "" if spec.is_chosen and not spec.is_fact else proposed)
            self.fields[PREFIX + spec.id] = field_of(spec, start)
            if spec.may_be_absent:
                self.fields[PREFIX + spec.id + ABSENT] = absent_field(spec, start)
        for number, section in enumerate(definition.sections):
            self.fields[f"checked_{number}"] = tick_field(section)

    def clean(self) -> dict[str, Any]:
        """What the rules say about the answers, beside the field it is about."""
        for finding in answer_findings(self.definition, self.answers()):
            name = PREFIX + finding.field
            if name not in self.errors:
                self.add_error(name, finding.text)
        return self.cleaned_data

    def answers(self) -> dict[str, Answer]:
        return {spec.id: self.answer(spec) for spec in self.definition.fields}

    def answer(self, spec: FieldSpec) -> Answer:
        if spec.may_be_absent and self.cleaned_data.get(PREFIX + spec.id + ABSENT):
            return NOT_OBTAINED
        given: Answer = self.cleaned_data.get(PREFIX + spec.id) or ""
        return given

    def refuse(self, findings: list[Finding]) -> None:
        for finding in findings:
            name = next((name for name in (PREFIX + finding.field, finding.field) if name in self.fields), None)
            self.add_error(name, finding.text)

    def parts(self) -> Iterator[Part]:
        for number, section in enumerate(self.definition.sections):
            quiet = tuple(PREFIX + name for name in quiet_answers(section, self.proposals))
            yield Part(section, [self.row(spec) for spec in section.fields], self[f"checked_{number}"], quiet)

    def row(self, spec: FieldSpec) -> Row:
        absent = self[PREFIX + spec.id + ABSENT] if spec.may_be_absent else None
        return Row(spec, self[PREFIX + spec.id], self.proposals.get(spec.id, NO_ANSWER), absent)

    @property
    def wrong(self) -> list[tuple[str, str]]:
        """What must be mended, in the page's order, each with the id of its field for a link; what belongs to none comes first."""
        found = [("", str(error)) for error in self.non_field_errors()]
        for name in self.in_page_order():
            found += [(self.anchor(name), str(error)) for error in self.errors.get(name, ())]
        return found

    def in_page_order(self) -> Iterator[str]:
        for part in self.parts():
            yield from (row.field.name for row in part.rows)
            yield part.tick.name
        yield from ("password", "client_key")

    def anchor(self, name: str) -> str:
        """Choices have the id on their fieldset."""
        return str(self[name].auto_id)


def field_of(spec: FieldSpec, start: Answer) -> forms.Field:
    """A form field for a definition's field. Whether it is needed depends on other answers, so the rules say that."""
    common: dict[str, Any] = {"label": spec.label, "required": False, "initial": "" if start == NOT_OBTAINED else start, "help_text": spec.help}
    choices = [(choice.value, choice.label) for choice in spec.choices]
    if spec.kind is Kind.MANY:
        return forms.MultipleChoiceField(choices=choices, **common)
    if spec.is_chosen:
        return forms.ChoiceField(choices=choices, **common)
    if spec.kind is Kind.LONG_TEXT:
        return forms.CharField(max_length=2000, widget=forms.Textarea(attrs={"rows": 3, "class": "form-control"}), **common)
    return forms.CharField(
        max_length=300, widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off", **ATTRIBUTES.get(spec.kind, {})}), **common
    )


ATTRIBUTES: dict[Kind, dict[str, str]] = {
    Kind.DATE: {"type": "date"},
    Kind.NUMBER: {"inputmode": "numeric"},
    Kind.PRESSURE: {"placeholder": "128/82"},
}


def absent_field(spec: FieldSpec, start: Answer) -> forms.Field:
    return forms.BooleanField(
        label="Not obtained", required=False, initial=start == NOT_OBTAINED, widget=forms.CheckboxInput(attrs={"class": "form-check-input"})
    )


def tick_field(section: Section) -> forms.Field:
    return forms.BooleanField(
        label=f"I have checked “{section.title}”",
        error_messages={"required": f"Tick that you have checked “{section.title}”."},
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )
