"""The form that takes a whole sheet: rows of devices, checks and taps, whose sheet it was, its photo."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from typing import Any
from uuid import uuid4

from django import forms
from django.forms import BaseFormSet, formset_factory

from clinic.forms.base import Day
from clinic.models import Membership, User
from clinic.roles import MAY, Permission
from clinic.rules.opening import latest
from sessions.actions.dosing import Given, Kit
from sessions.actions.paper import Paper
from sessions.actions.watch import Check, Event
from sessions.forms.check import SEDATION, number
from sessions.forms.events import ONE_TAP
from sessions.forms.filing import small_enough
from sessions.forms.moments import WallTime
from sessions.models import TreatmentSession
from sessions.models.dosing import Route
from sessions.models.monitoring import Breathing, Dissociation, Nausea
from sessions.rules.vitals import REQUIRED

WRITERS = tuple(role for role, acts in MAY.items() if Permission.TAKE_VITALS in acts)
NOT_ON_PAPER = "Not on the paper"
EMPTY = ("", "–")


class RowForm(forms.Form):
    """One line of the sheet; an empty one is skipped, one without its time can't be kept."""

    at = WallTime(label="Time")

    def is_filled(self) -> bool:
        return any(value not in (None, "", False) for value in self.cleaned_data.values()) if hasattr(self, "cleaned_data") else False

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if any(value not in (None, "", False) for name, value in data.items() if name != "at") and data.get("at") is None and "at" not in self.errors:
            self.add_error("at", "Say when: the time on the paper.")
        return data


class DeviceRow(RowForm):
    sprays = forms.TypedChoiceField(label="Sprays", choices=[EMPTY, (2, "2"), (1, "1"), (0, "0")], coerce=int, empty_value=None, required=False)
    lot = forms.CharField(label="Lot", max_length=40, required=False)
    expires_on = Day(label="Expiry", required=False)
    has_failed = forms.BooleanField(label="Failed", required=False)

    def given(self, at: datetime, route: str) -> Given:
        data = self.cleaned_data
        kit = Kit(route=route, lot=data["lot"].strip().upper(), expires_on=data["expires_on"])
        return Given(kit=kit, sprays=2 if data["sprays"] is None else data["sprays"], given_at=at, observed_by=None, has_failed=data["has_failed"])


class CheckRow(RowForm):
    systolic, diastolic, pulse, spo2 = number("systolic"), number("diastolic"), number("pulse"), number("spo2")
    breathing = forms.ChoiceField(label="Breathing", choices=[EMPTY, *Breathing.choices], required=False)
    sedation = forms.TypedChoiceField(
        label="MOAA/S", choices=[EMPTY, *((code, f"{code} {word}") for code, word in SEDATION)], coerce=int, empty_value=None, required=False
    )
    dissociation = forms.ChoiceField(label="Dissociation", choices=[EMPTY, *Dissociation.choices], required=False)
    nausea = forms.ChoiceField(label="Nausea", choices=[EMPTY, *Nausea.choices], required=False)

    def check(self, at: datetime, *, is_confirmed: bool) -> Check:
        """What isn't on the paper stays empty and says so; nothing is filled from its neighbour (MON-7)."""
        values = {name: value for name, value in self.cleaned_data.items() if name != "at"}
        missing = {name: NOT_ON_PAPER for name, _ in REQUIRED if values.get(name) in (None, "")}
        return Check(values=values, observed_at=at, client_key=uuid4(), not_obtained=missing, is_confirmed=is_confirmed)


class EventRow(RowForm):
    kind = forms.ChoiceField(label="What", choices=[EMPTY, *((kind.value, kind.label) for kind in ONE_TAP)], required=False)

    def event(self, at: datetime) -> Event:
        return Event(kind=self.cleaned_data["kind"], observed_at=at, client_key=uuid4())


class SheetForm(forms.Form):
    """What belongs to the whole sheet."""

    client_key = forms.UUIDField(widget=forms.HiddenInput)
    day = Day(label="Day on the paper")
    written_by = forms.ModelChoiceField(label="Written by", queryset=User.objects.none(), empty_label="Who held the pen?")
    route = forms.ChoiceField(label="Devices from", choices=Route.choices, required=False)
    file = forms.FileField(
        label="Photo of the paper (5 MB at most)", required=False, widget=forms.FileInput(attrs={"accept": "image/*,application/pdf"})
    )
    is_confirmed = forms.BooleanField(required=False)

    def __init__(self, *args: Any, session: TreatmentSession, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        members = Membership.objects.filter(site_id=session.site_id, is_active=True, role__in=WRITERS).values("user_id")
        self.fields["written_by"].queryset = User.objects.filter(pk__in=members).order_by("printed_name", "pk")  # type: ignore[attr-defined]

    def clean_file(self) -> Any:
        return small_enough(self.cleaned_data.get("file"))


Devices = formset_factory(DeviceRow, extra=3, max_num=3)
Checks = formset_factory(CheckRow, extra=6, max_num=6)
Events = formset_factory(EventRow, extra=4, max_num=4)


class PaperForm:
    """The sheet and its rows as one: valid when all of them are."""

    def __init__(self, data: Any = None, files: Any = None, *, session: TreatmentSession, initial: Mapping[str, Any] | None = None) -> None:
        self.session = session
        self.sheet = SheetForm(data, files, session=session, initial=initial)
        self.devices, self.checks, self.events = Devices(data, prefix="devices"), Checks(data, prefix="checks"), Events(data, prefix="events")
        self.findings: list[Any] = []
        # What `is_kept` and `add_findings` of the room ask of a form.
        self.fields = self.sheet.fields

    @property
    def parts(self) -> tuple[Any, ...]:
        return (self.sheet, self.devices, self.checks, self.events)

    def is_valid(self) -> bool:
        """Every part is asked, so that all errors stand beside their fields at once."""
        found = [part.is_valid() for part in self.parts]
        return all(found)

    def add_error(self, field: str | None, text: str) -> None:
        self.sheet.add_error(field, text)

    @property
    def cleaned_data(self) -> dict[str, Any]:
        return self.sheet.cleaned_data

    def has_devices(self) -> bool:
        return any(True for _ in filled(self.devices))

    def paper(self) -> Paper:
        data = self.sheet.cleaned_data
        file = data.get("file")
        return Paper(
            written_by=data["written_by"],
            devices=tuple(row.given(self.moment(row), data["route"] or self.session.kit_route or Route.BULK) for row in filled(self.devices)),
            checks=tuple(row.check(self.moment(row), is_confirmed=data["is_confirmed"]) for row in filled(self.checks)),
            events=tuple(row.event(self.moment(row)) for row in filled(self.events)),
            photo=(file.name or "", file.read()) if file else None,
        )

    def moment(self, row: RowForm) -> datetime:
        day: date = self.sheet.cleaned_data["day"]
        wall: time = row.cleaned_data["at"]
        return latest(day, wall, self.session.site.zone)


def filled(rows: BaseFormSet) -> Iterable[Any]:  # type: ignore[type-arg]
    return (row for row in rows.forms if row.is_filled())
