"""The office's part: a patient's chart, the monitoring form, the filing desk."""

from datetime import date

from playwright.sync_api import expect

from tests.e2e.people import Person
from tests.moment import TODAY


def confirm_form(person: Person, password: str) -> None:
    """Takes each proposal over, answers what has none by hand, ticks each section, signs."""
    page = person.page
    expect(page.locator("[data-monitoring-form]")).to_be_visible()
    for row in page.locator("[data-field]").all():
        if not row.is_visible():
            continue
        proposed = row.locator(".is-proposed input")
        if proposed.count() == 1 and not proposed.is_checked():
            person.hands.choose(proposed)
    for box in page.locator('[name^="checked_"]').all():
        person.hands.tick(box)
    person.hands.write(page.get_by_label("Your password"), password)
    person.hands.press(person.button("Confirm and sign"))
    expect(page.get_by_role("heading", name="Send it")).to_be_visible()


def send_form(person: Person) -> None:
    person.hands.choose(person.page.locator('[name="method"][value="portal"]'))
    person.hands.press(person.button("It has been sent"))
    expect(person.page.get_by_role("heading", name="Prove that it arrived")).to_be_visible()


def prove_form(person: Person, proof: str) -> None:
    person.hands.write(person.page.get_by_label("Confirmation number or fax receipt"), proof)
    person.hands.press(person.button("File it"))
    expect(person.page.get_by_role("main")).to_contain_text(proof)


def register(person: Person, *, first: str, last: str, born: date, mrn: str, email: str) -> None:
    """A patient with what the desk knows: name, birth date, sex, e-mail."""
    person.go("Patients")
    person.hands.press(person.link("Register a patient"))
    page = person.page
    person.hands.write(page.get_by_label("Last name"), last)
    person.hands.write(page.get_by_label("First name"), first)
    person.hands.write_day(page.get_by_label("Date of birth"), born)
    person.choose(sex="male")
    person.hands.write(page.get_by_label("MRN"), mrn)
    person.hands.write(page.get_by_label("E-mail", exact=True), email)
    person.tick("may_email")
    save(person)
    expect(page.get_by_role("heading", level=1)).to_contain_text(last)


def enrol(person: Person, proof: str) -> None:
    person.hands.press(person.page.locator("#enrolment").get_by_role("link", name="Record the enrolment"))
    for label in ("Patient signed on", "Prescriber signed on", "Submitted on"):
        person.hands.write_day(person.page.get_by_label(label), TODAY)
    person.choose(method="portal")
    person.hands.write(person.page.get_by_label("REMS patient id"), "SPR-000417")
    person.hands.write(person.page.locator('[name="proof_note"]'), proof)
    save(person)
    person.sees("Enrolled, with proof.")


def screen(person: Person) -> None:
    person.hands.press(person.page.locator("#screening").get_by_role("link", name="Screen"))
    person.sees("Ask each question afresh.")
    names = person.page.evaluate("() => [...new Set([...document.querySelectorAll('main input[type=radio]')].map((one) => one.name))]")
    person.choose(**dict.fromkeys(names, "no"))
    save(person)
    person.sees("No contraindication and no precaution.")


def consent(person: Person) -> None:
    person.hands.press(person.page.locator("#consent").get_by_role("link", name="Record the consent"))
    for label in ("Patient signed on", "Clinician signed on"):
        person.hands.write_day(person.page.get_by_label(label), TODAY)
    person.tick("medication_guide_given")
    save(person)
    person.sees("Counselled; Medication Guide given.")


def add_trial(person: Person, drug: str) -> None:
    person.hands.press(person.page.locator("#medicines").get_by_role("link", name="Add a trial"))
    person.hands.write(person.page.get_by_label("Antidepressant"), drug)
    person.hands.write(person.page.get_by_label("Weeks at an adequate dose"), "8")
    person.choose(outcome="none")
    save(person)
    person.sees(drug)


def open_course(person: Person) -> None:
    person.hands.press(person.page.locator("#course").get_by_role("link", name="Open a course"))
    person.choose(indication="trd")
    save(person)
    person.sees("No order on this course yet.")


def order(person: Person, password: str, until: date) -> None:
    person.hands.press(person.page.locator("#course").get_by_role("link", name="Order doses"))
    person.choose(dose_mg="56")
    person.hands.write_day(person.page.locator('[name="valid_from_on"]'), TODAY)
    person.hands.write_day(person.page.locator('[name="valid_until_on"]'), until)
    person.hands.write(person.page.get_by_label("Your password"), password)
    save(person)
    person.sees("56 mg")


def save(person: Person) -> None:
    """A form's one main button."""
    person.hands.press(person.page.locator("main form .btn-primary, main form [type=submit]").first)
