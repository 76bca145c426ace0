"""A course by the pages alone: planned, one moved, a day closed and rescued, one missed and the rest proposed anew, one more all the same; at both widths."""

import re
from datetime import time, timedelta

import pytest
from playwright.sync_api import expect

from clinic import clock
from sessions.models import CoursePlan, Override, TreatmentSession
from tests.e2e.floor import Floor
from tests.e2e.people import Person
from tests.factories.clinic import PASSWORD
from tests.factories.patients import ready_patient

pytestmark = pytest.mark.e2e


def booked(patient_pk: int) -> list[TreatmentSession]:
    return list(TreatmentSession.objects.filter(patient_id=patient_pk, status="booked").order_by("starts_at"))


@pytest.mark.parametrize("width", [1440, 820])
def test_a_course_is_planned_and_survives_change(floor: Floor, width: int) -> None:
    patient = ready_patient(floor.cast.riverside, floor.cast.of(floor.cast.prescriber))
    admin = signed_in(floor, floor.cast.admin.email, width)
    plan_and_move(admin, patient.pk)
    visits = booked(patient.pk)
    assert (len(visits), CoursePlan.objects.filter(course__patient=patient).get().visits) == (8, 8)
    close_and_rescue(admin, visits[-1])
    assert visits[-1].treatment_on not in {visit.treatment_on for visit in booked(patient.pk)}
    close_and_decide(floor, admin, width, visits[4])
    floor.stack.move_clock(visits[0].starts_at + timedelta(minutes=20) - clock.now())
    miss(floor, width, visits[0])
    assert len({visit.treatment_on for visit in booked(patient.pk)}) >= 7
    book_all_the_same(floor, width, patient.pk)


def signed_in(floor: Floor, email: str, width: int) -> Person:
    person = floor.open_browser(floor.stack.url, width=width)
    person.sign_in(email, PASSWORD)
    return person


def plan_and_move(desk: Person, patient_pk: int) -> None:
    desk.page.goto(f"/riverside/patients/{patient_pk}/plan/")
    desk.sees("8 visits to book")
    row = desk.page.locator("#visit-1")
    before = row.locator(".v-course-when").inner_text()
    desk.hands.press(row.locator("summary"))
    desk.hands.press(row.locator(".v-quick button").first)
    expect(desk.page.locator(".v-course-row.is-moved")).to_have_count(1)
    expect(desk.page.locator("#visit-1 .v-course-when")).not_to_have_text(re.compile(re.escape(before)))
    desk.hands.press(desk.button("Book all 8 visits"))
    desk.page.wait_for_url(f"**/patients/{patient_pk}/")


def close_and_rescue(admin: Person, visit: TreatmentSession) -> None:
    close(admin, visit)
    admin.hands.press(admin.page.get_by_role("button", name=re.compile("^Accept")))
    admin.sees("No visit waits on this day")


def close(admin: Person, visit: TreatmentSession) -> None:
    admin.page.goto("/riverside/settings/closures/")
    admin.hands.write_day(admin.page.get_by_label("First day"), visit.treatment_on)
    admin.hands.write(admin.page.get_by_label("Reason"), "The nurse is ill")
    admin.hands.press(admin.button("Mark as closed"))
    admin.page.goto(f"/riverside/schedule/rescue/{visit.treatment_on:%Y-%m-%d}/")


def close_and_decide(floor: Floor, admin: Person, width: int, visit: TreatmentSession) -> None:
    """A Monday between two Thursdays: no free slot, so that a prescriber decides, with a reason (DOS-5)."""
    close(admin, visit)
    admin.sees("A prescriber decides on these slots")
    prescriber = signed_in(floor, floor.cast.prescriber.email, width)
    prescriber.page.goto(f"/riverside/schedule/rescue/{visit.treatment_on:%Y-%m-%d}/")
    card = prescriber.page.locator(f"section[aria-labelledby=visit-{visit.pk}]")
    prescriber.hands.write(card.get_by_label("The prescriber’s reason"), "She travels the week after")
    prescriber.hands.press(card.get_by_role("button", name=re.compile("^Decide for")).first)
    expect(card).to_have_count(0)
    assert Override.objects.filter(session=visit, reason="She travels the week after").exists()


def miss(floor: Floor, width: int, visit: TreatmentSession) -> None:
    nurse = floor.nurse(width)
    floor.open(nurse, visit)
    nurse.hands.press(nurse.page.locator("summary", has_text="did not come"))
    nurse.hands.press(nurse.page.locator("form.v-reason", has_text="Did not come, because").get_by_role("button", name="Forgot"))
    nurse.hands.press(nurse.page.get_by_role("button", name="Did not come", exact=True))
    nurse.hands.press(nurse.link("Decide"))
    nurse.choose(choice="keep")
    nurse.hands.press(nurse.button("Decide"))
    nurse.sees("Go on with the present schedule.")
    accept = nurse.page.get_by_role("button", name=re.compile("^Accept all"))
    nurse.hands.press(accept)
    expect(accept).to_have_count(0)


def book_all_the_same(floor: Floor, width: int, patient_pk: int) -> None:
    """The day after another visit: the desk is told, presses a second time, and a prescriber keeps it with a reason (DOS-5)."""
    taken = {visit.treatment_on for visit in booked(patient_pk)}
    monday = min(day for day in taken if day.weekday() == 0)
    desk = signed_in(floor, floor.cast.desk.email, width)
    desk.page.goto(f"/riverside/schedule/book/?patient={patient_pk}")
    desk.hands.write_day(desk.page.locator("main [name=day]"), monday + timedelta(days=1))
    desk.hands.write_time(desk.page.locator("main [name=starts_at]"), time(14))
    # A chair of its own for each width: the clinic is the same.
    desk.choose(chair=str(floor.cast.chairs[3 if width > 1000 else 2].pk), dose_mg="56")
    desk.hands.press(desk.page.get_by_role("button", name="Book", exact=True))
    desk.sees("Not booked yet")
    desk.hands.press(desk.button("Book it all the same"))
    desk.page.wait_for_url("**/schedule/**day=*")
    visit = TreatmentSession.objects.get(patient_id=patient_pk, treatment_on=monday + timedelta(days=1), status="booked")
    prescriber = signed_in(floor, floor.cast.prescriber.email, width)
    prescriber.page.goto(f"/riverside/sessions/{visit.pk}/move/")
    prescriber.hands.write(prescriber.page.get_by_label("It stays where it is, because"), "She travels")
    prescriber.hands.press(prescriber.button("Keep it with this reason"))
    expect(prescriber.button("Keep it with this reason")).to_have_count(0)
    assert Override.objects.filter(session=visit, reason="She travels").exists()
