"""Which answer fills which field of an official PDF: one line per field of the PDF, guessed at first."""

from typing import Any

from django import forms

from sessions.papers.official import PdfField


class MapForm(forms.Form):
    """Fields are numbered, since a PDF's own field names may hold anything."""

    def __init__(self, *args: Any, pdf_fields: list[PdfField], start: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pdf_fields = pdf_fields
        for number, field in enumerate(pdf_fields):
            widget = forms.TextInput(attrs={"list": "answers", "class": "form-control", "autocomplete": "off"})
            self.fields[f"pdf_{number}"] = forms.CharField(
                label=field.name, required=False, max_length=80, initial=start.get(field.name, ""), widget=widget
            )

    def field_map(self) -> dict[str, str]:
        return {field.name: self.cleaned_data[f"pdf_{number}"] for number, field in enumerate(self.pdf_fields)}

    def rows(self) -> list[dict[str, Any]]:
        return [{"field": self[f"pdf_{number}"], "pdf": field} for number, field in enumerate(self.pdf_fields)]


def guessed(pdf_fields: list[PdfField], keys: list[tuple[str, str]]) -> dict[str, str]:
    """For each PDF field the answer whose id or label is most like its name; nothing below a fair likeness."""
    from rapidfuzz import fuzz, process, utils

    words = {key: f"{key.replace('_', ' ').replace('=', ' ')} {label}" for key, label in keys}
    guesses = {}
    for field in pdf_fields:
        fitting = {key: text for key, text in words.items() if ("=" in key) == field.is_button}
        best = process.extractOne(
            field.name.replace("_", " "), fitting, scorer=fuzz.token_set_ratio, processor=utils.default_process, score_cutoff=80
        )
        if best:
            guesses[field.name] = best[2]
    return guesses
