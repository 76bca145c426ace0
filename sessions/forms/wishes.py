"""What the desk says to a patient who asked for another time."""

from django import forms

from clinic.findings import Refused, refuse


class DeclineForm(forms.Form):
    """A word that the patient reads behind their link."""

    words = forms.CharField(max_length=200, error_messages={"required": "Say a word to the patient."})

    def refusal(self) -> Refused:
        """Its first fault, as the page says refusals."""
        return refuse("SESSION", str(self.errors["words"][0]), code="wish.words", field="words")
