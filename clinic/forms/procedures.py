"""The text of a procedure, its next version, and the signature under it."""

from django import forms

from clinic.forms.base import ClientKey, Day, Line, laid_out
from clinic.forms.given import GivenField


class Text(forms.CharField):
    def __init__(self) -> None:
        super().__init__(
            label="Text", max_length=20_000, widget=forms.Textarea(attrs={"rows": 14}), help_text="Plain text; an empty line begins a paragraph."
        )


class ProcedureForm(forms.Form):
    title = Line(label="Title", max_length=120)
    effective_on = Day(label="In force from")
    text = Text()
    client_key = ClientKey()

    helper = laid_out("Write the procedure", "client_key", "title", "effective_on", "text")


class VersionForm(forms.Form):
    effective_on = Day(label="In force from")
    text = Text()
    reason = Line(label="What has changed?", max_length=300)
    client_key = ClientKey()

    helper = laid_out("Write the new version", "client_key", "effective_on", "text", "reason")


class SignOffForm(forms.Form):
    """`number` is the version that the page showed: nobody signs a text that they haven't seen."""

    number = forms.IntegerField(min_value=1, max_value=30_000, widget=forms.HiddenInput)
    password = GivenField(label="Your password")
    client_key = ClientKey()

    helper = laid_out("Sign: “I have read this and work by it”", "number", "client_key", "password")
