"""Which sessions a binder is made of, for whom and why."""

from datetime import date, timedelta
from typing import Any

from django import forms

from clinic.forms.base import ClientKey, Line, laid_out
from reports.forms.ranges import DaysForm


class BinderForm(DaysForm):
    recipient = Line(label="For whom", max_length=120, help_text="Stands in the ledger of what has left the site.")
    purpose = Line(label="Why", max_length=200)
    client_key = ClientKey()

    helper = laid_out("Make the binder", "client_key", "first", "last", "recipient", "purpose")
    field_order = ("first", "last", "recipient", "purpose", "client_key")

    @property
    def filters(self) -> dict[str, Any]:
        return {"first": str(self.cleaned_data["first"]), "last": str(self.cleaned_data["last"])}


class WholeBinderForm(forms.Form):
    """All of a patient's own sessions, or all of an auditor's."""

    recipient = Line(label="For whom", max_length=120, help_text="Stands in the ledger of what has left the site.")
    purpose = Line(label="Why", max_length=200)
    client_key = ClientKey()

    helper = laid_out("Make the binder", "client_key", "recipient", "purpose")


def last_quarter(today: date) -> dict[str, date]:
    """The quarter that is over: what an auditor asks for."""
    first_of_this = date(today.year, 3 * ((today.month - 1) // 3) + 1, 1)
    last = first_of_this - timedelta(days=1)
    return {"first": date(last.year, last.month - 2, 1), "last": last}
