"""Forms of the reports."""

from reports.forms.exports import ExportForm
from reports.forms.ranges import RangeForm, range_form

__all__ = ["ExportForm", "RangeForm", "range_form"]
