"""Medicines, antidepressant trials, a patient's own limits."""

from datetime import date, timedelta
from typing import Any

from crispy_forms.bootstrap import AppendedText
from django import forms

from clinic.forms.base import ClientKey, Day, Line, laid_out
from clinic.forms.opened import OpenedField
from patients.forms.fields import columns, segmented, tick
from patients.models import AntidepressantTrial
from patients.models.chart import MedicineClass
from patients.rules.standing import RANGES


class MedicineForm(forms.Form):
    client_key = ClientKey(required=False)
    name = Line(label="Medicine", max_length=120)
    medicine_class = forms.ChoiceField(label="Class", choices=[("", "Choose"), *MedicineClass.choices])
    dose = Line(label="Dose", max_length=80, required=False)
    started_on = Day(label="Since", required=False)

    helper = laid_out("Add the medicine", "client_key", columns("name", "medicine_class"), columns("dose", "started_on"))


class MedicineStopForm(forms.Form):
    stopped_on = Day(label="No longer taken from")

    helper = laid_out("Stop the medicine", "stopped_on")


class TrialForm(forms.Form):
    client_key = ClientKey(required=False)
    opened = OpenedField()
    drug = Line(label="Antidepressant", max_length=120)
    dose = Line(label="Dose", max_length=80, required=False)
    weeks = forms.IntegerField(label="Weeks at an adequate dose", min_value=0, max_value=1000)
    is_adequate = forms.BooleanField(label="Adequate dose and duration", required=False, initial=True)
    outcome = forms.ChoiceField(label="Outcome", choices=AntidepressantTrial.Outcome.choices, widget=forms.RadioSelect)

    helper = laid_out("Save the trial", "client_key", "opened", columns("drug", "dose", "weeks"), tick("is_adequate"), segmented("outcome"))


UNITS = {"low_spo2": "%", "minimum_watch_minutes": "min"}
LABELS = {
    "predose_systolic": "Before the dose: systolic up to", "predose_diastolic": "Before the dose: diastolic up to",
    "high_systolic": "Alert above systolic", "high_diastolic": "Alert above diastolic",
    "low_spo2": "Alert below SpO₂", "minimum_watch_minutes": "Watch for at least",
}  # fmt: skip


class StandingForm(forms.Form):
    """Empty limits stay the site's (PAT-8)."""

    client_key = ClientKey(required=False)

    from_on = Day(label="From")
    until_on = Day(label="Until", help_text="A prescriber looks again then; a year at most.")
    reason = Line(label="Reason", max_length=300)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in RANGES:
            self.fields[name] = forms.IntegerField(label=LABELS[name], required=False, min_value=0, max_value=1000)
        self.fields["from_on"].initial, self.fields["until_on"].initial = today, today + timedelta(days=90)
        limits = [AppendedText(name, UNITS.get(name, "mmHg"), inputmode="numeric") for name in RANGES]
        pairs = [columns(*limits[at : at + 2]) for at in range(0, len(limits), 2)]
        self.helper = laid_out("Set the limits", "client_key", *pairs, columns("from_on", "until_on"), "reason")


class ConfirmForm(forms.Form):
    """No field: the press itself is the act."""

    def __init__(self, *args: Any, button: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = laid_out(button)
