"""The fields of an adverse event, its correction, and the call to the REMS or the maker (PMF-6)."""

from typing import Any

from crispy_forms.layout import Div, Field, Layout
from django import forms
from django.utils import timezone

from clinic.forms.base import Line, Moment
from sessions.actions.adverse import Told
from sessions.forms.events import untagged
from sessions.models import AdverseEvent, EventReport
from sessions.rules.adverse import CRITERIA

YES_NO = (("yes", "Yes"), ("no", "No"))


class AdverseForm(forms.Form):
    """What it was, when, and the judgement; seriousness takes a tap of its own, whatever the record suggests."""

    client_key = forms.UUIDField(widget=forms.HiddenInput)
    kind = Line(label="What was it", max_length=120, required=False, help_text="A few words: loss of consciousness, hypertensive crisis.")
    began_at = Moment(label="Began")
    ended_at = Moment(label="Ended (empty: still going on)", required=False)
    serious = forms.ChoiceField(
        label="Was it serious?", choices=YES_NO, widget=forms.RadioSelect, error_messages={"required": "Judge whether it was serious."}
    )
    criteria = forms.MultipleChoiceField(
        label="What made it serious (all that apply)", choices=CRITERIA, widget=forms.CheckboxSelectMultiple, required=False
    )
    narrative = forms.CharField(
        label="What happened", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 12}),
        help_text="Drafted from the record: read it, change it, leave out what doesn’t belong. No name.",
    )  # fmt: skip
    outcome = Line(label="What became of it", max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = untagged()
        rest = [name for name in self.fields if name not in ("client_key", "kind", "began_at", "ended_at", "serious", "criteria")]
        self.helper.layout = Layout(
            "client_key",
            "kind",
            Div("began_at", "ended_at", css_class="v-fields"),
            Field("serious", wrapper_class="v-segmented"),
            Field("criteria", wrapper_class="v-segmented"),
            *rest,
        )

    def told(self) -> Told:
        data = self.cleaned_data
        return Told(
            kind=data["kind"], began_at=data["began_at"], ended_at=data["ended_at"], is_serious=data["serious"] == "yes",
            criteria=tuple(data["criteria"]), narrative=data["narrative"], outcome=data["outcome"],
        )  # fmt: skip


class AdverseCorrectionForm(AdverseForm):
    reason = Line(label="Why it is corrected", max_length=300, required=False)


def initial_of(event: AdverseEvent) -> dict[str, object]:
    """An event as its form shows it, to be corrected."""
    return {
        "kind": event.kind, "began_at": timezone.localtime(event.observed_at), "ended_at": timezone.localtime(event.ended_at) if event.ended_at else None,
        "serious": "yes" if event.is_serious else "no", "criteria": event.criteria, "narrative": event.narrative, "outcome": event.outcome,
    }  # fmt: skip


class PhoneForm(forms.Form):
    """The call: to whom, which number, when, with whom, their case number."""

    client_key = forms.UUIDField(widget=forms.HiddenInput)
    to = forms.ChoiceField(label="Called", choices=EventReport.To.choices, widget=forms.RadioSelect, error_messages={"required": "Who was called?"})
    number = Line(label="Number called", max_length=40, required=False)
    phoned_at = Moment(label="Called at", required=False, help_text="Empty: now.")
    spoke_with = Line(label="Spoke with", max_length=120, required=False)
    reference = Line(label="Case number they gave", max_length=60, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = untagged()
        self.helper.layout = Layout(
            "client_key", Field("to", wrapper_class="v-segmented"), Div("number", "phoned_at", "spoke_with", "reference", css_class="v-fields")
        )
