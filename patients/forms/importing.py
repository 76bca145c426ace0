"""The upload of a CSV of patients."""

from django import forms

from clinic.forms.base import laid_out
from patients.forms.fields import Proof


class ImportForm(forms.Form):
    file = Proof(label="CSV file", help_text="UTF-8, 10,000 rows at most. Nothing is written while it is checked.")

    helper = laid_out("Check the file", "file")
