"""The hidden field that says what a page showed when it was opened, so that nobody writes over another unseen."""

import json
from typing import Any

from django import forms

from clinic.findings import Changed, Refused

MOST = 8000


class OpenedField(forms.CharField):
    """Names to texts; anything else counts as a page that didn't say."""

    widget = forms.HiddenInput

    def __init__(self) -> None:
        super().__init__(required=False, max_length=MOST)

    def clean(self, value: Any) -> dict[str, str] | None:
        try:
            told = json.loads(super().clean(value) or "null")
        except ValueError:
            return None
        if not isinstance(told, dict) or not all(isinstance(text, str) for text in told.values()):
            return None
        return told


def reopened(form: forms.BaseForm, refused: Refused) -> None:
    """After "changed since you opened it" the page knows what stands: saving again is then meant."""
    if isinstance(refused, Changed):
        form.data = form.data.copy()  # type: ignore[assignment,attr-defined]
        form.data[form.add_prefix("opened")] = refused.opened  # type: ignore[index]
