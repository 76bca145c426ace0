"""Forms about people: invite, change place, training, join."""

from typing import Any

from crispy_forms.layout import Div
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from clinic.forms.base import ClientKey, Day, Line, laid_out
from clinic.forms.opened import OpenedField
from clinic.models import Training, User
from clinic.roles import Credential, Role


class InvitationForm(forms.Form):
    email = forms.EmailField(label="E-mail", max_length=254)
    printed_name = Line(label="Printed name", max_length=120, help_text="As it will stand under a signature.")
    role = forms.ChoiceField(label="Role", choices=Role.choices)
    credential = forms.ChoiceField(label="Credential", choices=Credential.choices)

    helper = laid_out("Send the invitation", Div("email", "printed_name", "role", "credential", css_class="v-fields"))


class PlaceForm(forms.Form):
    opened = OpenedField()
    role = forms.ChoiceField(label="Role", choices=Role.choices)
    credential = forms.ChoiceField(label="Credential", choices=Credential.choices)

    helper = laid_out("Change", "opened", Div("role", "credential", css_class="v-fields"))


class TrainingForm(forms.Form):
    client_key = ClientKey(required=False)
    kind = forms.ChoiceField(label="Training", choices=Training.Kind.choices)
    completed_on = Day(label="Completed on")
    expires_on = Day(label="Valid until", required=False, help_text="Empty: it doesn't lapse.")
    note = Line(label="Note", max_length=200, required=False)

    helper = laid_out("Put on record", "client_key", Div("kind", "completed_on", "expires_on", "note", css_class="v-fields"))


class JoinForm(forms.Form):
    printed_name = Line(label="Your name", max_length=120, help_text="As it will stand under your signature.")
    password = forms.CharField(
        label="Password", strip=False, max_length=200, help_text="At least 15 characters: three or four words of your own.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip
    again = forms.CharField(
        label="The same password again", strip=False, max_length=200, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    helper = laid_out("Join", "printed_name", "password", "again")

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        password, again = cleaned.get("password"), cleaned.get("again")
        if password and again and password != again:
            self.add_error("again", "The two passwords differ.")
        elif password:
            self.check_strength(password, cleaned.get("printed_name", ""))
        return cleaned

    def check_strength(self, password: str, printed_name: str) -> None:
        try:
            validate_password(password, User(email=self.email, printed_name=printed_name))
        except ValidationError as error:
            self.add_error("password", error)
