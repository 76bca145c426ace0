"""A payer's authorisation; a patient's move to another setting; what a course says of sessions elsewhere."""

from datetime import datetime
from typing import Any

from django import forms

from clinic.forms.base import ClientKey, Day, Line, Moment, laid_out
from clinic.forms.opened import OpenedField
from clinic.models import Site, User
from patients.forms.fields import columns, segmented
from patients.forms.intake import people_of
from patients.models import TransferOut


class AuthorisationForm(forms.Form):
    client_key = ClientKey()
    payer = Line(label="Payer", max_length=120)
    number = Line(label="Authorisation number", max_length=60)
    sessions_granted = forms.IntegerField(label="Sessions granted", min_value=0, max_value=1000)
    from_on = Day(label="From")
    until_on = Day(label="Until")
    note = Line(label="Note", max_length=300, required=False)
    reason = Line(label="Why is it put right?", max_length=300, required=False)

    def __init__(self, *args: Any, is_correction: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = is_correction
        button = "Put it right" if is_correction else "Save the authorisation"
        last = ["reason"] if is_correction else []
        self.helper = laid_out(button, "client_key", columns("payer", "number"), columns("sessions_granted", "from_on", "until_on"), "note", *last)

    @property
    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name not in ("client_key", "reason")}


class MoveForm(forms.Form):
    client_key = ClientKey()
    to_setting = Line(label="To which setting", max_length=200, help_text="Name and town; it must be certified, too.")
    moves_on = Day(label="Treatment moves on")
    owner = forms.ModelChoiceField(User.objects.none(), label="Who tells the REMS?", empty_label=None)

    def __init__(self, *args: Any, site: Site, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = people_of(site)  # type: ignore[attr-defined]
        self.helper = laid_out("Plan the move", "client_key", "to_setting", columns("moves_on", "owner"))


class ToldForm(forms.Form):
    told_at = Moment(label="When")
    told_by = forms.ModelChoiceField(User.objects.none(), label="Who told the REMS?", empty_label=None)
    told_how = forms.ChoiceField(label="How", choices=TransferOut.How.choices, widget=forms.RadioSelect)
    told_note = Line(label="To whom, and any reference", max_length=200)

    def __init__(self, *args: Any, site: Site, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["told_by"].queryset = people_of(site)  # type: ignore[attr-defined]
        self.fields["told_at"].initial = now.replace(second=0, microsecond=0)
        self.helper = laid_out("The REMS was told", columns("told_at", "told_by"), segmented("told_how"), "told_note")


class CallOffForm(forms.Form):
    reason = Line(label="Why does the patient stay?", max_length=200)

    helper = laid_out("The move is off", "reason")


class ElsewhereForm(forms.Form):
    """Sessions at another setting, in this course."""

    opened = OpenedField()
    earlier_sessions = forms.IntegerField(label="How many", min_value=0, max_value=1000, required=False)
    earlier_last_dose_mg = forms.IntegerField(label="Last dose (mg)", min_value=0, max_value=1000, required=False)
    earlier_first_on = Day(label="First on", required=False)
    earlier_last_on = Day(label="Last on", required=False)

    helper = laid_out("Save", "opened", columns("earlier_sessions", "earlier_last_dose_mg"), columns("earlier_first_on", "earlier_last_on"))

    def clean_earlier_sessions(self) -> int:
        return self.cleaned_data["earlier_sessions"] or 0


ELSEWHERE = ("earlier_sessions", "earlier_last_dose_mg", "earlier_first_on", "earlier_last_on")


def elsewhere_of(row: Any) -> dict[str, object]:
    """What an intake, or a course, says of sessions elsewhere: to begin a form with."""
    return {name: getattr(row, name) for name in ELSEWHERE if getattr(row, name)}
