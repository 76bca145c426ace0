"""Whom an administrator lets in to audit, for what and until when."""

from django import forms

from clinic.forms.base import ClientKey, Day, Line, laid_out


class AuditorForm(forms.Form):
    printed_name = Line(label="Name", max_length=120)
    email = forms.EmailField(label="E-mail", max_length=254)
    purpose = Line(label="Sent by whom, and why", max_length=200)
    first_on = Day(label="Sessions from")
    last_on = Day(label="Sessions to")
    sample_size = forms.IntegerField(
        label="Random sample of", required=False, min_value=1, max_value=500, help_text="Empty: every session of these days."
    )
    seed = Line(
        label="Seed of the sample", required=False, max_length=80, help_text="The auditor may name one. Empty: the last hash of the audit trail."
    )
    until_on = Day(label="Access until", help_text="The last day on which they can look.")
    client_key = ClientKey()

    helper = laid_out("Let them in", "client_key", "printed_name", "email", "purpose", "first_on", "last_on", "sample_size", "seed", "until_on")
