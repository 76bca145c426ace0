"""The form that enrols a screen."""

from typing import Any

from crispy_forms.layout import Div
from django import forms

from clinic.forms.base import Line, laid_out
from clinic.models import Chair, Screen, Site

# A tablet of the staff is enrolled in its own browser (clinic.forms.pins): it has no address.
BY_ADDRESS = [choice for choice in Screen.Kind.choices if choice[0] != Screen.Kind.TABLET]


class ScreenForm(forms.Form):
    name = Line(label="Name", max_length=40, help_text="Where it hangs or stands, such as “Corridor”.")
    kind = forms.ChoiceField(label="What it shows", choices=BY_ADDRESS)
    chair = forms.ModelChoiceField(label="Chair", queryset=Chair.objects.none(), required=False, empty_label="All of them (wall)")

    helper = laid_out("Enrol", Div("name", "kind", "chair", css_class="v-fields"))

    def __init__(self, *args: Any, site: Site, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["chair"].queryset = Chair.objects.filter(site=site, is_active=True).order_by("position", "name", "pk")  # type: ignore[attr-defined]
