"""The range of days that a report speaks about."""

from datetime import date, timedelta

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from reports.queries.visits import LONGEST_RANGE

# The readings look a day beyond the range on both sides, so that neither end may be the calendar's own.
YEARS = [MinValueValidator(date(2019, 1, 1), "Check the year."), MaxValueValidator(date(2100, 1, 1), "Check the year.")]


class RangeForm(forms.Form):
    first = forms.DateField(label="From", validators=YEARS, widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label="To", validators=YEARS, widget=forms.DateInput(attrs={"type": "date"}))

    def clean(self) -> dict[str, date]:
        found = super().clean() or {}
        first, last = found.get("first"), found.get("last")
        if first and last and first > last:
            self.add_error("last", "The range ends before it begins.")
        elif first and last and last - first > LONGEST_RANGE:
            self.add_error("last", "A report covers one year at most.")
        return found


def range_form(data: object, *, today: date) -> RangeForm:
    """Bound to the address; without one, the last ninety days."""
    given = {key: data.get(key) for key in ("first", "last") if data.get(key)}  # type: ignore[attr-defined]
    return RangeForm(given or {"first": today - timedelta(days=89), "last": today})
