"""What is exported, for whom and why."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django import forms

from clinic.forms.base import ClientKey, Line
from reports import lists
from reports.forms.ranges import YEARS
from reports.rules import MEASURES
from reports.rules.narrowing import INDICATION_OF_CODE, PHASE_OF_CODE
from reports.sheets import WORDS

LONGEST = timedelta(days=3660)
OWN_USE, REVIEW = "This site’s own use", "Review of our own compliance"
NARROWING = ("prescriber", "monitor", "indication", "phase")


def choices() -> list[tuple[str, Any]]:
    return [*lists.NAMES.items(), ("One measure, visit by visit", [(measure.code, f"{measure.rule} · {measure.question}") for measure in MEASURES])]


class ExportForm(forms.Form):
    """Days and codes go into the export's filters; for whom and why into the ledger."""

    of = forms.ChoiceField(label="What", choices=choices)
    format = forms.ChoiceField(label="As", choices=list(WORDS.items()))
    first = forms.DateField(label="From", validators=YEARS, widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label="To", validators=YEARS, widget=forms.DateInput(attrs={"type": "date"}))
    recipient = Line(label="For whom", max_length=120, initial=OWN_USE)
    purpose = Line(label="Why", max_length=200, initial=REVIEW)
    prescriber = forms.TypedChoiceField(required=False, coerce=int, empty_value=None, widget=forms.HiddenInput)
    monitor = forms.TypedChoiceField(required=False, coerce=int, empty_value=None, widget=forms.HiddenInput)
    indication = forms.ChoiceField(required=False, choices=[("", "")] + [(code, code) for code in INDICATION_OF_CODE], widget=forms.HiddenInput)
    phase = forms.ChoiceField(required=False, choices=[("", "")] + [(code, code) for code in PHASE_OF_CODE], widget=forms.HiddenInput)
    client_key = ClientKey()

    def __init__(self, *args: Any, people: Iterable[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        here = [("", ""), *((str(pk), str(pk)) for pk in people)]
        for name in ("prescriber", "monitor"):
            self.fields[name].choices = here  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        first, last = found.get("first"), found.get("last")
        if first and last and first > last:
            self.add_error("last", "The range ends before it begins.")
        elif first and last and last - first > LONGEST:
            self.add_error("last", "An export covers ten years at most.")
        return found

    @property
    def filters(self) -> dict[str, Any]:
        """As the export keeps them: days, ids and neutral codes."""
        asked = self.cleaned_data
        narrowing = {name: asked[name] for name in NARROWING if asked[name]}
        return {"of": asked["of"], "as": asked["format"], "first": str(asked["first"]), "last": str(asked["last"]), **narrowing}


def export_defaults(today: date) -> dict[str, Any]:
    return {"of": lists.VISITS, "format": "csv", "first": today - timedelta(days=89), "last": today}
