"""Enrolment with its proof, screening, consent: what is recorded once and only ever corrected."""

from datetime import date
from typing import Any

from crispy_forms.layout import HTML
from django import forms
from django.utils.html import format_html, format_html_join

from clinic.forms.base import Day, Line, laid_out
from patients.forms.fields import ClientKey, Proof, columns, part, segmented, tick
from patients.models import Enrolment, Screening
from patients.rules.consent import CONSENT_TEXTS, text_in_force
from patients.rules.screening import SCREENING, Kind

ANSWERS = [("no", "No"), ("yes", "Yes"), ("unknown", "Not known")]
WHY = "Why is it corrected?"


class EnrolmentForm(forms.Form):
    """`is_correction` asks why. The proof may be a number, a file, or both; without either the chart says that it is missing."""

    client_key = ClientKey()
    patient_signed_on = Day(label="Patient signed on")
    prescriber_signed_on = Day(label="Prescriber signed on")
    submitted_on = Day(label="Submitted on")
    method = forms.ChoiceField(label="How it was submitted", choices=Enrolment.Method.choices, widget=forms.RadioSelect)
    rems_id = Line(label="REMS patient id", max_length=40, required=False, help_text="May follow later.")
    proof_note = Line(label="Proof", max_length=200, required=False, help_text="Confirmation number or fax receipt.")
    file = Proof(label="The paper itself", required=False, help_text="PDF, PNG, JPEG or plain text, 5 MB at most.")
    reason = Line(label=WHY, max_length=300, required=False)

    def __init__(self, *args: Any, is_correction: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        why = ["reason"] if is_correction else []
        self.fields["reason"].required = is_correction
        self.helper = laid_out(
            "Save the enrolment", "client_key", columns("patient_signed_on", "prescriber_signed_on", "submitted_on"),
            segmented("method"), columns("rems_id", "proof_note"), "file", *why,
        )  # fmt: skip

    @property
    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name not in ("client_key", "file", "reason")}


class EnrolmentProofForm(forms.Form):
    file = Proof(label="Confirmation or receipt", help_text="PDF, PNG, JPEG or plain text, 5 MB at most.")

    helper = laid_out("Add the proof", "file")


class ScreeningForm(forms.Form):
    """Every question answered, none by default: asked afresh, never copied. A correction shows the old answers and asks why."""

    client_key = ClientKey()
    note = forms.CharField(label="Note", max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3}))
    reason = Line(label=WHY, max_length=300, required=False)

    def __init__(self, *args: Any, corrects: Screening | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        old = corrects.answers if corrects is not None else {}
        for question in SCREENING:
            self.fields[question.id] = forms.ChoiceField(
                label=question.text,
                choices=ANSWERS,
                widget=forms.RadioSelect,
                initial=old.get(question.id),
                error_messages={"required": "Answer this question."},
            )
        self.fields["reason"].required = corrects is not None
        if corrects is not None:
            self.fields["note"].initial = corrects.note
        self.helper = laid_out(
            "Save the screening", "client_key", *_part("Contraindications", Kind.CONTRAINDICATION, "Any yes means: no treatment."),
            *_part("Precautions", Kind.PRECAUTION, "A yes is weighed by the prescriber."), "note", *(["reason"] if corrects is not None else []),
        )  # fmt: skip

    @property
    def values(self) -> dict[str, Any]:
        answers = {question.id: self.cleaned_data[question.id] for question in SCREENING}
        return {"answers": answers, "note": self.cleaned_data["note"], "client_key": self.cleaned_data["client_key"]}


def _part(title: str, kind: Kind, lead: str) -> list[Any]:
    heading = part(title, lead, is_first=kind is Kind.CONTRAINDICATION)
    return [heading, *(segmented(question.id, "v-question") for question in SCREENING if question.kind is kind)]


class ConsentForm(forms.Form):
    client_key = ClientKey()
    text_version = forms.ChoiceField(label="Text", choices=[(text.version, f"Version {text.version}") for text in CONSENT_TEXTS])
    patient_signed_on = Day(label="Patient signed on")
    clinician_signed_on = Day(label="Clinician signed on")
    medication_guide_given = forms.BooleanField(label="Medication Guide given", required=False)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        text = text_in_force(today)
        self.fields["text_version"].initial = text.version
        points = HTML(format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", ((point,) for point in text.points))))
        self.helper = laid_out(
            "Save the consent",
            "client_key",
            part("Counselled about", is_first=True),
            points,
            columns("text_version", "patient_signed_on", "clinician_signed_on"),
            tick("medication_guide_given"),
        )

    @property
    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "client_key"}
