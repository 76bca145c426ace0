"""Readiness item by item, the signature, and addenda (OUT-1, OUT-2)."""

from typing import Any

from crispy_forms.layout import Div, Layout
from django import forms

from clinic.forms.given import GivenField
from sessions.forms.events import untagged
from sessions.forms.moments import MomentForm
from sessions.rules.readiness import ITEMS, SEEN


class ReadinessForm(MomentForm):
    """One field per item of OUT-1; an item may stay open."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for item in ITEMS:
            self.fields[item.id] = forms.ChoiceField(choices=item.choices, required=False, label=item.label)
        self.fields["taken_by"] = forms.CharField(max_length=18, required=False, label="Who took them home")
        self.fields["taken_name"] = forms.CharField(max_length=120, required=False, label="Name")
        self.fields["taken_seen"] = forms.ChoiceField(choices=SEEN, required=False, label="Seen by us")

    def answers(self) -> dict[str, str]:
        names = [*(item.id for item in ITEMS), "taken_by", "taken_name", "taken_seen"]
        return {name: self.cleaned_data[name] for name in names if self.cleaned_data.get(name)}


class SignForm(forms.Form):
    """The signer's identity, confirmed again."""

    client_key = forms.UUIDField(widget=forms.HiddenInput)
    password = GivenField(label="Your password")


class DischargeForm(SignForm):
    """The version of the record that the page showed (OUT-2)."""

    version = forms.CharField(max_length=64, widget=forms.HiddenInput, required=False)

    def clean(self) -> dict[str, Any]:
        """Said above the form: a hidden field has no place for an error."""
        data = super().clean() or self.cleaned_data
        if not data.get("version"):
            self.add_error(None, "This page is out of date. Load it again.")
        return data


class EarlyForm(DischargeForm):
    """Two people on one page (OUT-3): the reason, the signer's password, and the prescriber's own e-mail and password."""

    reason = forms.CharField(
        max_length=300, required=False, label="Why the patient leaves now", widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    second_email = forms.EmailField(label="The prescriber’s e-mail", widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    second_password = GivenField(label="The prescriber’s password", is_second=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = untagged()
        self.helper.layout = Layout("client_key", "reason", "password", Div("second_email", "second_password", css_class="v-fields"))

    def shown(self) -> frozenset[str]:
        """Keys of the findings that the page showed; the page writes them itself."""
        return frozenset(str(self.data.get("shown", ""))[:2000].split())


class AddendumForm(MomentForm):
    """What is added to a closed record, why it comes later, and the signature under it."""

    on = forms.DateField(label="Day", widget=forms.DateInput(attrs={"type": "date"}), required=False, help_text="Empty: today.")
    text = forms.CharField(max_length=2000, widget=forms.Textarea(attrs={"rows": 4}), label="What you add", required=False)
    reason = forms.CharField(max_length=300, label="Why it comes later", required=False)
    password = GivenField(label="Your password")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(["client_key", "text", "reason", "on", "observed_at", "password"])
        self.fields["observed_at"].label = "Time"
        self.helper = untagged()

    def clean(self) -> dict[str, Any]:
        """A day alone would silently become now."""
        data = super().clean() or self.cleaned_data
        if data.get("on") and data.get("observed_at") is None and "observed_at" not in self.errors:
            self.add_error("observed_at", "At what time on that day?")
        return data
