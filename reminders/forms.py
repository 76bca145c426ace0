"""The form of the messages' room: what was done about a patient's text."""

from crispy_forms.layout import Field
from django import forms

from clinic.forms.base import Line, laid_out
from reminders.models import TextHandling


class HandlingForm(forms.Form):
    how = forms.ChoiceField(
        label="What was done?", choices=TextHandling.How, widget=forms.RadioSelect, error_messages={"required": "Say what was done."}
    )
    note = Line(label="Note", required=False, max_length=300)

    helper = laid_out("Taken", Field("how", wrapper_class="v-segmented v-segmented-wide"), "note")
