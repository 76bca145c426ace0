"""What is exported, for whom and why."""

from datetime import timedelta
from typing import Any

from django import forms

from clinic.forms.base import ClientKey, Line
from reports import lists
from reports.forms.ranges import NARROWING, RangeForm
from reports.rules import MEASURES
from reports.sheets import WORDS
from reports.tables import TABLES

OWN_USE, REVIEW = "This site’s own use", "Review of our own compliance"


def choices() -> list[tuple[str, Any]]:
    return [*lists.NAMES.items(), ("One measure, visit by visit", [(measure.code, f"{measure.rule} · {measure.question}") for measure in MEASURES])]


class ExportForm(RangeForm):
    """Days and codes go into the export's filters; for whom and why into the ledger."""

    of = forms.ChoiceField(label="What", choices=choices)
    format = forms.ChoiceField(label="As", choices=list(WORDS.items()))
    recipient = Line(label="For whom", max_length=120, initial=OWN_USE)
    purpose = Line(label="Why", max_length=200, initial=REVIEW)
    client_key = ClientKey()

    field_order = ("of", "format", "first", "last")
    longest, too_long = timedelta(days=3660), "An export covers ten years at most."

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        if found.get("of") in TABLES and any(found.get(name) for name in NARROWING):
            self.add_error("of", "This list is whole: it can’t be narrowed by person, indication or phase.")
        return found

    @property
    def filters(self) -> dict[str, Any]:
        """As the export keeps them: days, ids and neutral codes."""
        return {"of": self.cleaned_data["of"], "as": self.cleaned_data["format"], **self.codes}
