"""Checking in, the way home, and the reasons of a wait or a hold (PRE-3, PRE-5)."""

from datetime import datetime, time
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Field, Layout
from django import forms

from clinic.forms.base import WallTime
from clinic.forms.opened import OpenedField
from clinic.rules.opening import latest
from patients.models import Contact
from patients.models.patient import WayHome
from sessions.forms.setting import offer_settings, setting_field, setting_rows
from sessions.models import TreatmentSession

UNKNOWN = ("unknown", "Not known yet")


def untagged(*layout: Any) -> FormHelper:
    """Fields alone: the template writes the form's tag and its buttons."""
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    helper.layout = Layout(*layout)
    return helper


def tick(label: str) -> forms.BooleanField:
    return forms.BooleanField(label=label, required=False)


class WayHomeForm(forms.Form):
    opened = OpenedField()
    way_home = forms.ChoiceField(label="Way home", choices=[*WayHome.choices, UNKNOWN], widget=forms.RadioSelect)
    escort = forms.ModelChoiceField(label="With whom", queryset=Contact.objects.none(), required=False, empty_label="Nobody named")
    ride_at = WallTime(label="Comes or leaves at", required=False, help_text="Where known: the dose must fit before it.")

    def __init__(self, *args: Any, session: TreatmentSession, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.session = session
        contacts = Contact.objects.filter(patient_id=session.patient_id, is_active=True, kind=Contact.Kind.ESCORT)
        self.fields["escort"].queryset = contacts  # type: ignore[attr-defined]
        self.has_contacts = contacts.exists()
        self.helper = untagged(*self.rows())

    def clean_way_home(self) -> str:
        """As it is stored: empty while nobody knows."""
        value: str = self.cleaned_data["way_home"]
        return "" if value == UNKNOWN[0] else value

    def clean_ride_at(self) -> datetime | None:
        """The moment on the visit's own day, as the site's wall shows it."""
        wall: time | None = self.cleaned_data["ride_at"]
        return None if wall is None else latest(self.session.treatment_on, wall, self.session.site.zone)

    def rows(self) -> list[Any]:
        return [
            *(["opened"] if "opened" in self.fields else []),
            Field("way_home", wrapper_class="v-segmented"),
            Div(*(["escort"] if self.has_contacts else []), "ride_at", css_class="v-fields"),
        ]


class ArriveForm(WayHomeForm):
    opened = None  # type: ignore[assignment]  # the first word about it writes over nobody's
    client_key = forms.UUIDField(widget=forms.HiddenInput)
    said_name = tick("The patient said their name, and it matches")
    said_birth_date = tick("The patient said their date of birth, and it matches")
    setting = setting_field()

    def __init__(self, *args: Any, session: TreatmentSession, **kwargs: Any) -> None:
        super().__init__(*args, session=session, **kwargs)
        offer_settings(self, session.site)
        if "setting" in self.fields:
            self.fields["setting"].initial = session.setting
        self.helper = untagged(*self.rows(), *setting_rows(self))

    def rows(self) -> list[Any]:
        identity = Div(Field("said_name", wrapper_class="v-tick"), Field("said_birth_date", wrapper_class="v-tick"), css_class="v-ticks")
        return ["client_key", identity, *super().rows()]


class ReasonForm(forms.Form):
    """Why somebody waits, is held, is cancelled; a button may have said it already."""

    reason = forms.CharField(max_length=300, required=False, label="Why", widget=forms.TextInput(attrs={"autocomplete": "off"}))
