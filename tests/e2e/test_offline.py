"""What is typed is never lost: the line breaks, the answer is lost, the session ends, Redis stops."""

from datetime import timedelta

import pytest
from playwright.sync_api import Route, expect

from clinic.models import Heartbeat
from sessions.models import Observation, TreatmentSession
from tests.cast import NOW
from tests.e2e.day import save_button
from tests.e2e.floor import Floor
from tests.e2e.people import Complaints, Person

pytestmark = pytest.mark.e2e

NUMBERS = {"systolic": "131", "diastolic": "83", "pulse": "70", "spo2": "98"}
WATCHED_FOR = timedelta(minutes=38)


@pytest.fixture
def typed(floor: Floor, complaints: Complaints) -> tuple[Person, TreatmentSession]:
    """A nurse with a check typed and not yet saved."""
    complaints.meant = (*complaints.meant, "htmx:", "ERR_FAILED", "status of 401", "Error Code 401")
    session = floor.session("monitoring", first_device_at=NOW - WATCHED_FOR)
    nurse = floor.nurse(820)
    floor.open(nurse, session)
    type_check(nurse)
    return nurse, session


def type_check(nurse: Person) -> None:
    for name, value in NUMBERS.items():
        nurse.page.locator(f"#check-{name}").fill(value)
    nurse.button("All well").click()


def standing(session: TreatmentSession) -> list[Observation]:
    return list(Observation.objects.standing().filter(session=session, systolic=131))


def typed_stays(nurse: Person) -> None:
    for name, value in NUMBERS.items():
        expect(nurse.page.locator(f"#check-{name}")).to_have_value(value)
    expect(nurse.page.locator('[name="sedation"][value="5"]')).to_be_checked()


def test_what_was_pressed_while_the_line_was_down_is_sent_once_and_in_order_when_it_is_back(typed: tuple[Person, TreatmentSession]) -> None:
    """A tap, then the check, and the impatient second press of both; each is one fact with the moment of its press."""
    nurse, session = typed
    nurse.page.context.set_offline(True)
    for _ in range(2):
        nurse.button("Sedation began").click()
        save_button(nurse).click()
    bar = nurse.page.locator("#connection")
    expect(bar).to_contain_text("Not saved.")
    expect(bar).to_contain_text("2 entries will be sent when the connection is back: keep this tab open.")
    typed_stays(nurse)
    assert not standing(session)

    nurse.page.context.set_offline(False)
    expect(nurse.page.locator(".v-checks")).to_contain_text("131/83")
    expect(nurse.page.locator(".v-timeline")).to_contain_text("Sedation began")
    expect(bar).to_be_hidden()
    (check,), (event,) = standing(session), session.events.all()
    assert event.recorded_at <= check.recorded_at
    assert NOW < check.observed_at <= check.recorded_at
    expect(nurse.page.locator("#check-systolic")).to_have_value("")


def test_a_check_whose_answer_was_lost_is_kept_once_even_over_a_reload(typed: tuple[Person, TreatmentSession]) -> None:
    """The server has written it, the browser doesn't know: the same client_key makes every later attempt harmless."""
    nurse, session = typed

    is_heard = False

    def lose_the_answer(route: Route) -> None:
        answer = route.fetch(max_redirects=0)
        route.fulfill(response=answer) if is_heard else route.abort()

    nurse.page.route("**/checks/", lose_the_answer)
    save_button(nurse).click()
    expect(nurse.page.locator("#connection")).to_contain_text("Not saved.")
    typed_stays(nurse)
    assert len(standing(session)) == 1

    asked: list[str] = []
    nurse.page.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    nurse.page.reload()
    assert asked == ["beforeunload"]
    expect(nurse.page.locator("#connection")).to_contain_text("It will be sent when the connection is back: keep this tab open.")
    typed_stays(nurse)
    again = nurse.page.locator("[data-connection-retry]")
    expect(again).to_be_visible()
    is_heard = True
    again.dispatch_event("click")  # at once: the page sends by itself too, and the button goes with it
    expect(nurse.page.locator("#connection")).to_be_hidden()
    expect(nurse.page.locator("#check-systolic")).to_have_value("")
    assert len(standing(session)) == 1
    assert "vigil:" not in nurse.page.evaluate("() => Object.keys(sessionStorage).join()")


def test_a_late_entry_that_is_refused_says_why_and_what_was_typed_stays(typed: tuple[Person, TreatmentSession]) -> None:
    nurse, session = typed
    nurse.page.locator("#check-systolic").fill("80")
    nurse.page.context.set_offline(True)
    save_button(nurse).click()
    expect(nurse.page.locator("#connection")).to_contain_text("Not saved.")
    nurse.page.context.set_offline(False)
    refused = nurse.page.locator("#refused")
    expect(refused).to_contain_text("Not saved: refused.")
    expect(refused).to_contain_text("the first number must be the larger")
    expect(nurse.page.locator("#check-systolic")).to_have_value("80")
    refused.get_by_role("button", name="Close").click()
    expect(refused).to_be_hidden()
    assert session.observations.count() == 1


def test_a_check_typed_while_signed_out_waits_for_the_sign_in(typed: tuple[Person, TreatmentSession], floor: Floor) -> None:
    nurse, session = typed
    nurse.page.context.clear_cookies(name="sessionid")
    save_button(nurse).click()
    dialog = nurse.page.get_by_role("dialog")
    expect(dialog).to_contain_text("You were signed out")
    with nurse.page.context.expect_page() as opened:
        dialog.get_by_role("link").click()
    other = Person(opened.value, type(nurse.hands))
    other.sign_in_here(floor.cast.nurse.email)
    dialog.get_by_role("button", name="I have signed in: go on").click()
    expect(dialog).to_be_hidden()
    typed_stays(nurse)
    save_button(nurse).click()
    expect(nurse.page.locator(".v-checks")).to_contain_text("131/83")
    assert len(standing(session)) == 1


def test_without_redis_staff_sign_in_and_log_a_check(floor: Floor) -> None:
    session = floor.session("monitoring", first_device_at=NOW - WATCHED_FOR)
    # Heard at this test's hour: an earlier one may have left the clock ahead, or none has waited for the first round.
    heard = Heartbeat.objects.filter(name="sender", beat_at__gte=NOW, beat_at__lt=NOW + timedelta(minutes=3))
    floor.stack.wait_until(heard.exists, seconds=60)
    floor.stack.broker.stop()
    floor.stack.move_clock(timedelta(minutes=4))
    nurse = floor.nurse()
    expect(nurse.page.get_by_role("main")).to_contain_text("Messages to patients are waiting")
    expect(nurse.page.get_by_role("main")).to_contain_text("The watchman is silent")
    floor.open(nurse, session)
    type_check(nurse)
    save_button(nurse).click()
    expect(nurse.page.locator(".v-checks")).to_contain_text("131/83")
    assert len(standing(session)) == 1
    floor.stack.broker.start()
    floor.open(nurse, session)
    nurse.page.goto("/riverside/")
    expect(nurse.page.get_by_role("main")).not_to_contain_text("Messages to patients are waiting", timeout=60_000)
