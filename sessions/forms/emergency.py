"""The fields of an emergency: where, a step, how it ended, what is told afterwards (MON-5)."""

from typing import Any
from uuid import UUID, uuid4

from django import forms

from clinic.models import Chair, Site
from sessions.forms.events import untagged
from sessions.forms.moments import MomentForm, WallTime
from sessions.models import Emergency, EmergencyEntry, TreatmentSession
from sessions.states import PRESENT

TOLD = (("what", "What happened"), ("measure", "What was done or given"), ("came", "Who came"))


def key_of(text: str) -> UUID:
    """The page's key; a press without a good one still counts, under a key of its own."""
    try:
        return UUID(text)
    except ValueError:
        return uuid4()


class PlaceForm(forms.Form):
    """One tap: a patient in a chair (s12), an empty chair (c3), or a place in words."""

    spot = forms.RegexField(r"\A[sc][0-9]{1,18}\Z", required=False, error_messages={"invalid": "Choose a place of the list."})
    place = forms.CharField(max_length=80, required=False, label="Somewhere else")

    def __init__(self, *args: Any, site: Site, **kwargs: Any) -> None:
        self.site = site
        self.session: TreatmentSession | None = None
        self.chair: Chair | None = None
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        spot = data.get("spot") or ""
        if spot.startswith("s"):
            self.session = TreatmentSession.objects.filter(site=self.site, pk=spot[1:], status__in=PRESENT).first()
        if spot.startswith("c"):
            self.chair = Chair.objects.filter(site=self.site, pk=spot[1:]).first()
        if not self.errors and self.session is None and self.chair is None and not data.get("place"):
            raise forms.ValidationError("Tap a chair, or write the place.")
        return data


class StepForm(MomentForm):
    kind = forms.ChoiceField(choices=EmergencyEntry.Kind.choices)
    text = forms.CharField(max_length=1000, required=False, label="What was done or given")


class EndForm(forms.Form):
    """How it ended; a false alarm says why."""

    outcome = forms.ChoiceField(
        choices=Emergency.Outcome.choices, widget=forms.RadioSelect, label="How did it end", error_messages={"required": "Choose how it ended."}
    )
    reason = forms.CharField(max_length=300, required=False, label="Why (a false alarm, or something else)")
    ended_at = WallTime(label="Ended at (empty: now)")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = untagged()


class TellForm(forms.Form):
    """The details, as far as they are known."""

    client_key = forms.UUIDField(widget=forms.HiddenInput)
    what = forms.CharField(max_length=1000, required=False, label="What happened", widget=forms.Textarea(attrs={"rows": 4}))
    measure = forms.CharField(max_length=1000, required=False, label="What was done or given", widget=forms.Textarea(attrs={"rows": 3}))
    came = forms.CharField(max_length=300, required=False, label="Who came (crew, unit, names)")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = untagged()

    def told(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name, _ in TOLD}
