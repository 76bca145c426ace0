"""The form of a decision after a missed or held visit, and the ticks of what is accepted from the re-proposal (DOS-6)."""

from typing import Any

from crispy_forms.layout import Field
from django import forms

from clinic.findings import Finding, Level
from clinic.forms.base import ClientKey, Line, laid_out
from patients.rules.course import Phase
from sessions.models import NextStep
from sessions.rules.next_step import choices_for


class NextForm(forms.Form):
    client_key = ClientKey()
    choice = forms.ChoiceField(label="How does the course go on?", widget=forms.RadioSelect)
    reason = Line(label="Why", max_length=300, required=False, help_text="A prescriber says why, unless it simply goes on.")

    helper = laid_out("Decide", "client_key", Field("choice", wrapper_class="v-segmented v-segmented-wide"), "reason")

    def __init__(self, *args: Any, phase: Phase, is_prescriber: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = choices_for(phase, is_prescriber=is_prescriber)
        self.fields["choice"].choices = [(value, NextStep.Choice(value).label) for value in offered]  # type: ignore[attr-defined]
        if len(offered) == 1:
            self.initial.setdefault("choice", offered[0])


class AcceptForm(forms.Form):
    """The ticked lines; the button "all" sends every line that the page has shown, so that nothing unseen is accepted."""

    client_key = ClientKey()
    shown = forms.CharField(max_length=8000, required=False)
    everything = forms.CharField(max_length=1, required=False)
    reason = forms.CharField(max_length=300, required=False)

    def keys(self) -> list[str]:
        if self.cleaned_data["everything"]:
            return [key for key in self.cleaned_data["shown"].split(",") if key]
        return self.data.getlist("line")[:200]  # type: ignore[attr-defined]

    def findings(self) -> list[Finding]:
        return [Finding("DOS-6", Level.BLOCK, "Load the page again.", code="redraw.form")]
