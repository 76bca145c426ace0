"""The round of questions before the dose, drawn from sessions.rules.questions; nothing is ever filled in beforehand (PRE-4)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from crispy_forms.layout import Div, Field
from django import forms
from django.utils import timezone

from sessions.forms.arrival import tick, untagged
from sessions.forms.moments import WallTime
from sessions.rules.moments import moment_of
from sessions.rules.questions import NOTHING, Kind, Question

NONE_OF_THESE = (NOTHING, "None of these")
NOT_LATELY = {"last_food": "Not in the last 2 hours", "last_drink": "Not in the last 30 minutes", "last_nasal": "Not in the last hour"}
SHORT = 3  # so many answers stand beside their question
ASK = "Still to ask."
IDENTITY = "identity"  # in `asked`, beside the ids of the questions that the page showed


class RoundForm(forms.Form):
    client_key = forms.UUIDField(widget=forms.HiddenInput)
    asked = forms.CharField(max_length=200, widget=forms.HiddenInput)

    def __init__(self, *args: Any, questions: Iterable[Question], asks_identity: bool, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions, self.asks_identity, self.now = tuple(questions), asks_identity, now
        rows: list[Any] = ["client_key", "asked"]
        self.initial["asked"] = " ".join([*(question.id for question in self.questions), *([IDENTITY] if asks_identity else [])])
        if asks_identity:
            rows.append(self.add_identity())
        rows += [self.add(question) for question in self.questions]
        self.helper = untagged(*rows)

    def add_identity(self) -> Any:
        self.fields["said_name"] = tick("The patient said their name, and it matches")
        self.fields["said_birth_date"] = tick("The patient said their date of birth, and it matches")
        return Div(Field("said_name", wrapper_class="v-tick"), Field("said_birth_date", wrapper_class="v-tick"), css_class="v-ticks")

    def add(self, question: Question) -> Any:
        """The fields of one question, and how they are laid out."""
        if question.kind is Kind.TIME:
            return self.add_time(question)
        if question.kind is Kind.PICK:
            choices, widget = [*question.choices, NONE_OF_THESE], forms.CheckboxSelectMultiple
            self.fields[question.id] = forms.MultipleChoiceField(
                label=question.text, choices=choices, required=False, widget=widget, help_text=question.help
            )
            return Field(question.id, wrapper_class="v-segmented v-picks")
        choices = list(question.choices) or [("no", "No"), ("yes", "Yes")]
        field = forms.ChoiceField(label=question.text, choices=choices, required=False, widget=forms.RadioSelect, help_text=question.help)
        self.fields[question.id] = field
        is_short = len(choices) <= SHORT
        return Field(question.id, wrapper_class="v-segmented v-question" if is_short else "v-segmented v-picks")

    def add_time(self, question: Question) -> Any:
        none = f"{question.id}_none"
        self.fields[none] = tick(NOT_LATELY[question.id])
        self.fields[question.id] = WallTime(label=question.text)
        return Div(Field(question.id), Field(none, wrapper_class="v-tick"), css_class="v-ask-time")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        self.answers: dict[str, object] = {}
        for question in self.questions:
            if question.id not in self.errors:
                answer = self.answer(question, data)
                if answer is None:
                    self.add_error(question.id, ASK)
                else:
                    self.answers[question.id] = answer
        return data

    def answer(self, question: Question, data: dict[str, Any]) -> object:
        """The answer as it is stored; None while it hasn't been asked."""
        value = data.get(question.id)
        if question.kind is Kind.TIME:
            return self.time_answer(question, value, bool(data.get(f"{question.id}_none")))
        if question.kind is Kind.PICK:
            return self.pick_answer(question, list(value or []))
        return value or None

    def time_answer(self, question: Question, value: Any, is_none: bool) -> object:
        if value is None:
            return NOTHING if is_none else None
        if is_none:
            self.add_error(question.id, "Either a time or the tick.")
            return NOTHING
        zone: Any = timezone.get_current_timezone()
        moment = moment_of(value, now=self.now, zone=zone)
        if moment > self.now:
            self.add_error(question.id, "That time hasn't come yet.")
        return moment.isoformat()

    def pick_answer(self, question: Question, picks: list[str]) -> object:
        if NOTHING in picks and len(picks) > 1:
            self.add_error(question.id, "Either some of these or none of them.")
        return [pick for pick in picks if pick != NOTHING] if picks else None


class DecideForm(forms.Form):
    client_key = forms.UUIDField(widget=forms.HiddenInput)
    finding = forms.CharField(max_length=60, widget=forms.HiddenInput)
    reason = forms.CharField(max_length=300, required=False, label="Reason")
