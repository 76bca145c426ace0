"""Who the patient is, how to reach them, their status, the people around them."""

from datetime import date
from typing import Any
from uuid import UUID

from crispy_forms.layout import Div
from django import forms
from phonenumber_field.formfields import PhoneNumberField

from clinic.forms.base import ClientKey, Line, laid_out
from clinic.forms.opened import OpenedField
from clinic.models import Site
from patients.forms.fields import US_ZONES, BirthDay, columns, part, segmented, tick
from patients.models import Contact, Patient
from patients.models.messaging import TextConsent
from patients.models.patient import Language, WayHome
from patients.queries.search import namesakes
from patients.rules.agreements import AGREEMENTS
from patients.rules.names import name_problem
from patients.rules.people import birth_problem, birth_question

PHONE_ERRORS = {"invalid": "Write the number with its area code, like 518 555 0123."}


class PatientForm(forms.Form):
    """Registers or edits. An unlikely birth date and a namesake are asked about: the question comes with a box to tick."""

    client_key = ClientKey(required=False)
    opened = OpenedField()
    last_name = Line(label="Last name", max_length=80)
    first_name = Line(label="First name", max_length=80)
    middle_initial = Line(label="Middle initial", max_length=1, required=False)
    birth_on = BirthDay(label="Date of birth")
    sex = forms.ChoiceField(label="Sex", choices=Patient.Sex.choices, widget=forms.RadioSelect, help_text="As the monitoring form asks it.")
    mrn = Line(label="MRN", max_length=40, help_text="Your own record number; once per site.")
    can_be_pregnant = forms.BooleanField(label="Ask about pregnancy at each visit", required=False)
    phone = PhoneNumberField(label="Phone", region="US", required=False, error_messages=PHONE_ERRORS)
    email = forms.EmailField(label="E-mail", required=False, max_length=254)
    may_email = forms.BooleanField(label="Agreed to e-mails about visits", required=False, help_text=f"Read out: {AGREEMENTS[-1].email}")
    text_consent = forms.ChoiceField(
        label="Texts about visits", required=False, choices=TextConsent.choices, initial=TextConsent.NONE,
        help_text=f"With the number alone: one a day, three a week. For express agreement read out: {AGREEMENTS[-1].text}",
    )  # fmt: skip
    address = Line(label="Address", max_length=300, required=False)
    language = forms.ChoiceField(label="Language", choices=Language.choices, initial=Language.ENGLISH)
    time_zone = forms.ChoiceField(label="Time zone", required=False)
    usual_way_home = forms.ChoiceField(label="Usual way home", required=False, choices=[("", "Not known yet"), *WayHome.choices])
    allergies = Line(label="Allergies", max_length=300, required=False, help_text="Write “none known” when they were asked. An ambulance reads this.")
    confirm_birth = forms.BooleanField(label="Yes, this date of birth is right", required=False)
    confirm_other = forms.BooleanField(label="Yes, this is another person", required=False)

    def __init__(self, *args: Any, site: Site, today: date, patient: Patient | None = None, **kwargs: Any) -> None:
        self.site, self.today, self.patient = site, today, patient
        super().__init__(*args, **kwargs)
        zone = patient.time_zone if patient else ""
        others = [(zone, zone)] if zone and zone not in dict(US_ZONES) else []
        self.fields["time_zone"].choices = [("", "Same as the clinic"), *US_ZONES, *others]  # type: ignore[attr-defined]
        self.questions = Div()
        self.helper = laid_out(
            "Save" if patient else "Register the patient",
            "client_key",
            "opened",
            self.questions,
            columns("last_name", "first_name", "middle_initial"),
            columns("birth_on", "mrn"),
            segmented("sex"),
            tick("can_be_pregnant"),
            "allergies",
            part("How to reach them"),
            columns("phone", "email"),
            tick("may_email"),
            "text_consent",
            "address",
            columns("language", "time_zone", "usual_way_home"),
        )

    def clean_last_name(self) -> str:
        return self._a_name("last_name")

    def clean_first_name(self) -> str:
        return self._a_name("first_name")

    def _a_name(self, field: str) -> str:
        name: str = self.cleaned_data[field]
        problem = name_problem(name)
        if problem:
            raise forms.ValidationError(problem)
        return name

    def clean_birth_on(self) -> date:
        birth_on: date = self.cleaned_data["birth_on"]
        problem = birth_problem(birth_on, self.today)
        if problem:
            raise forms.ValidationError(problem)
        return birth_on

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        birth_on = cleaned.get("birth_on")
        if cleaned.get("may_email") and not cleaned.get("email") and "email" not in self.errors:
            self.add_error("email", "Which address did they agree to?")
        cleaned["text_consent"] = cleaned.get("text_consent") or TextConsent.NONE
        if cleaned["text_consent"] != TextConsent.NONE and not cleaned.get("phone") and "phone" not in self.errors:
            self.add_error("phone", "Which number may be texted?")
        if birth_on is not None:
            self._ask("confirm_birth", "birth_on", birth_question(birth_on, self.today))
            self._ask("confirm_other", "last_name", self._namesake(cleaned, birth_on))
        return cleaned

    def _namesake(self, cleaned: dict[str, Any], birth_on: date) -> str:
        names = cleaned.get("last_name"), cleaned.get("first_name")
        if self.patient is not None or not all(names):
            return ""
        found = namesakes(self.site, last_name=str(names[0]), first_name=str(names[1]), birth_on=birth_on)
        return f"Already here with this date of birth: {', '.join(f'{one} (MRN {one.mrn})' for one in found)}." if found else ""

    def _ask(self, confirm: str, field: str, question: str) -> None:
        """Show the question with its box; without the tick the form is not good."""
        unchanged = self.patient is not None and field not in self.changed_data
        if not question or unchanged:
            return
        self[confirm].label = f"{question} {self.fields[confirm].label}."
        self.questions.fields.append(Div(tick(confirm), css_class="v-confirm"))
        if not self.cleaned_data.get(confirm):
            self.add_error(field, question)

    @property
    def key(self) -> UUID | None:
        """The page's key, also where something else of the form isn't good."""
        self.is_valid()
        return self.cleaned_data.get("client_key") if self.is_bound else None

    @property
    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name not in ("client_key", "opened") and not name.startswith("confirm_")}


class StatusForm(forms.Form):
    opened = OpenedField()
    status = forms.ChoiceField(label="Status", choices=Patient.Status.choices, widget=forms.RadioSelect)
    reason = Line(label="Why", max_length=200, required=False, help_text="Needed for any but active. For example: admitted, pregnant.")

    helper = laid_out("Save the status", "opened", segmented("status"), "reason")


class ContactForm(forms.Form):
    client_key = ClientKey(required=False)
    opened = OpenedField()
    kind = forms.ChoiceField(label="Who", choices=Contact.Kind.choices, widget=forms.RadioSelect, initial=Contact.Kind.ESCORT)
    name = Line(label="Name", max_length=120)
    relation = Line(label="Relation", max_length=60, required=False)
    phone = PhoneNumberField(label="Phone", region="US", required=False, error_messages=PHONE_ERRORS)

    may_text = forms.BooleanField(
        label="Told us themselves: one text when the patient is ready to go home is welcome",
        required=False,
        help_text="For whoever brings the patient home. STOP by text ends it; another number needs another yes.",
    )

    helper = laid_out("Save the contact", "client_key", "opened", segmented("kind"), columns("name", "relation", "phone"), tick("may_text"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("may_text") and not data.get("phone") and "phone" not in self.errors:
            self.add_error("phone", "Which number do the texts go to?")
        return data

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        problem = name_problem(name)
        if problem:
            raise forms.ValidationError(problem)
        return name


class ContactEditForm(ContactForm):
    is_active = forms.BooleanField(label="Still to be called", required=False, help_text="Untick instead of deleting: past visits keep the name.")

    helper = laid_out(
        "Save the contact", "client_key", "opened", segmented("kind"), columns("name", "relation", "phone"), tick("may_text"), tick("is_active")
    )
