"""The forms of a person's own PIN, and of the tablet that it opens."""

from typing import Any

from crispy_forms.layout import Div
from django import forms

from clinic.forms.base import Line, laid_out
from clinic.rules.pins import LENGTH, pin_findings

DIGITS = {"inputmode": "numeric", "autocomplete": "off", "maxlength": str(LENGTH)}


class PinForm(forms.Form):
    """The digits are never shown again, so they are typed twice."""

    password = forms.CharField(
        label="Your password", max_length=200, strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    pin = forms.CharField(label="New PIN, six digits", max_length=LENGTH, widget=forms.PasswordInput(attrs=DIGITS))
    again = forms.CharField(label="Once more", max_length=LENGTH, widget=forms.PasswordInput(attrs=DIGITS))

    helper = laid_out("Set this PIN", "password", Div("pin", "again", css_class="v-fields"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        pin = data.get("pin", "")
        for finding in pin_findings(pin) if pin else []:
            self.add_error("pin", finding.text)
        if pin and data.get("again") and data["again"] != pin:
            self.add_error("again", "The two are not the same.")
        return data


class TabletForm(forms.Form):
    name = Line(label="Name", max_length=40, help_text="Of the tablet that you hold, such as “Tablet of the floor”.")

    helper = laid_out("Enrol this browser", Div("name", css_class="v-fields"))

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="id_tablet_%s")  # it stands beside a form whose field has the same name
