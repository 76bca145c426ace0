"""Forms about presence: what staff write for a prescriber, to whom one hands over, and what a person puts right."""

from collections.abc import Iterable
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from crispy_forms.layout import Div
from django import forms
from django.utils import timezone

from clinic.forms.base import Line, Moment, WallTime, laid_out
from clinic.models import DutyPeriod, Membership
from clinic.rules.opening import latest, local_day

COMING, GOING = "came", "left"
SELECT = forms.Select(attrs={"class": "form-select"})


class PlanLeavingForm(forms.Form):
    """When I plan to leave today; empty: at closing."""

    leaves_at = WallTime(
        label="I plan to leave at", required=False, widget=forms.TimeInput(attrs={"type": "time", "class": "form-control"}, format="%H:%M")
    )

    def moment(self, zone: ZoneInfo, now: datetime) -> datetime | None:
        """Today on the site's wall."""
        wall: time | None = self.cleaned_data["leaves_at"]
        return None if wall is None else latest(local_day(now, zone), wall, zone)


class RecordDutyForm(forms.Form):
    """A prescriber has come, or has left; empty time means now."""

    member = forms.ModelChoiceField(label="Prescriber", queryset=Membership.objects.none(), empty_label=None, widget=SELECT)
    what = forms.ChoiceField(label="Has", choices=[(COMING, "come"), (GOING, "left")])
    at = Moment(
        label="At", required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local", "class": "form-control"}, format="%Y-%m-%dT%H:%M")
    )

    def __init__(self, *args: Any, prescribers: Iterable[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["member"]
        field.queryset = Membership.objects.filter(pk__in=[one.pk for one in prescribers]).select_related("user").order_by("user__printed_name", "pk")
        field.label_from_instance = lambda member: member.user.printed_name


class HandOverDutyForm(forms.Form):
    """Which prescriber is here from now on."""

    to = forms.ModelChoiceField(label="To", queryset=Membership.objects.none(), empty_label=None, widget=SELECT)

    def __init__(self, *args: Any, prescribers: Iterable[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["to"]
        field.queryset = Membership.objects.filter(pk__in=[one.pk for one in prescribers]).select_related("user").order_by("user__printed_name", "pk")
        field.label_from_instance = lambda member: member.user.printed_name


class CorrectDutyForm(forms.Form):
    """When one was really here. `stay` names a stay on record, or none: then it was never written down."""

    stay = forms.ModelChoiceField(label="Which", queryset=DutyPeriod.objects.none(), required=False, empty_label="It was not written down")
    came_at = Moment(label="I came")
    left_at = Moment(label="I left", required=False, help_text="Empty: I am still here.")
    reason = Line(label="Why only now", max_length=300)
    client_key = forms.UUIDField(widget=forms.HiddenInput)

    helper = laid_out("Put it right", "client_key", "stay", Div("came_at", "left_at", css_class="v-fields"), "reason")

    def __init__(self, *args: Any, stays: Iterable[DutyPeriod], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["stay"]
        field.queryset = DutyPeriod.objects.filter(pk__in=[one.pk for one in stays]).select_related("membership").order_by("-came_at", "-pk")
        field.label_from_instance = words_of


def words_of(stay: DutyPeriod) -> str:
    """A stay in the list; the zone is the page's."""
    left = f"{wall(stay.left_at):%H:%M}" if stay.left_at else "…"
    return f"{wall(stay.came_at):%a %d %b, %H:%M} to {left}"


def wall(moment: datetime) -> datetime:
    return timezone.localtime(moment)
