"""Which visits a report speaks about: a range of days, and those of a prescriber, a monitor, an indication, a phase."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from clinic.models import Site
from clinic.roles import Permission, may
from patients.models.course import Indication
from reports.queries.exports import people_of
from reports.queries.visits import LONGEST_RANGE
from reports.rules.narrowing import INDICATION_OF_CODE, PHASE_OF_CODE, Narrowing, narrowing_of

# The readings look a day beyond the range on both sides, so that neither end may be the calendar's own.
YEARS = [MinValueValidator(date(2019, 1, 1), "Check the year."), MaxValueValidator(date(2100, 1, 1), "Check the year.")]
INDICATIONS = [("", "All"), *((code, Indication(word).label) for code, word in INDICATION_OF_CODE.items())]
PHASES = [("", "All"), *((code, phase.words) for code, phase in PHASE_OF_CODE.items())]
NARROWING = ("prescriber", "monitor", "indication", "phase")
# Who may be chosen as what: (user, name, role).
People = Iterable[tuple[int, str, str]]


def of_ours(code: str) -> int:
    return int(code)


class DaysForm(forms.Form):
    """A range of days, both included."""

    first = forms.DateField(label="From", validators=YEARS, widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label="To", validators=YEARS, widget=forms.DateInput(attrs={"type": "date"}))

    longest, too_long = LONGEST_RANGE, "A report covers one year at most."

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        first, last = found.get("first"), found.get("last")
        if first and last and first > last:
            self.add_error("last", "The range ends before it begins.")
        elif first and last and last - first > self.longest:
            self.add_error("last", self.too_long)
        return found

    @property
    def days(self) -> dict[str, date]:
        return {name: self.cleaned_data[name] for name in ("first", "last")}


class MonthForm(forms.Form):
    """The last of twelve months."""

    until = forms.DateField(
        label="Twelve months to the end of",
        input_formats=["%Y-%m"],
        validators=YEARS,
        widget=forms.DateInput(attrs={"type": "month"}, format="%Y-%m"),
    )


class RangeForm(DaysForm):
    """Days, ids and neutral codes: an address of them can be shared, and names nobody."""

    prescriber = forms.TypedChoiceField(required=False, coerce=of_ours, empty_value=None)
    monitor = forms.TypedChoiceField(required=False, coerce=of_ours, empty_value=None)
    indication = forms.ChoiceField(required=False, choices=INDICATIONS)
    phase = forms.ChoiceField(required=False, choices=PHASES)

    def __init__(self, *args: Any, people: People, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        listed = list(people)
        for name, permission in (("prescriber", Permission.PRESCRIBE), ("monitor", Permission.DOSE)):
            here = [(str(pk), who) for pk, who, role in listed if may(role, permission)]
            self.fields[name].choices = [("", "All"), *here]  # type: ignore[attr-defined]

    @property
    def narrowing(self) -> Narrowing:
        return narrowing_of({name: self.cleaned_data[name] for name in NARROWING})

    @property
    def codes(self) -> dict[str, Any]:
        """What is chosen, as an address or an export keeps it."""
        return {**{name: str(day) for name, day in self.days.items()}, **self.narrowing.as_codes}

    @property
    def address(self) -> str:
        return urlencode(self.codes)

    @property
    def days_address(self) -> str:
        """The days alone, for another site's page: its people are others."""
        return urlencode(self.days)

    @property
    def chosen(self) -> list[str]:
        """The narrowing in words, for the page and for paper."""
        return [f"{self.fields[name].label or name.title()}: {self.word_of(name)}" for name in NARROWING if self.cleaned_data[name]]

    def word_of(self, name: str) -> str:
        return str(dict(self.fields[name].choices)[str(self.cleaned_data[name])])  # type: ignore[attr-defined]


def range_form(data: Mapping[str, Any], site: Site, *, first: date, last: date) -> RangeForm:
    """Bound to the address; without days in it, those that are given."""
    given = {key: data.get(key) for key in RangeForm.base_fields if data.get(key)}
    days = {} if given.keys() & {"first", "last"} else {"first": first, "last": last}
    return RangeForm(given | days, people=people_of(site))
