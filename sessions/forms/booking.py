"""Booking and moving a visit: chair, day, time, dose; who is looked for by a POST."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from typing import Any

from crispy_forms.layout import Div, Field
from django import forms

from clinic.models import Chair, Site
from clinic.rules.opening import earliest
from patients.models import Patient
from sessions.actions.booking import Wish
from sessions.forms.arrival import untagged
from sessions.forms.setting import offer_settings, setting_field, setting_rows
from sessions.protocol import REMS_ESKETAMINE

FIRST_DAY, LAST_DAY = date(2019, 1, 1), date(2100, 1, 1)


def dose_choices(others: Iterable[int]) -> list[tuple[int, str]]:
    """The usual doses, and those that a prescriber ordered (DOS-1)."""
    return [(dose, f"{dose} mg") for dose in sorted({*REMS_ESKETAMINE.doses_mg, *others})]


class FindForm(forms.Form):
    """Name, date of birth or MRN."""

    who = forms.CharField(
        max_length=100,
        label="Find the patient",
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off", "class": "form-control"}),
    )


class AskedSlot(forms.Form):
    """The free time that was pressed in the schedule, to be said while the patient is looked for; what can't be read is left out."""

    day = forms.DateField(required=False)
    starts_at = forms.TimeField(required=False)
    chair = forms.ModelChoiceField(queryset=Chair.objects.none(), required=False)

    def __init__(self, *args: Any, site: Site, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["chair"].queryset = Chair.objects.filter(site=site, is_active=True)  # type: ignore[attr-defined]

    def known(self) -> dict[str, Any]:
        self.full_clean()
        return {name: self.cleaned_data.get(name) for name in self.fields}


class SlotForm(forms.Form):
    client_key = forms.UUIDField(widget=forms.HiddenInput)
    day = forms.DateField(label="Day", widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    starts_at = forms.TimeField(label="The patient comes at", widget=forms.TimeInput(format="%H:%M", attrs={"type": "time", "step": 900}))
    chair = forms.ModelChoiceField(label="Chair", queryset=Chair.objects.none(), widget=forms.RadioSelect, empty_label=None)
    dose_mg = forms.TypedChoiceField(label="Planned dose", choices=(), coerce=int, widget=forms.RadioSelect)
    setting = setting_field()
    reason = forms.CharField(max_length=300, required=False, label="The prescriber’s reason", help_text="For what only a prescriber may decide.")
    opened = forms.IntegerField(required=False, widget=forms.HiddenInput, min_value=1, max_value=2_000_000_000)
    for_prescriber = forms.BooleanField(required=False, widget=forms.HiddenInput)
    offer = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, site: Site, patient: Patient, may_decide: bool, ordered: Iterable[int] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.site, self.patient, self.may_decide = site, patient, may_decide
        self.fields["chair"].queryset = Chair.objects.filter(site=site, is_active=True)  # type: ignore[attr-defined]
        self.fields["dose_mg"].choices = dose_choices(ordered)  # type: ignore[attr-defined]
        offer_settings(self, site)
        if not may_decide:
            del self.fields["reason"]
        self.helper = untagged(
            "client_key",
            "opened",
            Div("day", "starts_at", css_class="v-fields"),
            Field("chair", wrapper_class="v-segmented"),
            Field("dose_mg", wrapper_class="v-segmented"),
            *setting_rows(self),
            *(["reason"] if may_decide else []),
        )

    def clean_day(self) -> date:
        value: date = self.cleaned_data["day"]
        if not FIRST_DAY <= value <= LAST_DAY:
            raise forms.ValidationError("Check the year.")
        return value

    def moment(self) -> datetime:
        """Day and time as the site's wall shows them."""
        wall: time = self.cleaned_data["starts_at"].replace(second=0, microsecond=0)
        return earliest(self.cleaned_data["day"], wall, self.site.zone)

    def wish(self) -> Wish:
        """What was asked for; a pressed offer takes the place of day, time and chair."""
        data = self.cleaned_data
        chair, starts_at = offered(data.get("offer", ""), self.site) or (data["chair"], self.moment())
        return Wish(
            patient=self.patient, chair=chair, starts_at=starts_at, dose_mg=data["dose_mg"], reason=data.get("reason", ""), may_decide=self.may_decide,
            setting=data.get("setting", ""), for_prescriber=data["for_prescriber"],
        )  # fmt: skip


def offered(text: str, site: Site) -> tuple[Chair, datetime] | None:
    """Chair and moment of an offer, "12@2026-06-10T14:00+00:00"; None for anything else."""
    pk, _, moment = text.partition("@")
    try:
        starts_at = datetime.fromisoformat(moment)
        chair = Chair.objects.filter(pk=int(pk), site=site, is_active=True).first()
    except (ValueError, OverflowError):
        return None
    if chair is None or starts_at.tzinfo is None or not FIRST_DAY < starts_at.date() < LAST_DAY:
        return None
    return chair, starts_at.astimezone(UTC)
