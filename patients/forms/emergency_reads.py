"""The forms of an emergency read: whose chart and why; and its review."""

from typing import Any

from django import forms

from clinic.forms.base import ClientKey, Line, laid_out
from clinic.forms.given import GivenField
from clinic.models import Site
from patients.forms.fields import BirthDay


class EmergencyReadForm(forms.Form):
    to_site = forms.ModelChoiceField(queryset=Site.objects.none(), label="At which site", empty_label="Choose")
    last_name = Line(label="Last name", max_length=80, help_text="As it is written there; case and accents don’t matter.")
    birth_on = BirthDay(label="Born on")
    why = Line(label="What the emergency is", max_length=300, help_text="The other site’s administrators read it.")
    password = GivenField(label="Your password")
    client_key = ClientKey()

    helper = laid_out("Open the chart for 60 minutes", "client_key", "to_site", "last_name", "birth_on", "why", "password")

    def __init__(self, *args: Any, sites: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to_site"].queryset = sites  # type: ignore[attr-defined]


class EmergencyReadReviewForm(forms.Form):
    was_justified = forms.TypedChoiceField(
        label="Was it an emergency?", choices=[("yes", "Yes, it was right"), ("no", "No, it was not")], coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )  # fmt: skip
    note = Line(label="What you found", max_length=500, help_text="Whom you asked, and what happens next.")
    password = GivenField(label="Your password")
    client_key = ClientKey()

    helper = laid_out("Keep the review", "client_key", "was_justified", "note", "password")
