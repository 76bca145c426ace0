"""Rounds, one-tap events, what was given, and taking back a mis-tap (MON-3, MON-7, MON-8)."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Field, Layout
from django import forms

from clinic.models import Membership, User
from clinic.roles import PRESCRIBING
from sessions.actions.watch import Event
from sessions.forms.moments import MomentForm
from sessions.models import SessionEvent

ONE_TAP = (
    SessionEvent.Kind.SEDATION_BEGAN,
    SessionEvent.Kind.SEDATION_ENDED,
    SessionEvent.Kind.DISSOCIATION_BEGAN,
    SessionEvent.Kind.DISSOCIATION_ENDED,
    SessionEvent.Kind.BREATHING_BEGAN,
    SessionEvent.Kind.BREATHING_ENDED,
    SessionEvent.Kind.CLINICALLY_READY,
)
DETAILED = (SessionEvent.Kind.MEASURE_GIVEN, SessionEvent.Kind.NOTE)


def untagged() -> FormHelper:
    """Fields alone: the template writes the form's tag, its address and its buttons."""
    helper = FormHelper()
    helper.form_tag = False
    return helper


class RoundForm(MomentForm):
    """Seen, awake, breathing."""


class TapForm(MomentForm):
    kind = forms.ChoiceField(choices=[(kind.value, kind.label) for kind in (*ONE_TAP, *DETAILED)])

    def event(self) -> Event:
        return Event(kind=self.cleaned_data["kind"], observed_at=self.moment(), client_key=self.cleaned_data["client_key"])


class MeasureForm(MomentForm):
    """A medicine or measure: what, dose, route, time, ordered by, effect; or a plain note."""

    kind = forms.ChoiceField(
        choices=[(kind.value, kind.label) for kind in DETAILED], initial=SessionEvent.Kind.MEASURE_GIVEN, widget=forms.RadioSelect, label="What is it"
    )
    what = forms.CharField(max_length=200, label="What", help_text="The medicine, the measure, or what happened.", required=False)
    dose = forms.CharField(max_length=80, required=False)
    route = forms.CharField(max_length=40, required=False)
    ordered_by = forms.ModelChoiceField(queryset=User.objects.none(), required=False, label="Ordered by", empty_label="Nobody")
    effect = forms.CharField(max_length=200, required=False)

    def __init__(self, *args: Any, site: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        prescribers = Membership.objects.filter(site=site, is_active=True, credential__in=PRESCRIBING).values("user_id")
        self.fields["ordered_by"].queryset = User.objects.filter(pk__in=prescribers).order_by("printed_name", "pk")  # type: ignore[attr-defined]
        self.helper = untagged()
        self.helper.layout = Layout(
            "client_key",
            Field("kind", wrapper_class="v-segmented"),
            "what",
            Div("dose", "route", "observed_at", "ordered_by", css_class="v-fields"),
            "effect",
        )

    def event(self) -> Event:
        data = self.cleaned_data
        details = {name: data[name].strip() for name in ("what", "dose", "route", "effect")}
        return Event(kind=data["kind"], observed_at=self.moment(), client_key=data["client_key"], ordered_by=data["ordered_by"], **details)


class WithdrawForm(forms.Form):
    client_key = forms.UUIDField(widget=forms.HiddenInput)
    reason = forms.CharField(max_length=300, required=False, label="Why it is taken back")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = untagged()


class SeenForm(forms.Form):
    """A prescriber's note after seeing the patient."""

    client_key = forms.UUIDField(widget=forms.HiddenInput)
    note = forms.CharField(max_length=300, required=False, label="What you found and decided", widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = untagged()


class AlertNoteForm(forms.Form):
    note = forms.CharField(max_length=250, required=False, label="What you found and decided", widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = untagged()
