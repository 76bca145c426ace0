"""An intake: where from and whose, the steps that no chart holds, its owner, its end."""

from datetime import date
from typing import Any

from crispy_forms.layout import HTML
from django import forms
from django.db.models import QuerySet

from clinic.forms.base import ClientKey, Day, Line, laid_out
from clinic.models import Site, User
from clinic.queries import members_of
from patients.forms.fields import columns, part, segmented
from patients.models import Intake, IntakeFact
from patients.models.course import Indication
from patients.models.intake import DropReason
from patients.rules.intake import CLINICAL, RECORDED


def people_of(site: Site) -> QuerySet[User]:
    """Everybody who works at the site now."""
    return User.objects.filter(pk__in=members_of(site).order_by().values("user_id")).order_by("printed_name", "pk")


class IntakeForm(forms.Form):
    client_key = ClientKey()
    origin = forms.ChoiceField(label="How do they come?", choices=Intake.Origin.choices, widget=forms.RadioSelect, initial=Intake.Origin.REFERRAL)
    referred_on = Day(label="Referred on")
    referred_by = Line(label="By whom", max_length=120, required=False)
    indication = forms.ChoiceField(label="For", choices=Indication.choices, widget=forms.RadioSelect, initial=Indication.TRD)
    owner = forms.ModelChoiceField(User.objects.none(), label="Whose is it?", empty_label=None, help_text="Who sees that it goes on.")
    note = Line(label="Note", max_length=300, required=False)
    earlier_sessions = forms.IntegerField(label="How many", min_value=0, max_value=1000, required=False)
    earlier_last_dose_mg = forms.IntegerField(label="Last dose (mg)", min_value=0, max_value=1000, required=False)
    earlier_first_on = Day(label="First on", required=False)
    earlier_last_on = Day(label="Last on", required=False)

    def __init__(self, *args: Any, site: Site, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = people_of(site)  # type: ignore[attr-defined]
        self.fields["referred_on"].initial = today
        self.helper = laid_out(
            "Begin the intake", "client_key", segmented("origin"), columns("referred_on", "referred_by"), segmented("indication", "v-segmented-wide"),
            columns("owner", "note"),
            part("Sessions at another setting", "For who transfers in: the course begins with this count, so that nobody's tenth session is called the first."),
            columns("earlier_sessions", "earlier_last_dose_mg"), columns("earlier_first_on", "earlier_last_on"),
        )  # fmt: skip

    def clean_earlier_sessions(self) -> int:
        return self.cleaned_data["earlier_sessions"] or 0

    @property
    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "client_key"}


class StepForm(forms.Form):
    """The steps that this person may record; `who` is offered as the one who did it."""

    client_key = ClientKey()
    step = forms.ChoiceField(label="What was done?", widget=forms.RadioSelect)
    done_on = Day(label="On")
    done_by = forms.ModelChoiceField(User.objects.none(), label="By", empty_label=None)
    note = Line(label="Note", max_length=300, required=False, help_text="For the PDMP: what it showed, in a few words.")

    def __init__(self, *args: Any, site: Site, today: date, may_chart: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [step for step in RECORDED if may_chart or step not in CLINICAL]
        self.fields["step"].choices = [(step, IntakeFact.Kind(step).label) for step in offered]  # type: ignore[attr-defined]
        self.fields["done_by"].queryset = people_of(site)  # type: ignore[attr-defined]
        self.fields["done_on"].initial = today
        self.helper = laid_out("Record it", "client_key", segmented("step", "v-segmented-wide"), columns("done_on", "done_by"), "note")

    @property
    def values(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class OwnerForm(forms.Form):
    owner = forms.ModelChoiceField(User.objects.none(), label="Whose is it from now on?", empty_label=None)

    def __init__(self, *args: Any, site: Site, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = people_of(site)  # type: ignore[attr-defined]
        self.helper = laid_out("Hand it over", "owner")


class DropForm(forms.Form):
    client_key = ClientKey()
    drop_reason = forms.ChoiceField(label="Why?", choices=DropReason.choices, widget=forms.RadioSelect)
    note = Line(label="In words", max_length=300, required=False)

    helper = laid_out("Record the drop-out", "client_key", segmented("drop_reason"), "note")


class PressForm(forms.Form):
    """One press; the key makes it one effect."""

    client_key = ClientKey()

    def __init__(self, *args: Any, button: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = laid_out(button, "client_key")


class TakeBackForm(forms.Form):
    client_key = ClientKey()
    reason = Line(label="Why was it a mistake?", max_length=300)

    helper = laid_out("Take it back", "client_key", HTML('<p class="v-soft">The row is kept and counts no longer.</p>'), "reason")
