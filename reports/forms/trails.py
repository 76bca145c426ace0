"""Which entries of the audit trail are exported, for whom and why."""

from datetime import timedelta
from typing import Any

from django import forms

from clinic.forms.audit import BIGGEST
from clinic.forms.base import ClientKey, Line, laid_out
from clinic.queries.audit_filters import kind_choices
from clinic.sentences import known_actions
from reports.forms.ranges import DaysForm
from reports.sheets import WORDS


class TrailForm(DaysForm):
    """What the audit page was filtered by comes with its address."""

    person = forms.TypedChoiceField(label="Person", required=False, coerce=int, empty_value=None)
    kind = forms.ChoiceField(label="Kind", required=False, choices=kind_choices)
    action = forms.ChoiceField(label="What", required=False)
    patient = forms.IntegerField(label="Patient number", required=False, min_value=1, max_value=BIGGEST)
    format = forms.ChoiceField(label="As", choices=list(WORDS.items()))
    recipient = Line(label="For whom", max_length=120, help_text="Stands in the ledger of what has left the site.")
    purpose = Line(label="Why", max_length=200)
    client_key = ClientKey()

    longest, too_long = timedelta(days=3660), "An export covers ten years at most."
    helper = laid_out("Export", "client_key", "first", "last", "person", "kind", "action", "patient", "format", "recipient", "purpose")

    def __init__(self, *args: Any, people: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = [("", "Everybody"), *people]  # type: ignore[attr-defined]
        self.fields["action"].choices = [("", "Everything"), *known_actions()]  # type: ignore[attr-defined]

    @property
    def filters(self) -> dict[str, Any]:
        """As the export keeps them: days, ids and codes."""
        asked = {name: self.cleaned_data[name] for name in ("person", "kind", "action", "patient") if self.cleaned_data[name]}
        return {"as": self.cleaned_data["format"], **asked, **{name: str(day) for name, day in self.days.items()}}
