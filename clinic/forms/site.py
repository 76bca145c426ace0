"""Forms about the site itself: details, certification, representative."""

import zoneinfo
from functools import cache

from crispy_forms.layout import Div
from django import forms

from clinic.forms.base import Day, Line, laid_out
from clinic.forms.opened import OpenedField
from clinic.models import Certification
from clinic.models.site import Setting, validate_zone


@cache
def zones() -> list[tuple[str, str]]:
    """The zones of the United States and its territories first, as a clinic there would look for them."""
    listed = sorted(name for name in zoneinfo.available_timezones() if name.startswith(("America/", "Pacific/", "US/")) and name != "US/")
    return [(name, name.replace("_", " ")) for name in listed]


class DetailsForm(forms.Form):
    opened = OpenedField()
    name = Line(label="Name", max_length=200)
    public_name = Line(
        label="Neutral public name", max_length=60, help_text="Patients read this in messages. It must not tell what is treated (MSG-4)."
    )
    address = Line(label="Address", max_length=300)
    phone = Line(label="Phone", max_length=40)
    time_zone = forms.ChoiceField(label="Time zone", choices=zones, validators=[validate_zone])
    default_setting = forms.ChoiceField(label="Default setting of a session", choices=Setting.choices)
    other_settings = forms.MultipleChoiceField(
        label="Sessions are also held in",
        choices=Setting.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Where there is more than one, each visit says which (SET-6).",
    )
    rems_number = Line(label="REMS site number", max_length=40, required=False)
    dea_number = Line(label="DEA number", max_length=20, required=False)

    helper = laid_out(
        "Save",
        "opened",
        Div("name", "public_name", css_class="v-fields"),
        "address",
        Div("phone", "time_zone", "default_setting", "rems_number", "dea_number", css_class="v-fields"),
        "other_settings",
    )


class CertificationForm(forms.Form):
    kind = forms.ChoiceField(label="What happened", choices=Certification.Kind.choices)
    happened_on = Day(label="On")
    review_on = Day(label="Review date", required=False, help_text="A reminder only: a certification ends by an event, not by a date.")
    note = Line(label="Note", max_length=300, required=False)

    helper = laid_out("Put on record", Div("kind", "happened_on", "review_on", "note", css_class="v-fields"))


class RepresentativeForm(forms.Form):
    name = Line(label="Name", max_length=200)
    email = forms.EmailField(label="E-mail", max_length=254)
    phone = Line(label="Phone", max_length=40, required=False)
    from_on = Day(label="From")

    helper = laid_out("Save", Div("name", "email", "phone", "from_on", css_class="v-fields"))
