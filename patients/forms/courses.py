"""The course and the orders on it."""

from datetime import date, timedelta
from typing import Any

from crispy_forms.layout import HTML
from django import forms
from django.db.models import QuerySet

from clinic.forms.base import Day, Line, laid_out
from clinic.forms.opened import OpenedField
from clinic.models import User
from patients.forms.fields import ClientKey, columns, part, password, segmented, tick
from patients.models import Course
from patients.models.course import Indication
from patients.rules.protocol import REMS_ESKETAMINE

OTHER = "other"
DOSES = [
    *((str(dose), f"{dose} mg ({REMS_ESKETAMINE.devices_for(dose)} devices)") for dose in REMS_ESKETAMINE.doses_mg),
    (OTHER, "Another dose"),
]


class CourseForm(forms.Form):
    indication = forms.ChoiceField(label="Indication", choices=Indication.choices, widget=forms.RadioSelect)
    with_antidepressant = forms.BooleanField(label="Together with an oral antidepressant", required=False, initial=True)
    prescriber = forms.ModelChoiceField(User.objects.none(), label="Prescriber", empty_label=None)
    earlier_sessions = forms.IntegerField(label="How many", min_value=0, max_value=1000, required=False)
    earlier_first_on = Day(label="First on", required=False)
    earlier_last_on = Day(label="Last on", required=False)
    earlier_last_dose_mg = forms.IntegerField(label="Last dose (mg)", min_value=0, max_value=1000, required=False)

    def __init__(self, *args: Any, prescribers: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["prescriber"].queryset = prescribers  # type: ignore[attr-defined]
        self.helper = laid_out(
            "Open the course",
            segmented("indication", "v-segmented-wide"),
            tick("with_antidepressant"),
            "prescriber",
            part("Sessions at another setting, in this course", "Leave empty if there were none."),
            columns("earlier_sessions", "earlier_last_dose_mg"),
            columns("earlier_first_on", "earlier_last_on"),
        )

    def clean_earlier_sessions(self) -> int:
        return self.cleaned_data["earlier_sessions"] or 0


class PrescriberForm(forms.Form):
    opened = OpenedField()
    prescriber = forms.ModelChoiceField(User.objects.none(), label="Whose course it is from now on", empty_label="Choose the prescriber")

    helper = laid_out("Give the course", "opened", "prescriber")

    def __init__(self, *args: Any, prescribers: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["prescriber"].queryset = prescribers  # type: ignore[attr-defined]


class CourseEndForm(forms.Form):
    reason = Line(label="Why does it end?", max_length=200, help_text="Its open orders are cancelled with it.")

    helper = laid_out("End the course", "reason")


class OrderTerms(forms.Form):
    """What is ordered; who signs is the subclasses' affair."""

    client_key = ClientKey()
    dose_mg = forms.ChoiceField(label="Dose", choices=DOSES, widget=forms.RadioSelect)
    other_dose_mg = forms.IntegerField(label="Another dose (mg)", min_value=0, max_value=1000, required=False)
    other_dose_reason = Line(label="Why another dose", max_length=200, required=False)
    sessions = forms.IntegerField(label="How many sessions", min_value=0, max_value=1000, initial=8)
    valid_from_on = Day(label="From")
    valid_until_on = Day(label="Until")
    note = Line(label="Note", max_length=300, required=False)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["valid_from_on"].initial = today
        self.fields["valid_until_on"].initial = today + timedelta(days=27)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("dose_mg") != OTHER:
            cleaned.update(other_dose_reason="", dose_mg=int(cleaned.get("dose_mg") or 0))
        elif cleaned.get("other_dose_mg") is None:
            self.add_error("other_dose_mg", "Which dose?")
        else:
            cleaned["dose_mg"] = cleaned["other_dose_mg"]
        return cleaned

    @property
    def terms(self) -> dict[str, Any]:
        names = ("dose_mg", "other_dose_reason", "sessions", "valid_from_on", "valid_until_on", "note")
        return {name: self.cleaned_data[name] for name in names}


OTHER_DOSE = (
    HTML('<details class="v-more"{% if form.dose_mg.value == "other" %} open{% endif %}><summary>Another dose: how much, and why</summary>'),
    columns("other_dose_mg", "other_dose_reason"),
    HTML("</details>"),
)
TERMS = ("client_key", segmented("dose_mg"), *OTHER_DOSE, columns("sessions", "valid_from_on", "valid_until_on"), "note")


class OrderForm(OrderTerms):
    password = password()

    helper = laid_out("Sign the order", *TERMS, part("Sign: “I order this”"), "password")


class SpokenOrderForm(OrderTerms):
    ordered_by = forms.ModelChoiceField(User.objects.none(), label="Ordered by", empty_label="Choose the prescriber")
    read_back = forms.BooleanField(label="I read the order back and it was confirmed")

    helper = laid_out("Write the spoken order down", "ordered_by", *TERMS, tick("read_back"))

    def __init__(self, *args: Any, prescribers: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ordered_by"].queryset = prescribers  # type: ignore[attr-defined]


class CosignForm(forms.Form):
    """`listed`: it was posted from the list of what is to be signed, which is where it goes back to."""

    password = password()
    listed = forms.BooleanField(required=False, widget=forms.HiddenInput)

    helper = laid_out("Co-sign the order", "password", "listed")


def words_of(course: Course) -> str:
    """The course in a sentence, for the head of a form."""
    antidepressant = "with an oral antidepressant" if course.with_antidepressant else "alone"
    return f"{course.get_indication_display()}, {antidepressant}"
