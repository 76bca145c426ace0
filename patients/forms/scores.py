"""One scale on one screen: a row of large numbers for each item, nothing chosen beforehand."""

from datetime import date
from typing import Any

from crispy_forms.layout import HTML
from django import forms
from django.db.models import QuerySet
from django.utils.html import format_html
from django.utils.safestring import SafeString

from clinic.forms.base import Day, Line, laid_out
from clinic.models import User
from patients.actions.scores import Answered
from patients.forms.fields import ClientKey, columns, segmented, soft, tick
from patients.models import Assessment
from patients.rules.scores import Item, Scale

WHY = "Why is it corrected?"


class ScoreForm(forms.Form):
    """The answers, the day, who rated. A correction shows the old answers and asks why."""

    client_key = ClientKey()
    observed_on = Day(label="Day")
    rated_by = forms.ModelChoiceField(User.objects.none(), label="Rated by", required=False, empty_label="Me")
    is_incomplete = forms.BooleanField(label="Not every item could be answered: keep it as incomplete, without a total", required=False)
    reason = Line(label=WHY, max_length=300, required=False)

    def __init__(self, *args: Any, scale: Scale, today: date, raters: QuerySet[User], corrects: Assessment | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scale = scale
        old = corrects.answers if corrects is not None else {}
        for number, item in enumerate(scale.asked, start=1):
            self.fields[item.id] = item_field(item, f"{number}. {item.topic}{own_words(item, scale)}", old.get(item.id))
        self.fields["rated_by"].queryset = raters  # type: ignore[attr-defined]
        self.fields["observed_on"].initial = corrects.observed_on if corrects is not None else today
        self.fields["rated_by"].initial = corrects.observed_by_id if corrects is not None else None
        self.fields["is_incomplete"].initial = corrects is not None and corrects.total is None
        rows = [segmented(item.id, "v-question v-score") for item in scale.asked]
        why = ["reason"] if corrects is not None else []
        self.helper = laid_out(
            "Save the score", "client_key", HTML(key_of(scale.items[0])), *rows, HTML('<div class="mt-3"></div>'), columns("observed_on", "rated_by"),
            tick("is_incomplete"), *why,
        )  # fmt: skip

    @property
    def answered(self) -> Answered:
        data = self.cleaned_data
        answers = {item.id: data[item.id] for item in self.scale.asked if data[item.id] is not None}
        return Answered(
            scale=self.scale, answers=answers, on=data["observed_on"], is_incomplete=data["is_incomplete"], rated_by=data["rated_by"],
            client_key=data["client_key"],
        )  # fmt: skip


def item_field(item: Item, label: str, initial: int | None) -> forms.TypedChoiceField:
    choices = [(str(number), choice_words(number, word)) for number, word in enumerate(item.choices)]
    return forms.TypedChoiceField(
        label=label, choices=choices, coerce=int, empty_value=None, required=False, widget=forms.RadioSelect, initial=initial,
        error_messages={"invalid_choice": "Choose one of the numbers."},
    )  # fmt: skip


def own_words(item: Item, scale: Scale) -> str:
    """What the numbers mean for an item that has its own words."""
    return "" if item in scale.items else f" ({', '.join(f'{number} {word}' for number, word in enumerate(item.choices))})"


def choice_words(number: int, word: str) -> SafeString | str:
    """The number to see; its word to hear."""
    return format_html('{}<span class="visually-hidden"> {}</span>', number, word) if word else str(number)


def key_of(item: Item) -> SafeString:
    """What the numbers mean, once for all items."""
    return soft(" · ".join(f"{number} {word}" for number, word in enumerate(item.choices) if word))


class ScoreTakeBackForm(forms.Form):
    client_key = ClientKey()
    reason = Line(label="Why is it taken back?", max_length=300, help_text="For example: it was another patient’s sheet.")

    helper = laid_out("Take the score back", "client_key", "reason")


class RiskForm(forms.Form):
    client_key = ClientKey()
    done = forms.CharField(
        label="What was done", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off"}),
        help_text="Who saw or called the patient, what was found, what was agreed.",
    )  # fmt: skip

    helper = laid_out("I have acted on this", "client_key", "done")
