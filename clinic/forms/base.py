"""Fields that take what people really type, the layout of a form, and the one way from a form to an action."""

import copy
import unicodedata
import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Layout
from django import forms
from django.core.exceptions import ValidationError

from clinic.findings import Refused
from clinic.forms.opened import reopened

FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2100, 12, 31)


class Line(forms.CharField):
    """One line: runs of white space become one space, control characters are refused (they break mail headers and print)."""

    def to_python(self, value: Any) -> str:
        line = " ".join((super().to_python(value) or "").split())
        if any(unicodedata.category(letter) in ("Cc", "Cs") for letter in line):
            raise ValidationError("Use letters, digits and punctuation only.")
        return line


class Day(forms.DateField):
    """A calendar day within reach of the calendar's arithmetic."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value is not None and not FIRST_DAY <= value <= LAST_DAY:
            raise ValidationError("Choose a day between 1990 and 2100.")


class Moment(forms.DateTimeField):
    """A day and time on the site's wall."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value is not None and not FIRST_DAY <= value.date() <= LAST_DAY:
            raise ValidationError("Choose a day between 1990 and 2100.")


class WallTime(forms.TimeField):
    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


def laid_out(button: str, *rows: Any) -> FormHelper:
    """A posting form with its fields in rows and one button; a way back is the page's affair."""
    helper = FormHelper()
    helper.attrs = {"novalidate": ""}
    foot = HTML(f'<div class="v-form-foot"><button type="submit" class="btn btn-primary">{button}</button></div>')
    helper.layout = Layout(*rows, foot)
    return helper


def posting_to(form: forms.BaseForm, url: str) -> forms.BaseForm:
    """The form, posting elsewhere than to the page it stands on; the helper of its class stays as it is."""
    form.helper = copy.copy(form.helper)  # type: ignore[attr-defined]
    form.helper.form_action = url  # type: ignore[attr-defined]
    return form


def attempt(form: forms.BaseForm, act: Callable[..., object], *names: str, **more: Any) -> bool:
    """Whether the form was good and the act wasn't refused; a refusal's findings stand beside their fields.

    The act gets the cleaned fields (all, or those of `names`) and `more` as keywords.
    """
    if not form.is_valid():
        return False
    values = {name: form.cleaned_data[name] for name in names} if names else form.cleaned_data
    try:
        act(**values, **more)
    except Refused as refused:
        show_refusal(form, refused)
        return False
    return True


class ClientKey(forms.UUIDField):
    """The page's own key, so that a post that comes twice has one effect."""

    widget = forms.HiddenInput

    def __init__(self, *, required: bool = True) -> None:
        errors = {"required": "Load the page again.", "invalid": "Load the page again."}
        super().__init__(initial=uuid.uuid4, required=required, error_messages=errors)


def show_refusal(form: forms.BaseForm, refused: Refused) -> None:
    reopened(form, refused)
    for finding in refused.findings:
        form.add_error(finding.field if finding.field in form.fields else None, finding.text)
