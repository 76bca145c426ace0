"""Where a session is held: asked only where the site holds sessions in more than one setting (SET-6)."""

from typing import Any

from crispy_forms.layout import Field
from django import forms

from clinic.models import Site


def setting_field() -> forms.ChoiceField:
    return forms.ChoiceField(label="Held in", required=False, choices=(), widget=forms.RadioSelect)


def offer_settings(form: forms.Form, site: Site) -> None:
    """The site's settings as choices; no question where there is only one."""
    if len(site.settings) < 2:
        del form.fields["setting"]
        return
    form.fields["setting"].choices = site.settings  # type: ignore[attr-defined]
    form.fields["setting"].initial = site.default_setting


def setting_rows(form: forms.Form) -> list[Any]:
    return [Field("setting", wrapper_class="v-segmented")] if "setting" in form.fields else []
