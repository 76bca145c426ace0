"""Fields and rows that several forms of this room share."""

from datetime import date
from typing import Any

from crispy_forms.layout import HTML, Div, Field
from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.html import format_html
from django.utils.safestring import SafeString

from clinic.forms.base import ClientKey
from clinic.forms.given import GivenField
from clinic.models.attachments import MAX_ATTACHMENT_BYTES

US_ZONES = (
    ("America/New_York", "Eastern"), ("America/Chicago", "Central"), ("America/Denver", "Mountain"), ("America/Phoenix", "Arizona"),
    ("America/Los_Angeles", "Pacific"), ("America/Anchorage", "Alaska"), ("Pacific/Honolulu", "Hawaii"), ("America/Puerto_Rico", "Puerto Rico"),
)  # fmt: skip


__all__ = ["US_ZONES", "BirthDay", "ClientKey", "Proof", "columns", "file_of", "not_in_future", "part", "password", "segmented", "soft", "tick"]


class BirthDay(forms.DateField):
    """A date of birth; the rules say which can't be."""

    widget = forms.DateInput(attrs={"type": "date", "autocomplete": "off"}, format="%Y-%m-%d")

    def __init__(self, **more: Any) -> None:
        super().__init__(input_formats=["%Y-%m-%d", "%m/%d/%Y"], error_messages={"invalid": "Write the date as 03/07/1984."}, **more)


class Proof(forms.FileField):
    """A file of 5 MB at most; the action looks at its content."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        kept = super().clean(data, initial)
        if isinstance(kept, UploadedFile) and (kept.size or 0) > MAX_ATTACHMENT_BYTES:
            raise ValidationError("That file is too large: 5 MB at most.")
        return kept


def file_of(cleaned: dict[str, Any], name: str = "file") -> tuple[str, bytes] | None:
    """Name and content of an uploaded file, or None."""
    upload = cleaned.get(name)
    return (upload.name, upload.read()) if upload else None


def columns(*names: str) -> Div:
    """Fields side by side where there is room; three and more may be narrow."""
    return Div(*names, css_class="v-fields v-fields-3" if len(names) > 2 else "v-fields")


def part(title: str, lead: str = "", *, is_first: bool = False) -> HTML:
    """A heading within a long form."""
    return HTML(format_html('<h2 class="v-form-part{}">{}</h2>{}', " v-form-part-first" if is_first else "", title, soft(lead) if lead else ""))


def soft(text: str) -> SafeString:
    return format_html('<p class="v-soft">{}</p>', text)


def segmented(name: str, extra: str = "") -> Field:
    """Radio buttons as large buttons."""
    return Field(name, wrapper_class=f"v-segmented {extra}".strip())


def tick(name: str) -> Field:
    return Field(name, wrapper_class="v-tick")


def password(label: str = "Your password, again") -> GivenField:
    """Asked at every signature (21 CFR 11)."""
    return GivenField(label=label)


def not_in_future(today: date) -> dict[str, str]:
    """Attributes of a date field that offers no day to come."""
    return {"type": "date", "max": today.isoformat()}
