"""Forms of the reports."""

from reports.forms.exports import ExportForm
from reports.forms.ranges import MonthForm, RangeForm, range_form

__all__ = ["ExportForm", "MonthForm", "RangeForm", "range_form"]
