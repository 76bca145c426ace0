"""What the desk says to a patient who asked for another time."""

from django import forms

from clinic.findings import Refused, refuse


class DeclineForm(forms.Form):
    """A word that the patient reads behind their link; that there must be one is the action's to say."""

    words = forms.CharField(max_length=200, required=False)

    def refusal(self) -> Refused:
        """Its first fault, as the page says refusals."""
        return refuse("SESSION", str(self.errors["words"][0]), code="wish.words", field="words")
