"""Forms of handing over: to whom, for how long, and why a chair is taken."""

from collections.abc import Iterable
from typing import Any

from django import forms

from clinic.forms.base import Line
from clinic.models import Membership, User
from sessions.rules.handover import COVER_MINUTES

SELECT = forms.Select(attrs={"class": "form-select"})


class OfferForm(forms.Form):
    """To whom; with minutes it is a cover, and the giver comes back."""

    to = forms.ModelChoiceField(label="To", queryset=Membership.objects.none(), empty_label=None, widget=SELECT)
    minutes = forms.TypedChoiceField(
        label="For", coerce=int, empty_value=None, required=False, widget=SELECT,
        choices=[("", "For good"), *((minutes, f"{minutes} minutes, then I am back") for minutes in COVER_MINUTES)],
    )  # fmt: skip
    note = Line(label="What to know", max_length=300, required=False, widget=forms.TextInput(attrs={"class": "form-control"}))
    client_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, colleagues: Iterable[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["to"]
        field.queryset = (
            Membership.objects.filter(pk__in=[one.pk for one in colleagues]).select_related("user", "site").order_by("user__printed_name", "pk")
        )
        field.label_from_instance = lambda member: member.user.printed_name


class TakeOverForm(forms.Form):
    owner = forms.ModelChoiceField(
        queryset=User.objects.none(), error_messages={"invalid_choice": "These chairs are not there to be taken over any more."}
    )
    reason = Line(label="Why", max_length=300)
    client_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, owners: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = User.objects.filter(pk__in=[one.pk for one in owners])  # type: ignore[attr-defined]
