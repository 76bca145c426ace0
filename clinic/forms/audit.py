"""The filter of the audit trail, and the signature under a review of it."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Layout
from django import forms

from clinic.forms.base import ClientKey, Day, Line, laid_out
from clinic.forms.given import GivenField
from clinic.queries.audit_filters import kind_choices
from clinic.sentences import known_actions

BIGGEST = 2**63 - 1


class AuditFilter(forms.Form):
    """Posted by GET: it changes nothing and names no patient but by number."""

    person = forms.TypedChoiceField(label="Person", required=False, coerce=int, empty_value=None)
    kind = forms.ChoiceField(label="Kind", required=False, choices=kind_choices)
    action = forms.ChoiceField(label="What", required=False)
    since = Day(label="From", required=False)
    until = Day(label="Until", required=False)
    patient = forms.IntegerField(label="Patient number", required=False, min_value=1, max_value=BIGGEST)

    def __init__(self, *args: Any, people: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = [("", "Everybody"), *people]  # type: ignore[attr-defined]
        self.fields["action"].choices = [("", "Everything"), *known_actions()]  # type: ignore[attr-defined]
        self.helper = FormHelper()
        self.helper.form_method = "get"
        self.helper.disable_csrf = True
        show = HTML('<div class="v-form-foot"><button type="submit" class="btn btn-primary">Show</button></div>')
        self.helper.layout = Layout(Div("person", "kind", "action", "since", "until", "patient", css_class="v-fields"), show)


class ReviewForm(forms.Form):
    """`up_to` is the last entry that the page showed: what came since is not signed for."""

    note = Line(label="What you found", max_length=500, required=False, help_text="Name no patient. Leave it empty when nothing stood out.")
    password = GivenField(label="Your password")
    up_to = forms.IntegerField(min_value=1, max_value=BIGGEST, widget=forms.HiddenInput)
    client_key = ClientKey()

    helper = laid_out("Sign: “I have reviewed this”", "up_to", "client_key", "note", "password")
