"""Forms of the messages' settings: how the site sends, and its own words."""

import unicodedata
from typing import Any

from crispy_forms.layout import HTML, Div, Fieldset, Layout
from django import forms
from django.core.exceptions import ValidationError

from clinic.forms.base import Line, Moment, WallTime, laid_out
from clinic.forms.opened import OpenedField
from reminders.models import SiteMessaging
from reminders.samples import LANGUAGES, PARTS

Provider = SiteMessaging.Provider


class Lines(forms.CharField):
    """Several lines: one kind of line end, no blanks at their ends, no control characters."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        lines = [line.rstrip() for line in (super().to_python(value) or "").replace("\r\n", "\n").replace("\r", "\n").split("\n")]
        if any(unicodedata.category(letter) in ("Cc", "Cs") for line in lines for letter in line):
            raise ValidationError("Use letters, digits and punctuation only.")
        return "\n".join(lines).strip()


class MessagingForm(forms.Form):
    opened = OpenedField()
    provider = forms.ChoiceField(
        label="Texts go by", choices=[(Provider.NONE, "No texts"), (Provider.HTTP, "The installation’s text gateway"), (Provider.TWILIO, "Twilio")],
        required=False, help_text="Its operator sets the account up; patients are still asked one by one.",
    )  # fmt: skip
    sender = Line(label="Texts come from", max_length=20, required=False, help_text="With its country, for example +15185550100.")
    texts_per_week = forms.IntegerField(
        label="Texts a week", widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        help_text="At most, to a patient who agreed expressly (1 to 7). Without that the law allows one a day and three a week.",
    )  # fmt: skip
    quiet_until = WallTime(label="No messages before", help_text="8:00 at the earliest, on the patient's clock.")
    quiet_from = WallTime(label="No messages from", help_text="21:00 at the latest.")

    helper = laid_out("Save", "opened", Div("provider", "sender", "texts_per_week", "quiet_until", "quiet_from", css_class="v-fields"))


class WordingForm(forms.Form):
    """The words of one kind in both languages. Its preview follows the typing, and comes by a button without JavaScript."""

    subject_en = Line(label="E-mail: subject", max_length=120)
    body_en = Lines(label="E-mail: text", max_length=2000)
    text_en = Line(label="Text message", max_length=300)
    subject_es = Line(label="E-mail: subject", max_length=120)
    body_es = Lines(label="E-mail: text", max_length=2000)
    text_es = Line(label="Text message", max_length=300)
    from_at = Moment(label="In force from", required=False, help_text="Empty: at once. What was sent before stays as it was.")

    def __init__(self, *args: Any, preview_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for language in LANGUAGES:
            self.fields[f"body_{language}"].widget.attrs["rows"] = 13
            self.fields[f"text_{language}"].widget = forms.Textarea(attrs={"rows": 3})
            for part in PARTS:
                self.fields[f"{part}_{language}"].widget.attrs["lang"] = language
        groups = [Fieldset(label, *[f"{part}_{language}" for part in PARTS]) for language, label in LANGUAGES.items()]
        self.helper = laid_out("Save as a new version")
        self.helper.attrs |= {
            "hx-post": preview_url,
            "hx-trigger": "input delay:400ms",
            "hx-target": "#preview",
            "hx-swap": "outerHTML",
            "hx-sync": "this:replace",
        }
        button = f'<button type="submit" class="btn btn-outline-secondary" formaction="{preview_url}" formnovalidate>Preview</button>'
        save = '<button type="submit" class="btn btn-primary">Save as a new version</button>'
        self.helper.layout = Layout(*groups, "from_at", HTML(f'<div class="v-form-foot">{save}{button}</div>'))

    def words(self) -> dict[str, dict[str, str]]:
        """By language and part."""
        return {language: {part: self.cleaned_data[f"{part}_{language}"] for part in PARTS} for language in LANGUAGES}
