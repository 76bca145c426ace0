"""Forms about chairs, opening hours, closed days and equipment."""

from typing import Any

from crispy_forms.layout import Div, Fieldset
from django import forms

from clinic.forms.base import ClientKey, Day, Line, Moment, WallTime, laid_out
from clinic.forms.opened import OpenedField
from clinic.models import Equipment
from clinic.models.site import OpeningHours
from clinic.rules.opening import Span

MOST_MONITORS = 50
WEEKDAYS: list[tuple[int, str]] = list(OpeningHours._meta.get_field("weekday").choices or [])  # type: ignore[arg-type]


class ChairForm(forms.Form):
    name = Line(label="Name", max_length=40)
    position = forms.IntegerField(label="Place in the row", min_value=1, max_value=200, initial=1)

    helper = laid_out("Add the chair", Div("name", "position", css_class="v-fields"))


class ChangeChairForm(ChairForm):
    opened = OpenedField()
    is_active = forms.BooleanField(label="In use", required=False, help_text="A chair that is out of use keeps its past and takes no new bookings.")

    helper = laid_out("Save", "opened", Div("name", "position", css_class="v-fields"), "is_active")


class HoursForm(forms.Form):
    """A row a weekday with up to two openings; an empty row is a closed day, an empty number of monitors no limit for planning (MON-9)."""

    def __init__(self, *args: Any, spans: list[Span] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = []
        for weekday, label in WEEKDAYS:
            mine = sorted(span for span in spans or [] if span.weekday == weekday)
            for turn in (1, 2):
                span = mine[turn - 1] if len(mine) >= turn else None
                again = "" if turn == 1 else " again"
                self.fields[f"opens_{weekday}_{turn}"] = WallTime(label=f"Opens{again}", required=False, initial=span and span.opens_at)
                self.fields[f"closes_{weekday}_{turn}"] = WallTime(label=f"Closes{again}", required=False, initial=span and span.closes_at)
                self.fields[f"monitors_{weekday}_{turn}"] = forms.IntegerField(
                    label=f"Monitors{again}", required=False, min_value=1, max_value=MOST_MONITORS, initial=span and span.monitors
                )
            names = [f"{edge}_{weekday}_{turn}" for turn in (1, 2) for edge in ("opens", "closes", "monitors")]
            rows.append(Fieldset(label, Div(*names, css_class="v-hours"), css_class="v-hours-day"))
        self.fields["opened"] = OpenedField()
        self.helper = laid_out("Save the week", "opened", *rows)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        spans = []
        for weekday, _ in WEEKDAYS:
            for turn in (1, 2):
                opens, closes = cleaned.get(f"opens_{weekday}_{turn}"), cleaned.get(f"closes_{weekday}_{turn}")
                if (opens is None) != (closes is None):
                    self.add_error(f"closes_{weekday}_{turn}", "Give both times, or neither.")
                elif opens is not None and closes is not None and closes <= opens:
                    self.add_error(f"closes_{weekday}_{turn}", "The site must close after it opens.")
                elif opens is not None and closes is not None:
                    spans.append(Span(weekday, opens, closes, cleaned.get(f"monitors_{weekday}_{turn}")))
        return {**cleaned, "spans": spans}


class ClosureForm(forms.Form):
    first = Day(label="First day")
    last = Day(label="Last day", required=False, help_text="Empty: one day.")
    closes_at = WallTime(label="Closed from", required=False, help_text="Empty: the whole day.")
    reason = Line(label="Reason", max_length=200, help_text="Snow, a nurse is ill …")

    helper = laid_out("Mark as closed", Div("first", "last", "closes_at", "reason", css_class="v-fields"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        return {**cleaned, "last": cleaned.get("last") or cleaned.get("first")}


class EquipmentForm(forms.Form):
    kind = forms.ChoiceField(label="Kind", choices=Equipment.Kind.choices)
    label = Line(label="Id", max_length=60, help_text="What is written on it.")
    check_every_days = forms.IntegerField(label="Check every (days)", min_value=1, max_value=3650, initial=365)

    helper = laid_out("Add", Div("kind", "label", "check_every_days", css_class="v-fields"))


class ChangeEquipmentForm(forms.Form):
    opened = OpenedField()
    label = Line(label="Id", max_length=60)
    check_every_days = forms.IntegerField(label="Check every (days)", min_value=1, max_value=3650)
    is_active = forms.BooleanField(label="In use", required=False)

    helper = laid_out("Save", "opened", Div("label", "check_every_days", css_class="v-fields"), "is_active")


class EquipmentCheckForm(forms.Form):
    client_key = ClientKey(required=False)
    checked_at = Moment(label="Checked at")
    is_good = forms.TypedChoiceField(
        label="Result", choices=[("yes", "Good"), ("no", "Not good")], coerce=lambda word: word == "yes", widget=forms.RadioSelect
    )
    note = Line(label="Note", max_length=200, required=False, help_text="Needed when it isn't good.")

    helper = laid_out("Record the check", "client_key", "checked_at", Div("is_good", css_class="v-segmented"), "note")
