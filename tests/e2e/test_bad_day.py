"""A bad day by the pages alone: a critical reading, chairs handed over and taken over, a wrong chart, a sheet of paper, a day closed with a patient still here."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from clinic.models import User
from sessions.models import Alert, DeviceUse, Observation, TreatmentSession
from tests.cast import NOW
from tests.e2e import day
from tests.e2e.floor import Floor
from tests.e2e.hands import Mouse
from tests.e2e.people import Person
from tests.factories.clinic import PASSWORD

pytestmark = pytest.mark.e2e
# The smallest picture that there is.
PHOTO = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


def comes(floor: Floor, user: User, width: int = 820) -> Person:
    person = floor.open_browser(floor.stack.url, width=width, hands=Mouse)
    person.sign_in(user.email, PASSWORD)
    return person


def test_a_critical_reading_and_chairs_that_change_hands(floor: Floor) -> None:
    session = floor.session("monitoring", first_device_at=NOW - timedelta(minutes=42), monitor=floor.cast.nurse)
    nurse = floor.nurse(820)
    floor.open(nurse, session)
    day.take_check(nurse, day.Vitals(124, 80, spo2=85))
    nurse.sees("SpO₂ 85 %, below 90 %")
    expect(nurse.page.locator(".v-checks .is-critical")).to_have_text("85 (critical)")

    nurse.page.goto("/riverside/chairs/")
    nurse.page.get_by_label("To", exact=True).select_option(label=floor.cast.second_nurse.printed_name)
    nurse.hands.write(nurse.page.get_by_label("What to know"), "Low oxygen a minute ago")
    nurse.hands.press(nurse.button("Offer my chairs"))
    nurse.sees("What to know" if nurse.page.get_by_label("What to know").is_visible() else "Take back")
    second = comes(floor, floor.cast.second_nurse)
    second.page.goto("/riverside/chairs/")
    second.sees("Low oxygen a minute ago")
    second.hands.press(second.button("Accept"))
    second.sees("SpO₂")
    assert TreatmentSession.objects.get(pk=session.pk).monitor == floor.cast.second_nurse

    prescriber = comes(floor, floor.cast.prescriber)
    floor.open(prescriber, session)
    prescriber.hands.press(prescriber.link("Note and close"))
    prescriber.hands.write(prescriber.page.get_by_role("main").get_by_role("textbox").first, "Probe was cold; 97 % on the other hand")
    prescriber.hands.press(prescriber.button("Close with this note"))
    expect(prescriber.page.locator("#flowsheet")).to_be_visible()
    assert Alert.objects.get(session=session).closed_at is not None

    # She has gone without a word: a colleague takes over, with a reason.
    nurse.page.goto("/riverside/chairs/")
    nurse.hands.press(nurse.page.locator("summary", has_text="Take these chairs over"))
    nurse.hands.write(nurse.page.get_by_label("Why"), "Called away")
    nurse.hands.press(nurse.button("Take over"))
    expect(nurse.page.locator(".v-told")).to_be_visible()
    assert TreatmentSession.objects.get(pk=session.pk).monitor == floor.cast.nurse


def test_a_wrong_chart_is_put_right_by_two_people(floor: Floor) -> None:
    wrong = floor.session("monitoring", first_device_at=NOW - timedelta(minutes=20))
    right = floor.session("arrived", starts_at=NOW - timedelta(minutes=50))
    nurse = floor.nurse(820)
    floor.open(nurse, wrong)
    nurse.hands.press(nurse.page.locator("summary", has_text="this is the wrong patient"))
    nurse.hands.press(nurse.link("Wrong patient"))
    nurse.choose(target=str(right.pk))
    nurse.hands.write(nurse.page.get_by_label("How it came about"), "Two tablets, side by side")
    nurse.hands.write(nurse.page.get_by_label("The second person’s e-mail"), floor.cast.second_nurse.email)
    nurse.hands.write(nurse.page.get_by_label("Their password"), "guessed")
    nurse.hands.press(nurse.button("Enter it again there"))
    nurse.sees("That is not")
    assert TreatmentSession.objects.get(pk=wrong.pk).status == "monitoring"
    nurse.hands.write(nurse.page.get_by_label("Their password"), PASSWORD)
    nurse.hands.press(nurse.button("Enter it again there"))
    expect(nurse.page.locator("#flowsheet")).to_be_visible()
    assert TreatmentSession.objects.get(pk=wrong.pk).status == "voided"
    assert DeviceUse.objects.standing().filter(session=right, supersedes__session=wrong).count() == 2


def test_a_sheet_of_paper_and_a_day_that_ends_with_a_patient_here(floor: Floor) -> None:
    session = floor.session("monitoring", first_device_at=NOW - timedelta(minutes=20))
    nurse = floor.nurse(820)
    # The power failed at ten: what stands on the paper is typed in, with its photo, by whoever holds it now.
    nurse.page.goto(f"/riverside/sessions/{session.pk}/paper/")
    nurse.page.get_by_label("Written by").select_option(label=floor.cast.second_nurse.printed_name)
    nurse.page.get_by_label("Photo of the paper").set_input_files({"name": "sheet.png", "mimeType": "image/png", "buffer": PHOTO})
    local = NOW.astimezone(floor.cast.riverside.zone) - timedelta(minutes=4)
    nurse.page.locator('[name="checks-0-at"]').fill(f"{local:%H:%M}")
    for name, value in (("systolic", "128"), ("diastolic", "79"), ("pulse", "70"), ("spo2", "97")):
        nurse.page.locator(f'[name="checks-0-{name}"]').fill(value)
    nurse.hands.press(nurse.button("Save the sheet"))
    expect(nurse.page.locator(".v-checks")).to_contain_text("128/79")
    check = Observation.objects.standing().get(session=session, systolic=128)
    assert (check.observed_by, check.recorded_by) == (floor.cast.second_nurse, floor.cast.nurse)

    # The day ends, and somebody is still here: it says so and is kept.
    nurse.page.goto("/riverside/day/")
    nurse.hands.press(nurse.page.locator("summary", has_text="Close the day"))
    nurse.hands.press(nurse.button("Close the day"))
    nurse.sees("Count the devices, bulk stock")
    for field in nurse.page.get_by_label("is still open: why").all():
        nurse.hands.write(field, "The ride is late")
    # Opening and closing both ask for the counts; the closing stands below.
    for name, left in (("count_patient", "0"), ("count_bulk", "4")):
        nurse.hands.write(nurse.page.locator(f'[name="{name}"]').last, left)
    nurse.hands.press(nurse.button("Close the day"))
    nurse.sees("The ride is late")
