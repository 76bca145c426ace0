"""The passphrase of a site's downtime packets, typed twice and never shown again."""

from typing import Any

from django import forms

from clinic.forms.base import laid_out
from reports.rules.downtime import SHORTEST


class PassphraseForm(forms.Form):
    passphrase = forms.CharField(
        label="Passphrase", strip=False, max_length=200, widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=f"At least {SHORTEST} characters. Write it down and keep it sealed at the desk: nobody can look it up here.",
    )  # fmt: skip
    again = forms.CharField(label="The same passphrase again", strip=False, max_length=200, widget=forms.PasswordInput(attrs={"autocomplete": "off"}))

    helper = laid_out("Set the passphrase", "passphrase", "again")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("passphrase") and cleaned.get("again") and cleaned["passphrase"] != cleaned["again"]:
            self.add_error("again", "The two passphrases differ.")
        return cleaned
