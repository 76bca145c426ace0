"""The forms of a finding: who acts by when, and the reason of a closing."""

from typing import Any

from crispy_forms.layout import Div
from django import forms

from clinic.forms.base import Day, Line, laid_out
from clinic.forms.opened import OpenedField
from clinic.models import Site, User


class PlanForm(forms.Form):
    opened = OpenedField()
    owner = forms.ModelChoiceField(User.objects.none(), label="Who acts?", empty_label="Choose a person")
    due_on = Day(label="By when?", help_text="Re-checked by the rules on the Monday after a whole week of visits.")
    cause = Line(label="Why did it happen?", max_length=500, help_text="No patient’s name.")
    action = Line(label="What is done about it?", max_length=500, help_text="No patient’s name.")
    together = forms.BooleanField(label="For every finding of this question that nobody has planned yet", required=False)

    helper = laid_out("Put on record", "opened", Div("owner", "due_on", css_class="v-fields"), "cause", "action", "together")

    def __init__(self, *args: Any, site: Site, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        members = User.objects.filter(is_active=True, memberships__site=site, memberships__is_active=True).exclude(memberships__role="auditor")
        self.fields["owner"].queryset = members.order_by("printed_name", "pk").distinct()  # type: ignore[attr-defined]


class CloseForm(forms.Form):
    why = Line(label="Why is it closed although the rules don’t close it?", max_length=500, error_messages={"required": "Say why."})

    helper = laid_out("Close with this reason", "why")
