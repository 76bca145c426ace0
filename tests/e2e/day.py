"""The steps of a session's day, as a person does them on the flowsheet."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from playwright.sync_api import Locator, expect

from clinic import clock
from tests.e2e.people import Person

CALM = {"sedation": "5", "dissociation": "none", "breathing": "normal", "nausea": "none"}
READY = {
    "alert": "yes", "dissociation": "yes", "breathing": "yes", "pressure": "yes", "nausea": "yes", "moves": "yes", "suicide_risk": "not_worse",
    "way_home": "here", "driving": "yes", "sheet": "yes",
}  # fmt: skip


@dataclass(frozen=True)
class Vitals:
    systolic: int
    diastolic: int
    pulse: int = 72
    spo2: int = 98

    @property
    def pressure(self) -> str:
        return f"{self.systolic}/{self.diastolic}"


def step(person: Person, name: str) -> Locator:
    return person.page.locator(f"#step-{name}")


def walk_to(person: Person, name: str) -> None:
    """To a step of the flowsheet, by the stepper, unless it is the one that opened by itself."""
    if not step(person, name.lower()).is_visible():
        person.hands.press(person.page.locator(".v-stepper").get_by_role("link", name=name))
    expect(step(person, name.lower())).to_be_visible()


def book(person: Person, patient: str, *, on: date, at: time, chair: str, dose_mg: int = 56) -> None:
    person.go("Schedule")
    person.hands.press(person.link("Book a visit"))
    person.hands.write(person.page.get_by_label("Name, date of birth or MRN"), patient)
    person.hands.press(person.button("Find"))
    person.hands.press(person.page.get_by_role("main").get_by_role("link", name=patient))
    person.hands.write_day(person.page.get_by_label("Day"), on)
    person.hands.write_time(person.page.get_by_label("The patient comes at"), at)
    person.hands.choose(person.page.get_by_role("radio", name=chair))
    person.hands.choose(person.page.get_by_role("radio", name=f"{dose_mg} mg"))
    person.hands.press(person.page.get_by_role("main").get_by_role("button", name="Book"))
    expect(person.page.locator(".v-visit", has_text=patient)).to_contain_text("Booked")


def open_from_board(person: Person, short_name: str) -> None:
    person.go("Board")
    person.hands.press(person.page.get_by_role("main").get_by_role("link", name=short_name))
    expect(person.page.locator("#flowsheet")).to_be_visible()


def check_in(person: Person) -> None:
    person.tick("said_name", "said_birth_date")
    person.choose(way_home="driver")
    person.hands.press(person.button("Check in"))
    expect(step(person, "prepare")).to_be_visible()


def answer_questions(person: Person) -> None:
    """Every question asked afresh, nothing to worry about (PRE-1…4)."""
    person.tick("last_food_none", "last_drink_none", "last_nasal_none")
    person.choose(enrolment="portal")
    for name in ("contraindications", "medicines"):
        person.hands.tick(person.page.locator(f'main [name="{name}"][value="none"]'))
    person.choose(event_since="no", suicide_risk="negative")
    person.hands.press(person.button("Save the answers"))
    expect(step(person, "prepare")).to_contain_text("All asked at")


def write_vitals(person: Person, vitals: Vitals) -> None:
    for name in ("systolic", "diastolic", "pulse", "spo2"):
        person.hands.write(person.page.locator(f"#check-{name}"), str(getattr(vitals, name)))


def take_baseline(person: Person, vitals: Vitals) -> None:
    if not person.page.locator("#check-systolic").is_visible():
        person.hands.press(person.page.locator("summary", has_text="Take the vitals"))
    write_vitals(person, vitals)
    person.hands.press(person.button("All well"))
    person.hands.press(person.button("Save the vitals"))
    expect(step(person, "prepare")).to_contain_text(vitals.pressure)


def take_check(person: Person, vitals: Vitals, **seen: str) -> None:
    """Numbers, then "all well", then what isn't; saved."""
    write_vitals(person, vitals)
    person.hands.press(person.button("All well"))
    person.choose(**{name: value for name, value in seen.items() if CALM[name] != value})
    person.hands.press(save_button(person))
    expect(person.page.locator(".v-checks")).to_contain_text(vitals.pressure)


def save_button(person: Person) -> Locator:
    """It names the check that it saves."""
    return step(person, "watch").locator(".v-save").get_by_role("button")


def clear(person: Person) -> None:
    person.hands.press(person.button("Clear for dosing"))
    expect(step(person, "dose")).to_be_visible()


def start(person: Person, *, lot: str, expires_on: date) -> None:
    person.tick("said_name", "said_birth_date")
    person.choose(route="bulk")
    person.hands.write(person.page.get_by_label("Lot"), lot)
    person.hands.write_day(person.page.get_by_label("Expiry"), expires_on)
    press_start(person)


def start_by_scan(person: Person, code: str) -> None:
    """The scanner types the code and ends with Enter; lot and expiry are taken out of it."""
    person.tick("said_name", "said_birth_date")
    person.choose(route="bulk")
    person.page.get_by_label("Lot").focus()
    person.page.keyboard.type(code)
    person.page.keyboard.press("Enter")
    press_start(person)


def press_start(person: Person) -> None:
    person.hands.press(person.button("Start:"))
    expect(person.button("given now")).to_be_visible()


def give_device(person: Person, number: int, of: int) -> None:
    person.hands.press(person.button(f"Device {number} of {of} given now"))
    place = step(person, "dose") if number < of else step(person, "watch")
    expect(place).to_be_visible()
    expect(person.page.locator(".v-timeline")).to_contain_text(f"Device {number}")


def tap(person: Person, event: str) -> None:
    person.hands.press(person.button(event))
    expect(person.page.locator(".v-timeline")).to_contain_text(event)


def answer_readiness(person: Person) -> None:
    person.choose(**READY)
    person.hands.press(person.button("Save these answers"))
    expect(person.page.locator("#readiness")).to_contain_text("Last answered")


def sign(person: Person, password: str) -> None:
    person.hands.write(person.page.get_by_label("Your password"), password)
    person.hands.press(person.button("Sign and discharge"))


def pass_time(stack: object, minutes: float, *people: Person) -> datetime:
    """The clock of every process moves; each page is fetched anew, as its poll would do within seconds."""
    stack.move_clock(timedelta(minutes=minutes))  # type: ignore[attr-defined]
    for person in people:
        person.page.reload()
    return clock.now()
