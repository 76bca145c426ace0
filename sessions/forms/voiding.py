"""Voiding, entering again, telling the REMS: a reason, and a second person where it takes one (OUT-4)."""

from typing import Any

from crispy_forms.layout import Div, Field, Layout
from django import forms
from django.db.models import QuerySet

from clinic.forms.given import GivenField
from sessions.forms.events import untagged
from sessions.models import TreatmentSession
from sessions.states import Status


def line(label: str, length: int) -> forms.CharField:
    return forms.CharField(label=label, max_length=length, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"}))


class VoidForm(forms.Form):
    reason = line("Why it is voided", 300)
    second_email = forms.EmailField(label="The second person’s e-mail", required=False, widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    second_password = GivenField(label="Their password", required=False, is_second=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = untagged()
        self.helper.layout = Layout(*self.rows())

    def rows(self) -> list[Any]:
        return ["reason", Div("second_email", "second_password", css_class="v-fields")]


class SessionChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        local = obj.starts_at.astimezone(obj.site.zone)
        return f"{local:%H:%M}, {obj.chair.name}: {obj.patient}, born {obj.patient.birth_on:%d %b %Y} ({Status(obj.status).label.lower()})"


class ReenterForm(VoidForm):
    """The right session, of today's other patients."""

    target = SessionChoice(label="The right session", queryset=TreatmentSession.objects.none(), empty_label=None, widget=forms.RadioSelect)

    def __init__(self, *args: Any, targets: QuerySet[TreatmentSession], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["target"].queryset = targets.select_related("patient", "chair", "site")  # type: ignore[attr-defined]
        self.fields["reason"].label = "How it came about"

    def rows(self) -> list[Any]:
        return [Field("target", wrapper_class="v-sessions"), *super().rows()]


class SwapForm(ReenterForm):
    """The other chart of the two that were exchanged."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["target"].label = "The other session"


class ToldForm(forms.Form):
    note = line("Whom you told, and how", 100)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = untagged()
