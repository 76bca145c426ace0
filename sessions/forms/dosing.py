"""The start, each device, its correction (DOS-1, DOS-2, DEV-1, OUT-4)."""

from datetime import date, datetime
from typing import Any

from crispy_forms.layout import Div, Field
from django import forms

from clinic.forms.given import GivenField
from clinic.models import Membership, User
from clinic.roles import MAY, Permission
from sessions.actions.dosing import Given, Kit
from sessions.forms.arrival import tick, untagged
from sessions.forms.moments import MomentForm, WallTime, corrected_moment
from sessions.models import DeviceUse, TreatmentSession
from sessions.models.dosing import Route

SPRAYS = ((2, "Two sprays"), (1, "One spray"), (0, "None"))
DOSERS = tuple(role for role, acts in MAY.items() if Permission.DOSE in acts)
EARLIEST, LATEST = date(2019, 1, 1), date(2100, 1, 1)


def route_field(*, required: bool) -> forms.ChoiceField:
    return forms.ChoiceField(
        label="Route", choices=[("patient", "Patient-named"), ("bulk", "Bulk stock")], required=required, widget=forms.RadioSelect
    )


def lot_field(*, required: bool) -> forms.CharField:
    attrs = {"data-scan": "", "autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
    return forms.CharField(label="Lot", max_length=40, required=required, widget=forms.TextInput(attrs=attrs), help_text="Type or scan the code.")


def expiry_field(*, required: bool) -> forms.DateField:
    return forms.DateField(
        label="Expiry", required=required, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "data-scan-expiry": ""})
    )


class KitMixin(forms.Form):
    def clean_expires_on(self) -> date | None:
        value: date | None = self.cleaned_data.get("expires_on")
        if value is not None and not EARLIEST <= value <= LATEST:
            raise forms.ValidationError("Check the year.")
        return value

    def clean_lot(self) -> str:
        return str(self.cleaned_data.get("lot") or "").strip().upper()


class StartForm(KitMixin):
    client_key = forms.UUIDField(widget=forms.HiddenInput)
    said_name = tick("The patient said their name at the chair")
    said_birth_date = tick("The patient said their date of birth at the chair")
    route = route_field(required=True)
    lot = lot_field(required=True)
    expires_on = expiry_field(required=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = untagged(
            "client_key",
            Div(Field("said_name", wrapper_class="v-tick"), Field("said_birth_date", wrapper_class="v-tick"), css_class="v-ticks"),
            Field("route", wrapper_class="v-segmented"),
            Div("lot", "expires_on", css_class="v-fields"),
        )

    def kit(self) -> Kit:
        data = self.cleaned_data
        return Kit(route=data["route"], lot=data["lot"], expires_on=data["expires_on"])


class DeviceForm(KitMixin, MomentForm):
    """One device. Empty kit fields mean the kit of the start; nothing here is a gate (a device is never refused)."""

    observed_at = WallTime(label="Given at")
    sprays = forms.TypedChoiceField(label="Sprays", choices=SPRAYS, coerce=int, widget=forms.RadioSelect)
    observed_by = forms.ModelChoiceField(label="Watched by", queryset=User.objects.none(), required=False, empty_label="Me")
    label_checked = tick("The label names this patient")
    indicator_bad = tick("The indicator was not two dots before and none after")
    has_failed = tick("The device failed")
    route = route_field(required=False)
    lot = lot_field(required=False)
    expires_on = expiry_field(required=False)

    def __init__(self, *args: Any, session: TreatmentSession, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.session = session
        members = Membership.objects.filter(site_id=session.site_id, is_active=True, role__in=DOSERS)
        self.fields["observed_by"].queryset = User.objects.filter(pk__in=members.values("user_id")).order_by("printed_name", "pk")  # type: ignore[attr-defined]
        self.helper = untagged(*self.rows())

    def rows(self) -> list[Any]:
        return [
            Field("sprays", wrapper_class="v-segmented"),
            Div("observed_at", "observed_by", css_class="v-fields"),
            Div(Field("indicator_bad", wrapper_class="v-tick"), Field("has_failed", wrapper_class="v-tick"), css_class="v-ticks"),
            Field("route", wrapper_class="v-segmented"),
            Div("lot", "expires_on", css_class="v-fields"),
        ]

    def kit(self) -> Kit:
        """What was typed, else the kit of the start; bulk stock where nobody said."""
        data, session = self.cleaned_data, self.session
        is_other = bool(data["lot"] or data["expires_on"])
        lot, expires_on = (data["lot"], data["expires_on"]) if is_other else (session.kit_lot, session.kit_expires_on)
        return Kit(route=data["route"] or session.kit_route or Route.BULK, lot=lot, expires_on=expires_on)

    def given(self) -> Given:
        data = self.cleaned_data
        return Given(
            kit=self.kit(), sprays=data["sprays"], given_at=self.moment(), observed_by=data["observed_by"],
            indicator_ok=not data["indicator_bad"], label_checked=data["label_checked"], has_failed=data["has_failed"],
        )  # fmt: skip


class CorrectDeviceForm(DeviceForm):
    """A device in the place of `old`; its time stays to the second unless another one is typed (OUT-4 counts seconds)."""

    reason = forms.CharField(max_length=300, required=False, label="Why it is corrected")
    second_email = forms.EmailField(required=False, label="Second person’s e-mail")
    second_password = GivenField(label="Their password", required=False, is_second=True)

    def __init__(self, *args: Any, old: DeviceUse, **kwargs: Any) -> None:
        self.old = old
        super().__init__(*args, session=old.session, **kwargs)

    def moment(self) -> datetime:
        return corrected_moment(self.cleaned_data.get("observed_at"), old=self.old.observed_at, now=self.now)

    def rows(self) -> list[Any]:
        second = Div("second_email", "second_password", css_class="v-fields")
        return ["client_key", *super().rows(), Field("label_checked", wrapper_class="v-tick"), "reason", second]


class ComplaintForm(forms.Form):
    """What the maker answered about a failed device (DOS-2)."""

    number = forms.IntegerField(min_value=1, max_value=12, widget=forms.HiddenInput)
    reference = forms.CharField(max_length=80, required=False)


class SecondForm(forms.Form):
    """Another person, by their own e-mail and password, without taking over the sign-in (OUT-4)."""

    client_key = forms.UUIDField(widget=forms.HiddenInput)
    second_email = forms.EmailField(label="Second person’s e-mail", widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    second_password = GivenField(label="Their password", is_second=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = untagged("client_key", Div("second_email", "second_password", css_class="v-fields"))


def initial_of(device: DeviceUse, zone: Any) -> dict[str, object]:
    """A device's values for the form that corrects it."""
    return {
        "sprays": device.sprays, "observed_at": local_clock(device.observed_at, zone), "observed_by": device.observed_by_id, "route": device.route,
        "lot": device.lot, "expires_on": device.expires_on, "indicator_bad": not device.indicator_ok, "has_failed": device.has_failed,
        "label_checked": device.label_checked,
    }  # fmt: skip


def local_clock(moment: datetime, zone: Any) -> str:
    return moment.astimezone(zone).strftime("%H:%M")
