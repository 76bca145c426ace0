"""The form of a benefit review: questions, decision, why, signature; nothing chosen beforehand."""

from typing import Any

from django import forms

from clinic.forms.base import Line, laid_out
from patients.forms.fields import ClientKey, columns, part, password, segmented
from patients.rules.protocol import REMS_ESKETAMINE
from sessions.actions.benefit import Judged
from sessions.models import BenefitReview
from sessions.rules.benefit import NO, NOT_APPLICABLE, QUESTIONS, YES

WORDS = {NO: "No", YES: "Yes", NOT_APPLICABLE: "Doesn’t apply"}
DOSES = [("", "As now"), *((str(dose), f"{dose} mg") for dose in REMS_ESKETAMINE.doses_mg)]


def lines(label: str, help_text: str = "") -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 3, "autocomplete": "off"})
    return forms.CharField(label=label, max_length=500, required=False, widget=widget, help_text=help_text)


class ReviewForm(forms.Form):
    """A correction shows the old review, and asks why beside it."""

    client_key = ClientKey()
    concerns = lines("What follows from each yes")
    decision = forms.ChoiceField(label="Decision", choices=BenefitReview.Decision.choices, widget=forms.RadioSelect, required=False)
    frequency = forms.ChoiceField(label="New frequency", choices=[("", "As now"), *BenefitReview.Frequency.choices], required=False)
    dose_mg = forms.TypedChoiceField(label="New dose", choices=DOSES, coerce=int, empty_value=None, required=False)
    why = lines("Why", "What speaks for this decision.")
    correction = Line(label="Why is it corrected?", max_length=300, required=False)
    password = password()

    def __init__(self, *args: Any, corrects: BenefitReview | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for question in QUESTIONS:
            choices = [(answer, WORDS[answer]) for answer in question.answers]
            self.fields[question.id] = forms.ChoiceField(label=question.text, choices=choices, widget=forms.RadioSelect, required=False)
        if corrects is not None:
            self.initial.update(corrects.answers)
            self.initial.update({name: getattr(corrects, name) for name in ("concerns", "decision", "frequency", "dose_mg", "why")})
        self.fields["correction"].required = corrects is not None
        asked = [segmented(question.id, "v-question") for question in QUESTIONS]
        self.helper = laid_out(
            "Sign the review", "client_key", part("Asked afresh", "What long treatment may bring (PAT-4).", is_first=True), *asked, "concerns",
            part("Does the treatment go on?", "“Stop” ends the course and cancels its open orders. A new dose still needs its order."),
            segmented("decision", "v-segmented-wide"), columns("frequency", "dose_mg"), "why", *(["correction"] if corrects is not None else []),
            part("Sign: “I have weighed this and decide”"), "password",
        )  # fmt: skip

    @property
    def judged(self) -> Judged:
        data = self.cleaned_data
        names = ("decision", "why", "frequency", "dose_mg", "concerns", "client_key", "correction")
        return Judged(answers={question.id: data[question.id] for question in QUESTIONS}, **{name: data[name] for name in names})
