"""How a patient went, and the tries of a safety call (OUT-3, MON-5, MSG-7)."""

from typing import Any

from crispy_forms.layout import Div, Field, Layout
from django import forms

from clinic.models import Membership, Site, User
from clinic.roles import MAY, Permission
from sessions.actions.departures import Departing
from sessions.actions.safety_calls import Attempt
from sessions.forms.events import untagged
from sessions.forms.moments import MomentForm, WallTime
from sessions.models.departure import CallWay

WITNESSES = tuple(role for role, acts in MAY.items() if Permission.RECORD_DEPARTURE in acts)


def called(label: str) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=[("", "Not called"), *CallWay.choices], required=False)


def line(label: str, length: int) -> forms.CharField:
    return forms.CharField(label=label, max_length=length, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"}))


class LeftForm(MomentForm):
    """Time seen, condition, and who was called, by what way."""

    condition = line("How the patient was", 300)
    seen_by = forms.ModelChoiceField(label="Seen by", queryset=User.objects.none(), required=False, empty_label="Me")
    patient_called = called("The patient was called")
    contact_called = called("A contact was called")
    emergency_called = called("Emergency services were called")
    note = line("What was said", 300)

    def __init__(self, *args: Any, site: Site, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        members = Membership.objects.filter(site=site, is_active=True, role__in=WITNESSES)
        self.fields["seen_by"].queryset = User.objects.filter(pk__in=members.values("user_id")).order_by("printed_name", "pk")  # type: ignore[attr-defined]
        self.helper = untagged()
        self.helper.layout = Layout(*self.rows())

    def rows(self) -> list[Any]:
        calls = Div("patient_called", "contact_called", "emergency_called", css_class="v-fields")
        return ["client_key", Div("observed_at", "seen_by", css_class="v-fields"), "condition", calls, "note"]

    def departing(self) -> Departing:
        data = self.cleaned_data
        names = ("condition", "seen_by", "patient_called", "contact_called", "emergency_called", "note")
        return Departing(seen_at=self.moment(), **{name: data[name] for name in names})


class TransferForm(LeftForm):
    """Where to, and with whom, besides."""

    destination = line("Where to", 160)
    handed_to = line("With whom", 160)

    def rows(self) -> list[Any]:
        key, when, *rest = super().rows()
        return [key, Div("destination", "handed_to", css_class="v-fields"), when, *rest]

    def departing(self) -> Departing:
        data = self.cleaned_data
        known = super().departing()
        return Departing(**{**vars(known), "destination": data["destination"], "handed_to": data["handed_to"]})


class AttemptForm(MomentForm):
    """One try of a safety call; the button says whether the call is settled by it."""

    observed_at = WallTime(label="Called at")
    reached = forms.ChoiceField(label="Reached?", choices=[("yes", "Reached"), ("no", "Not reached")], widget=forms.RadioSelect)
    note = forms.CharField(
        label="What you found and agreed", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = untagged()
        self.helper.layout = Layout("client_key", Field("reached", wrapper_class="v-segmented"), "note", Div("observed_at", css_class="v-fields"))

    def attempt(self) -> Attempt:
        data = self.cleaned_data
        return Attempt(
            made_at=self.moment(), was_reached=data["reached"] == "yes", note=data["note"], settles="close" in self.data, client_key=data["client_key"]
        )  # fmt: skip


class ExplainForm(forms.Form):
    """Why a session is still open after closing."""

    client_key = forms.UUIDField(widget=forms.HiddenInput)
    reason = forms.CharField(label="Why is it still open?", max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = untagged()
