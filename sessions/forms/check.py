"""One check (MON-3, MON-4, MON-7). Drawn by hand in templates/sessions/_check_form.html: it is the page's heart, and crispy alone costs half its budget."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone

from clinic.models import User
from sessions.actions.watch import Check
from sessions.forms.moments import MomentForm, corrected_moment
from sessions.models.monitoring import Breathing, Dissociation, Nausea, Observation
from sessions.rules.alerts import URGENT_SIGNS
from sessions.rules.vitals import BY_FIELD

SEDATION = ((5, "Awake"), (4, "Slow"), (3, "Loud voice"), (2, "Shaken"), (1, "Pain"), (0, "No answer"))
# What can be ticked as "not obtained", and the fields of an observation that it stands for.
NOT_OBTAINED = {
    "pressure": ("Pressure", ("systolic", "diastolic")),
    "pulse": ("Pulse", ("pulse",)),
    "spo2": ("SpO₂", ("spo2",)),
    "breathing": ("Breathing", ("breathing",)),
    "sedation": ("Sedation", ("sedation",)),
    "dissociation": ("Dissociation", ("dissociation",)),
    "nausea": ("Nausea", ("nausea",)),
}
REASONS = (
    ("Refused", "Refused"),
    ("Asleep, not woken", "Asleep, not woken"),
    ("Out of the room", "Out of the room"),
    ("Equipment failed", "Equipment failed"),
)


def number(name: str) -> forms.IntegerField:
    reading = BY_FIELD[name]
    errors = {
        "invalid": f"{reading.label}: whole numbers only.",
        "max_value": f"{reading.label}: that is too large.",
        "min_value": f"{reading.label}: not below zero.",
    }
    return forms.IntegerField(label=reading.label, required=False, min_value=0, max_value=999, error_messages=errors)


class CheckForm(MomentForm):
    systolic, diastolic, pulse, spo2 = number("systolic"), number("diastolic"), number("pulse"), number("spo2")
    breaths, cadss = number("breaths"), number("cadss")
    breathing = forms.ChoiceField(choices=Breathing.choices, required=False)
    sedation = forms.TypedChoiceField(choices=SEDATION, coerce=int, empty_value=None, required=False, label="Sedation")
    dissociation = forms.ChoiceField(choices=Dissociation.choices, required=False)
    nausea = forms.ChoiceField(choices=Nausea.choices, required=False)
    urgent_signs = forms.MultipleChoiceField(choices=URGENT_SIGNS, required=False)
    not_obtained = forms.MultipleChoiceField(choices=[(name, label) for name, (label, _) in NOT_OBTAINED.items()], required=False)
    not_obtained_reason = forms.CharField(max_length=100, required=False, label="Why not")
    note = forms.CharField(max_length=500, required=False)
    is_confirmed = forms.BooleanField(required=False)

    def check(self, observed_by: User | None = None) -> Check:
        """What the action takes. Call it on a valid form."""
        data = self.cleaned_data
        reason = data["not_obtained_reason"].strip()
        reasons = {field: reason for name in data["not_obtained"] for field in NOT_OBTAINED[name][1]}
        return Check(
            values={name: data[name] for name in (*BY_FIELD, "breathing", "dissociation", "nausea")}, observed_at=self.moment(), client_key=data["client_key"],
            not_obtained=reasons, urgent_signs=tuple(data["urgent_signs"]), note=data["note"].strip(), observed_by=observed_by, is_confirmed=data["is_confirmed"], is_typed=True,
        )  # fmt: skip


class CorrectionForm(CheckForm):
    """A check in the place of `old`; its time stays to the second unless another one is typed."""

    reason = forms.CharField(max_length=300, required=False, label="Why it is corrected")

    def __init__(self, *args: Any, old: Observation, **kwargs: Any) -> None:
        self.old = old
        super().__init__(*args, **kwargs)

    def moment(self) -> datetime:
        return corrected_moment(self.cleaned_data.get("observed_at"), old=self.old.observed_at, now=self.now)


def initial_of(observation: Observation) -> dict[str, object]:
    """A check's values for the form that corrects it."""
    fields = (*BY_FIELD, "breathing", "dissociation", "nausea", "urgent_signs", "note")
    missing = [name for name, (_, stands_for) in NOT_OBTAINED.items() if set(stands_for) & set(observation.not_obtained)]
    why = next(iter(observation.not_obtained.values()), "")
    seen = timezone.localtime(observation.observed_at).strftime("%H:%M")
    return {name: getattr(observation, name) for name in fields} | {"not_obtained": missing, "not_obtained_reason": why, "observed_at": seen}
