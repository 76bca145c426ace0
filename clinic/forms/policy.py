"""The form of a new version of a site's policy, in groups."""

from typing import Any

from crispy_forms.layout import Div, Fieldset
from django import forms
from django.core.exceptions import ValidationError

from clinic.forms.base import Day, Line, laid_out
from clinic.models import SitePolicy
from clinic.models.policy import Anchor
from clinic.roles import LICENSED
from clinic.rules.policy import BOUNDS

GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("The two hours", ("gate_anchor", "minimum_watch_minutes", "rest_minutes")),
    (
        "Checks",
        ("check_minutes", "check_anchor", "check_grace_minutes", "check_after_minutes", "final_check_minutes", "round_minutes", "late_entry_minutes"),
    ),
    ("Before the dose", ("predose_max_age_minutes", "predose_systolic", "predose_diastolic")),
    (
        "Alerts",
        ("high_systolic", "high_diastolic", "low_spo2", "critical_systolic", "critical_diastolic", "critical_spo2", "critical_moaas"),
    ),
    ("Visits", ("visit_before_minutes", "visit_after_minutes", "minimum_gap_days", "chairs_per_monitor", "moves_by_link")),
    ("Intake", ("intake_step_days",)),
    ("Benefit", ("benefit_review_weeks", "madrs_suicide_from")),
    ("Sign-in", ("lock_after_minutes", "sign_in_hours")),
    ("Who may sign a discharge", ("signing_credentials",)),
    ("Sign-in and signatures", ("second_factor", "both_to_sign")),
)


def label_of(name: str) -> str:
    """The model's words for a field of the policy, as a label."""
    words = str(SitePolicy._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
    return words[:1].upper() + words[1:]


class Minutes(forms.CharField):
    """`0, 40, 120` as a list of whole minutes."""

    def to_python(self, value: Any) -> Any:
        if isinstance(value, list):
            return value
        words = (super().to_python(value) or "").replace(",", " ").split()
        if not all(word.isascii() and word.isdigit() and len(word) <= 4 for word in words):
            raise ValidationError("List whole minutes with commas between, for example 0, 40, 120.")
        return [int(word) for word in words]

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(str(minute) for minute in value) if isinstance(value, list) else value


class PolicyForm(forms.Form):
    gate_anchor = forms.ChoiceField(label=label_of("gate_anchor"), choices=Anchor.choices)
    check_anchor = forms.ChoiceField(label=label_of("check_anchor"), choices=Anchor.choices)
    check_minutes = Minutes(label=label_of("check_minutes"), max_length=120, help_text="From 0 on, with commas between.")
    signing_credentials = forms.MultipleChoiceField(
        label=label_of("signing_credentials"), choices=[(str(one), one.label) for one in LICENSED], widget=forms.CheckboxSelectMultiple
    )
    moves_by_link = forms.BooleanField(label=label_of("moves_by_link"), required=False)
    second_factor = forms.BooleanField(label=label_of("second_factor"), required=False)
    both_to_sign = forms.BooleanField(label=label_of("both_to_sign"), required=False)
    effective_on = Day(label="In force from", help_text="Tomorrow at the earliest: today's sessions keep the rules they began under.")
    reason = Line(label="Why", max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, (lowest, highest) in BOUNDS.items():
            widget = forms.NumberInput(attrs={"inputmode": "numeric"})
            self.fields[name] = forms.IntegerField(label=label_of(name), min_value=lowest, max_value=highest, widget=widget)
        groups = [Fieldset(title, Div(*names, css_class="v-fields")) for title, names in GROUPS]
        self.helper = laid_out("Plan this version", *groups, Fieldset("From when, and why", Div("effective_on", "reason", css_class="v-fields")))

    def values(self) -> dict[str, Any]:
        """What the version decides, without its day and reason."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("effective_on", "reason")}
