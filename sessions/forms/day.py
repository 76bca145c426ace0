"""Forms of opening and closing the day."""

from collections.abc import Iterable
from typing import Any

from crispy_forms.layout import Div
from django import forms

from clinic.forms.base import Day, Line, laid_out
from clinic.models import Equipment
from sessions.actions.day import Closing, Opening
from sessions.models import TreatmentSession
from sessions.rules.day import BAD, GOOD, SKIPPED

RESULTS = [(GOOD, "Checked: good"), (BAD, "Not good"), (SKIPPED, "Not checked now")]
YES_NO = [("yes", "Yes"), ("no", "No")]


class Records(forms.Form):
    """What both have in common: counts by route, a note, and a reason where the day has that record already."""

    count_patient = forms.IntegerField(label="Devices, patient-named", min_value=0, max_value=9999, required=False)
    count_bulk = forms.IntegerField(label="Devices, bulk stock", min_value=0, max_value=9999, required=False)
    note = Line(label="Note", max_length=500, required=False)
    client_key = forms.UUIDField(widget=forms.HiddenInput)

    def add_reason(self, is_again: bool) -> list[str]:
        """The field for what is put right, only where there is something to."""
        self.fields["reason"] = Line(label="What you put right", max_length=300, required=False)
        if not is_again:
            self.fields["reason"].widget = forms.HiddenInput()
        return ["reason"]

    def counts(self) -> dict[str, int | None]:
        return {"patient": self.cleaned_data["count_patient"], "bulk": self.cleaned_data["count_bulk"]}


class OpeningForm(Records):
    kit = forms.ChoiceField(label="Emergency kit complete and in date", choices=YES_NO)
    rooms = forms.ChoiceField(label="Rooms are ready", choices=YES_NO)

    def __init__(self, *args: Any, equipment: Iterable[Equipment], is_again: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.devices = {f"device_{device.pk}": device.pk for device in equipment}
        for name, device in zip(self.devices, equipment, strict=True):
            self.fields[name] = forms.ChoiceField(label=str(device), choices=RESULTS, initial=GOOD if is_again else SKIPPED)
        reason = self.add_reason(is_again)
        button = "Put the opening right" if is_again else "Open the day"
        self.helper = laid_out(
            button, "client_key", Div(*self.devices, css_class="v-fields"), Div("kit", "rooms", css_class="v-fields"),
            Div("count_patient", "count_bulk", css_class="v-fields"), "note", *reason,
        )  # fmt: skip

    def opening(self) -> Opening:
        said = self.cleaned_data
        devices = {pk: said[name] for name, pk in self.devices.items()}
        return Opening(devices=devices, kit=said["kit"], rooms=said["rooms"], counts=self.counts(), note=said["note"], reason=said["reason"])


class ClosingForm(Records):
    day = Day(widget=forms.HiddenInput)
    is_leaving = forms.BooleanField(label="I leave now: end my presence too", required=False)

    def __init__(self, *args: Any, sessions: Iterable[TreatmentSession], is_again: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.open = {f"why_{row.pk}": row.pk for row in sessions}
        for name, row in zip(self.open, sessions, strict=True):
            self.fields[name] = Line(label=f"{row.chair.name} is still open: why", max_length=300, required=False)
        reason = self.add_reason(is_again)
        self.helper = laid_out(
            "Put the closing right" if is_again else "Close the day", "client_key", "day", *self.open,
            Div("count_patient", "count_bulk", css_class="v-fields"), "note", *reason, "is_leaving",
        )  # fmt: skip

    def closing(self) -> Closing:
        said = self.cleaned_data
        why = {pk: said[name] for name, pk in self.open.items()}
        return Closing(day=said["day"], counts=self.counts(), why=why, note=said["note"], reason=said["reason"], is_leaving=said["is_leaving"])
