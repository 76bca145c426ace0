"""The forms that make a calendar feed: one's own, and a chair's."""

from typing import Any

from crispy_forms.layout import Div
from django import forms

from clinic.forms.base import Line, laid_out
from clinic.models import Chair, Site
from sessions.models import CalendarFeed


class FeedForm(forms.Form):
    name = Line(label="Where you will use it", max_length=40, help_text="Such as “My phone”: so that you know which one to revoke.")
    scope = forms.ChoiceField(label="Which visits", choices=CalendarFeed.Scope.choices, initial=CalendarFeed.Scope.SITE)

    helper = laid_out("Make my feed", Div("name", "scope", css_class="v-fields"))


class ChairFeedForm(forms.Form):
    prefix = "chair"
    name = Line(label="Who will use it", max_length=40, help_text="Such as “Screen at the front desk”.")
    chair = forms.ModelChoiceField(label="Chair", queryset=Chair.objects.none(), empty_label=None)

    helper = laid_out("Make the chair’s feed", Div("name", "chair", css_class="v-fields"))

    def __init__(self, *args: Any, site: Site, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["chair"].queryset = Chair.objects.filter(site=site, is_active=True).order_by("position", "name", "pk")  # type: ignore[attr-defined]
