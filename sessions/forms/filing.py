"""Sending a monitoring form, its proof or failure, its correction (PMF-5)."""

from datetime import datetime
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Field, Layout
from django import forms
from django.utils import timezone

from clinic.models.attachments import MAX_ATTACHMENT_BYTES
from sessions.models import FormSend

LOCAL = "%Y-%m-%dT%H:%M"


def fields_of(*rows: Any) -> FormHelper:
    """Fields alone: the template writes the form's tag, its address and its button."""
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    helper.layout = Layout(*rows)
    return helper


class SendForm(forms.Form):
    client_key = forms.UUIDField(widget=forms.HiddenInput)
    method = forms.ChoiceField(choices=FormSend.Method.choices, widget=forms.RadioSelect, label="Sent by")
    sent_at = forms.DateTimeField(
        label="Sent at",
        required=False,
        help_text="Empty: now.",
        input_formats=[LOCAL],
        widget=forms.DateTimeInput(format=LOCAL, attrs={"type": "datetime-local"}),
    )

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now
        self.helper = fields_of("client_key", Field("method", wrapper_class="v-segmented"), "sent_at")

    def moment(self) -> datetime:
        typed: datetime | None = self.cleaned_data.get("sent_at")
        return typed or self.now


class ProofForm(forms.Form):
    proof = forms.CharField(label="Confirmation number or fax receipt", max_length=120, required=False)
    file = forms.FileField(
        label="Or its picture or PDF",
        required=False,
        help_text="PDF, PNG or JPEG, 5 MB at most.",
        widget=forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = fields_of("proof", "file")

    def clean_file(self) -> Any:
        return small_enough(self.cleaned_data.get("file"))


class FailForm(forms.Form):
    failure = forms.CharField(label="What went wrong", max_length=200, widget=forms.TextInput(attrs={"placeholder": "Fax line busy"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = fields_of("failure")


class AmendForm(forms.Form):
    client_key = forms.UUIDField(widget=forms.HiddenInput)
    reason = forms.CharField(label="What is corrected, and why", max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = fields_of("client_key", "reason")


class BlankForm(forms.Form):
    """An official blank: for which version, and the file."""

    definition_code = forms.ChoiceField(label="It is the form of")
    file = forms.FileField(
        label="The official PDF, empty",
        help_text="With fields that can be filled in; 5 MB at most.",
        widget=forms.FileInput(attrs={"accept": ".pdf"}),
    )

    def __init__(self, *args: Any, codes: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["definition_code"].choices = codes  # type: ignore[attr-defined]
        self.helper = fields_of("definition_code", "file")

    def clean_file(self) -> Any:
        return small_enough(self.cleaned_data.get("file"))


def small_enough(file: Any) -> Any:
    if file is not None and file.size > MAX_ATTACHMENT_BYTES:
        raise forms.ValidationError("That file is too large: 5 MB at most.")
    return file


def local_now(now: datetime) -> str:
    """A moment as the browser's date-and-time field writes it, in the site's zone."""
    return timezone.localtime(now).strftime(LOCAL)
