"""What the people who bring a patient home have said about the one text to them: each answer a row of its own (MSG-1, MSG-2)."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from phonenumber_field.phonenumber import to_python

from clinic import audit
from clinic.facts import RecordedVia
from clinic.marks import reached_at
from clinic.models import User
from patients.actions.writing import locked
from patients.models import Contact, DriverConsent, Patient
from patients.rules.names import name_problem

How = DriverConsent.How
BY_LINK = "Named by the patient’s link"
# A patient's link adds no more people than this to the chart.
MOST_BY_LINK = 6


def number_of(told: str) -> str:
    """A number as it is stored, with its country; empty for what can't be dialled."""
    number = to_python(told, region="US")
    return str(number) if number and number.is_valid() else ""


def may_be_named(name: str, phone: str) -> bool:
    """Whether a patient's words name somebody who can be texted."""
    return bool(name.strip()) and not name_problem(name.strip()) and bool(number_of(phone))


@transaction.atomic
def answer_driver(contact: Contact, *, has_agreed: bool, how: str, now: datetime, by: User | None = None) -> bool:
    """They agree to the text, or want none (MSG-2). Whether it changed anything; said twice it is kept once.

    Under the patient's lock, as the sender asks.
    """
    locked(contact.patient)
    row = locked(contact)
    if row.may_text == has_agreed:
        return False
    row.may_text = has_agreed
    row.save(update_fields=["may_text"])
    keep(row, how=how, by=by, now=now)
    return True


def keep(contact: Contact, *, how: str, by: User | None, now: datetime) -> None:
    """The ledger's row for what the contact's field says."""
    DriverConsent.objects.create(
        site_id=contact.site_id, contact=contact, has_agreed=contact.may_text, how=how, observed_at=now, recorded_at=now, recorded_by=by,
        recorded_via=RecordedVia.PERSON if by is not None else RecordedVia.LINK,
    )  # fmt: skip
    changes = {"agreed": contact.may_text, "how": how}
    audit.record(action="contact.texts_answered", target=contact, by=by, now=now, site=contact.site, patient_pk=contact.patient_id, changes=changes)


def heed_change(contact: Contact, changed: Collection[str], *, by: User, now: datetime) -> None:
    """After an edit: an answer is kept; another number needs another yes."""
    if "may_text" in changed:
        keep(contact, how=How.CHART, by=by, now=now)
    elif "phone" in changed and contact.may_text:
        contact.may_text = False
        contact.save(update_fields=["may_text"])
        keep(contact, how=How.NUMBER, by=by, now=now)


def driver_by_link(patient: Patient, *, name: str, phone: str, now: datetime) -> Contact | None:
    """Who brings the patient home and agreed to the text, as the patient says; a contact with that number is taken as it is.

    None where the chart takes nobody more by link. Who ended texts, by a text of their own or by telling the staff, stays without them (MSG-2).
    Inside the caller's transaction.
    """
    row, number = locked(patient), number_of(phone)
    theirs = Contact.objects.filter(reached_at(Contact, "phone", number), patient=row, kind=Contact.Kind.ESCORT, is_active=True)
    contact = theirs.order_by("pk").first()
    if contact is None:
        if sum(one.relation == BY_LINK for one in row.contacts.all()) >= MOST_BY_LINK:
            return None
        contact = Contact.objects.create(site=row.site, patient=row, kind=Contact.Kind.ESCORT, name=name.strip(), relation=BY_LINK, phone=number)
        audit.record(action="contact.added", target=contact, by=None, now=now, site=row.site, patient_pk=row.pk)
    if newest_no(contact) not in (How.TEXT, How.CHART):
        answer_driver(contact, has_agreed=True, how=How.LINK, now=now)
    return contact


def has_stopped(contact: Contact) -> bool:
    """Whether their newest word is a STOP of their own."""
    return newest_no(contact) == How.TEXT


def newest_no(contact: Contact) -> str:
    """How they said that they want none, where that is the newest word; else empty."""
    newest = DriverConsent.objects.filter(contact=contact).order_by("-recorded_at", "-pk").first()
    return newest.how if newest is not None and not newest.has_agreed else ""
