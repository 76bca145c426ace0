"""The main line through real processes: from the patient's registration to the filed form, the next visit's reminder and the report.

Two hours pass by the clock's offset. Once by mouse on a desk's screen, once by keyboard alone on a tablet's.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import pytest
from playwright.sync_api import expect

from clinic.models import AuditEntry
from patients.models import Patient
from sessions.models import Breach, MonitoringForm, TreatmentSession
from tests.cast import TODAY, Cast, make_cast
from tests.e2e import day, office
from tests.e2e.day import Vitals
from tests.e2e.hands import Hands, Keyboard, Mouse
from tests.e2e.people import Opener, Person
from tests.factories.clinic import PASSWORD
from tests.factories.patients import ready_patient
from tests.support.fixtures import StackMaker
from tests.support.stack import LiveStack

pytestmark = pytest.mark.e2e

# A Wednesday, nine in New York.
MORNING = datetime(2026, 6, 10, 13, 0, tzinfo=UTC)
FRIDAY = TODAY + timedelta(days=2)
LOT, EXPIRES_ON = "R26A117", date(2028, 1, 31)
SCANNED = f"010031234567890617280131\u001d10{LOT}".replace("\u001d", "")
EMAIL = "rowan.tester@patients.example"


@dataclass
class Clinic:
    """A running installation with its cast at the beginning of a day."""

    stack: LiveStack
    cast: Cast
    open_browser: Opener
    url: str

    def person(self, role: str, hands: type[Hands], width: int) -> Person:
        person = self.open_browser(self.url, hands=hands, width=width)
        person.sign_in(self.cast.person(role).email, PASSWORD)
        return person


@pytest.fixture
def clinic(make_stack: StackMaker, open_browser: Opener) -> Clinic:
    stack = make_stack()
    stack.move_clock(MORNING - datetime.now(UTC))
    return Clinic(stack, make_cast(), open_browser, stack.url)


def test_a_whole_day_by_mouse(clinic: Clinic) -> None:
    desk, nurse, prescriber = (clinic.person(role, Mouse, 1440) for role in ("desk", "nurse", "prescriber"))
    office.register(desk, first="Rowan", last="Tester", born=date(1984, 3, 7), mrn="T-1001", email=EMAIL)
    office.enrol(desk, "Portal confirmation 20417")
    complete_chart(prescriber, desk.page.url)
    a_day(clinic, desk=desk, nurse=nurse, prescriber=prescriber)


def test_a_whole_day_by_keyboard_alone_on_a_tablet(clinic: Clinic) -> None:
    ready_patient(clinic.cast.riverside, clinic.cast.prescriber, first_name="Rowan", last_name="Tester", mrn="T-1001", email=EMAIL)
    desk, nurse, prescriber = (clinic.person(role, Keyboard, 820) for role in ("desk", "nurse", "prescriber"))
    a_day(clinic, desk=desk, nurse=nurse, prescriber=prescriber)


def complete_chart(prescriber: Person, chart: str) -> None:
    """What only clinicians may write: screening, consent, trials, course, order."""
    prescriber.page.goto(chart)
    office.screen(prescriber)
    office.consent(prescriber)
    office.add_trial(prescriber, "Sertraline")
    office.add_trial(prescriber, "Venlafaxine")
    office.open_course(prescriber)
    office.order(prescriber, PASSWORD, TODAY + timedelta(days=60))


def a_day(clinic: Clinic, *, desk: Person, nurse: Person, prescriber: Person) -> None:
    day.book(desk, "Tester", on=TODAY, at=time(9, 15), chair="Chair 1")
    prepare(clinic, nurse, prescriber)
    dose(clinic, nurse)
    watch(clinic, nurse)
    leave(clinic, nurse)
    file_form(clinic, nurse, desk)
    remind(clinic, desk)
    report(clinic, type(desk.hands), desk.page.viewport_size["width"])  # type: ignore[index]
    session = TreatmentSession.objects.get(treatment_on=TODAY)
    assert not Breach.objects.filter(session=session).exists()
    assert AuditEntry.objects.filter(site=clinic.cast.riverside).count() > 15


def prepare(clinic: Clinic, nurse: Person, prescriber: Person) -> None:
    """Checked in, asked, measured; without a prescriber on site the gate is shut; then cleared (PRE-1…5, SET-2)."""
    day.pass_time(clinic.stack, 10, nurse)
    day.open_from_board(nurse, "Tester, R.")
    day.check_in(nurse)
    day.answer_questions(nurse)
    day.take_baseline(nurse, Vitals(124, 78))
    expect(day.step(nurse, "prepare")).to_contain_text("SET-2")
    expect(nurse.button("Clear for dosing")).to_be_disabled()

    prescriber.go("Board")
    prescriber.hands.press(prescriber.page.locator(".v-board-duty"))
    prescriber.hands.press(prescriber.button("I’m here"))
    expect(prescriber.button("I’m leaving")).to_be_visible()
    day.open_from_board(prescriber, "Tester, R.")
    day.clear(prescriber)


def dose(clinic: Clinic, nurse: Person) -> None:
    """Two devices, five minutes of rest between them (DOS-1, DOS-2)."""
    nurse.page.reload()
    if isinstance(nurse.hands, Mouse):
        day.start_by_scan(nurse, SCANNED)
    else:
        day.start(nurse, lot=LOT, expires_on=EXPIRES_ON)
    day.give_device(nurse, 1, 2)
    expect(day.step(nurse, "dose").get_by_role("timer")).to_contain_text("Rest")
    day.pass_time(clinic.stack, 5.5, nurse)
    day.give_device(nurse, 2, 2)
    session = TreatmentSession.objects.get(treatment_on=TODAY)
    assert [use.lot for use in session.device_uses.all()] == [LOT, LOT]


def watch(clinic: Clinic, nurse: Person) -> None:
    """The checks at 40 and 90 minutes, a round, an event with its end; leaving early is refused in plain words (MON-1…8)."""
    day.pass_time(clinic.stack, 10, nurse)
    day.tap(nurse, "Dissociation began")
    day.pass_time(clinic.stack, 24.5, nurse)
    day.take_check(nurse, Vitals(142, 88), dissociation="mild", sedation="4")
    expect(nurse.page.locator(".v-plan .is-done")).to_have_count(2)
    day.tap(nurse, "Seen: awake, breathing")
    day.pass_time(clinic.stack, 30, nurse)
    day.tap(nurse, "Dissociation ended")

    day.walk_to(nurse, "Leave")
    day.answer_readiness(nurse)
    day.sign(nurse, PASSWORD)
    refused = day.step(nurse, "leave").locator("[data-findings]")
    expect(refused).to_contain_text("Nothing was written")
    expect(refused).to_contain_text("MON-1")
    assert not TreatmentSession.objects.filter(discharged_at__isnull=False).exists()

    day.walk_to(nurse, "Watch")
    day.pass_time(clinic.stack, 20, nurse)
    day.take_check(nurse, Vitals(131, 82))


def leave(clinic: Clinic, nurse: Person) -> None:
    """Two hours after the last device: the final check, readiness, the signature (OUT-1, OUT-2)."""
    day.pass_time(clinic.stack, 36, nurse)
    day.tap(nurse, "Clinically ready")
    day.take_check(nurse, Vitals(122, 78))
    day.walk_to(nurse, "Leave")
    day.answer_readiness(nurse)
    expect(day.step(nurse, "leave")).to_contain_text("The gate is open.")
    day.sign(nurse, PASSWORD)
    expect(nurse.page.locator(".v-session-name")).to_contain_text("Discharged")
    day.walk_to(nurse, "Leave")
    expect(day.step(nurse, "leave")).to_contain_text("signed out by Nora Nurse")


def file_form(clinic: Clinic, nurse: Person, desk: Person) -> None:
    """The nurse confirms what is proposed, the desk sends it and proves it (PMF-4, PMF-5)."""
    day.walk_to(nurse, "Form")
    nurse.hands.press(nurse.link("Confirm it"))
    office.confirm_form(nurse, PASSWORD)

    desk.go("Filing desk")
    row = desk.page.get_by_role("row", name=re.compile("Tester"))
    desk.hands.press(row.get_by_role("link", name="Send"))
    office.send_form(desk)
    office.prove_form(desk, "PMF-778123")
    desk.go("Filing desk")
    expect(desk.page.get_by_role("main")).to_contain_text("Nothing is owed")
    desk.hands.press(desk.page.get_by_label("Which forms").get_by_role("link", name=re.compile("Filed")))
    expect(desk.page.get_by_role("row", name=re.compile("Tester"))).to_be_visible()
    assert MonitoringForm.objects.get().status == "filed"


def remind(clinic: Clinic, desk: Person) -> None:
    """From beat to the inbox, from the link to the schedule (MSG-4, MSG-5)."""
    day.book(desk, "Tester", on=FRIDAY, at=time(9, 30), chair="Chair 2")
    thursday = datetime(2026, 6, 11, 14, 5, tzinfo=UTC)
    from clinic import clock

    clinic.stack.move_clock(thursday - clock.now())
    # Beside it come the words after Wednesday's visit.
    inbox = clinic.stack.smtp
    clinic.stack.wait_until(lambda: any(mail["Subject"] == "Your visit tomorrow" for mail in inbox.messages), seconds=60)
    message = next(mail for mail in inbox.messages if mail["Subject"] == "Your visit tomorrow")
    assert message["X-Envelope-To"] == EMAIL
    body = message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "Tester" not in body
    assert "spravato" not in body.lower()
    link = re.search(r"http\S+/v/\S+", body)
    assert link is not None, body

    phone = clinic.open_browser(clinic.url, width=390, has_touch=True, is_mobile=True)
    phone.page.goto(link[0])
    # The birth date once per device, before anything beyond "your visit".
    born = Patient.objects.get(email=EMAIL).birth_on
    phone.page.locator("select[name=month]").select_option(str(born.month))
    phone.page.locator("input[name=day]").fill(str(born.day))
    phone.page.locator("input[name=year]").fill(str(born.year))
    phone.page.locator("button.p-button").click()
    phone.hands.press(phone.button("Yes, I will come"))
    expect(phone.page.get_by_role("status")).to_contain_text("you are confirmed")

    desk.page.goto(f"/riverside/schedule/?day={FRIDAY}")
    expect(desk.page.locator(".v-visit", has_text="Tester")).to_contain_text("confirmed")
    assert Patient.objects.get(mrn="T-1001").treatment_sessions.get(treatment_on=FRIDAY).confirmed_at


def report(clinic: Clinic, hands: type[Hands], width: int) -> None:
    """The main line's six measures count the day (the compliance page)."""
    admin = clinic.person("admin", hands, width)
    admin.go("Reports")
    admin.hands.press(admin.page.get_by_role("link", name="All measures"))
    for code in ("watched", "pressures", "filed", "enrolled", "prescriber", "signed_out"):
        measure = admin.page.locator(".v-measure", has=admin.page.locator(f'a[href*="/reports/{code}/"]'))
        expect(measure.locator(".number")).to_contain_text("1 of 1")
