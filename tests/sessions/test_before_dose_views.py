"""How the pages before the dose answer: 303, 422 with the step's own fragment, junk, one effect, the same queries for any history."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic.models import AuditEntry, DutyPeriod
from sessions.models import DeviceUse, Override, PreDoseCheck, TreatmentSession
from sessions.states import Status
from tests.cast import NOW, Cast
from tests.factories.clinic import PASSWORD, ClosureFactory
from tests.factories.patients import ready_patient
from tests.factories.sessions import ObservationFactory, PreDoseCheckFactory, at_state, good_answers
from tests.sessions.test_before_dose_junk import JUNK

pytestmark = pytest.mark.django_db
SignIn = Callable[..., Client]
IDENTIFIED = {"said_name": "on", "said_birth_date": "on"}
START = {**IDENTIFIED, "route": "bulk", "lot": "A1", "expires_on": "2027-01-31"}


def url(name: str, pk: int) -> str:
    return reverse(name, args=["riverside", pk])


def key() -> dict[str, str]:
    return {"client_key": str(uuid4())}


# --- a refusal comes back with what was typed -------------------------------------------------------------------------
REFUSED: list[tuple[str, str, str, dict[str, object]]] = [
    ("session_arrive", Status.BOOKED, "arrive", {"said_name": "on", "way_home": "driver"}),
    ("session_cancel", Status.BOOKED, "arrive", {}),
    ("session_miss", Status.BOOKED, "arrive", {"reason": ""}),
    ("session_rebook", Status.BOOKED, "arrive", {"reason": "By mistake"}),
    ("way_home_set", Status.ARRIVED, "prepare", {"way_home": "rocket"}),
    ("session_wait", Status.ARRIVED, "prepare", {"reason": ""}),
    ("session_hold", Status.ARRIVED, "prepare", {"reason": ""}),
    ("session_reopen", Status.HELD, "prepare", {"reason": ""}),
    ("session_resume", Status.HELD, "prepare", {}),
    ("predose_answer", Status.ARRIVED, "prepare", {"asked": "last_food suicide_risk"}),
    ("session_clear", Status.ARRIVED, "prepare", {}),
    ("dosing_start", Status.CLEARED, "dose", {**START, "said_name": ""}),
    ("dosing_start", Status.CLEARED, "dose", {**START, "lot": ""}),
    ("device_record", Status.DOSING, "dose", {"sprays": 7}),
    ("dosing_stop", Status.DOSING, "dose", {"reason": ""}),
]


@pytest.mark.parametrize(("name", "status", "step", "data"), REFUSED)
def test_a_refusal_is_the_steps_own_fragment(
    cast: Cast, sign_in: SignIn, prescriber_here: DutyPeriod, name: str, status: str, step: str, data: dict[str, object]
) -> None:
    session = at_state(status, cast)
    before = AuditEntry.objects.exclude(action="record.read").count()
    answer = sign_in(cast.nurse, htmx=True).post(url(name, session.pk), {**key(), **data})
    assert answer.status_code == 422
    assert (answer["HX-Retarget"], answer["HX-Reswap"]) == (f"#step-{step}", "outerHTML")
    assert answer.content.decode().lstrip().startswith(f'<section class="v-step is-open" id="step-{step}"')
    plain = sign_in(cast.nurse).post(url(name, session.pk), {**key(), **data})
    assert (plain.status_code, "<html" in plain.content.decode()) == (422, True)
    session.refresh_from_db()
    assert (session.status, AuditEntry.objects.exclude(action="record.read").count()) == (status, before)


def test_what_was_typed_stays(cast: Cast, sign_in: SignIn, prescriber_here: DutyPeriod) -> None:
    session = at_state(Status.CLEARED, cast)
    answer = sign_in(cast.nurse, htmx=True).post(url("dosing_start", session.pk), {**key(), **START, "expires_on": "2026-06-01"})
    page = answer.content.decode()
    assert (answer.status_code, 'value="A1"' in page, "expired on 1 Jun 2026" in page) == (422, True, True)


def test_the_prescriber_decides_in_place_and_the_nurse_is_told_to_call(cast: Cast, sign_in: SignIn, prescriber_here: DutyPeriod) -> None:
    session = at_state(Status.ARRIVED, cast)
    at = NOW - timedelta(minutes=5)
    PreDoseCheckFactory(session=session, observed_at=at, answers=good_answers(at))
    ObservationFactory(session=session, observed_at=at, kind="baseline", systolic=155)
    early = sign_in(cast.nurse).get(url("flowsheet", session.pk)).content.decode()
    assert "then repeat the pressure" in early
    assert "Repeat it first" in early
    assert "Decide without a repeat" in sign_in(cast.prescriber).get(url("flowsheet", session.pk)).content.decode()
    reading = ObservationFactory(session=session, observed_at=NOW, kind="baseline", systolic=152)
    assert "Call the prescriber" in sign_in(cast.nurse).get(url("flowsheet", session.pk)).content.decode()
    data = {"finding": f"PRE-2.pressure.{reading.pk}", "step": "prepare"}
    assert sign_in(cast.nurse).post(url("finding_decide", session.pk), {**key(), **data, "reason": "Usual"}).status_code == 403
    client = sign_in(cast.prescriber)
    empty = client.post(url("finding_decide", session.pk), {**key(), **data, "reason": ""})
    assert (empty.status_code, "Write down why" in empty.content.decode()) == (422, True)
    assert client.post(url("finding_decide", session.pk), {**key(), **data, "reason": "Usual for her"}).status_code == 303
    told = next(entry for entry in client.get(url("flowsheet", session.pk)).context["entries"] if entry["title"].startswith("Decided"))
    assert told["by"] == cast.prescriber.printed_name
    assert Override.objects.get().reason == "Usual for her"
    assert "Usual for her" in client.get(url("flowsheet", session.pk)).content.decode()


def test_only_the_open_questions_are_asked(cast: Cast, sign_in: SignIn) -> None:
    session = at_state(Status.WAITING, cast)
    PreDoseCheckFactory(session=session, observed_at=NOW - timedelta(minutes=5), answers=good_answers(NOW))
    page = sign_in(cast.nurse).get(url("flowsheet", session.pk)).content.decode()
    assert 'name="last_food_none"' in page
    assert 'name="suicide_risk"' not in page
    assert 'name="said_name"' in page
    assert 'name="suicide_risk"' in sign_in(cast.nurse).get(url("flowsheet", session.pk), {"ask": "all"}).content.decode()


@pytest.mark.parametrize("role", ["desk", "support"])
def test_nobody_but_licensed_staff_is_shown_the_buttons(cast: Cast, sign_in: SignIn, role: str) -> None:
    page = sign_in(cast.person(role)).get(url("flowsheet", at_state(Status.ARRIVED, cast).pk)).content.decode()
    assert "Clear for dosing" not in page


# --- booking -----------------------------------------------------------------------------------------------------------
def slot(cast: Cast, **fields: object) -> dict[str, object]:
    return {**key(), "day": "2026-06-10", "starts_at": "11:00", "chair": cast.chairs[0].pk, "dose_mg": 56} | fields


def test_finding_who_comes_by_a_post(cast: Cast, sign_in: SignIn) -> None:
    patient = ready_patient(cast.riverside, cast.of(cast.prescriber), first_name="Élodie", last_name="O’Brien")
    client, page = sign_in(cast.desk), reverse("session_book", args=["riverside"])
    assert client.get(page).status_code == 200
    found = client.post(page + "?day=2026-06-11", {"who": "obrien elodi"}).content.decode()
    assert f"?patient={patient.pk}&amp;day=2026-06-11" in found
    assert "Thursday, 11 June" in found
    asked = client.get(page + f"?day=2026-06-11&starts_at=13:30&chair={cast.chairs[0].pk}").content.decode()
    assert f"Thursday, 11 June, 13:30, {cast.chairs[0]}" in asked
    for junk in JUNK:
        assert client.get(page, {"day": junk, "chair": junk, "starts_at": junk}).status_code == 200
    assert "Nobody found" in client.post(page, {"who": "zzz"}).content.decode()
    for junk in JUNK:
        assert client.post(page, {"who": junk}).status_code == 200


def test_a_taken_chair_offers_the_nearest_and_one_press_takes_it(cast: Cast, sign_in: SignIn) -> None:
    at_state(Status.BOOKED, cast, chair=cast.chairs[0], starts_at=NOW + timedelta(hours=1))
    patient = ready_patient(cast.riverside, cast.of(cast.prescriber))
    client, page = sign_in(cast.desk), reverse("session_book", args=["riverside"]) + f"?patient={patient.pk}"
    answer = client.post(page, slot(cast))
    assert answer.status_code == 422
    offer = answer.context["offers"][0]
    assert (offer["chair"], offer["at"]) == ("Chair 2", NOW + timedelta(hours=1))
    booked = client.post(page, slot(cast, offer=offer["value"]))
    session = TreatmentSession.objects.get(patient=patient)
    assert (booked.status_code, session.chair) == (303, cast.chairs[1])
    assert booked["Location"] == f"/riverside/schedule/?day=2026-06-10#session-{session.pk}"


def test_moving_by_the_page(cast: Cast, sign_in: SignIn) -> None:
    session = at_state(Status.BOOKED, cast)
    client = sign_in(cast.desk)
    assert client.get(url("session_move", session.pk)).status_code == 200
    assert client.post(url("session_move", session.pk), slot(cast, day="2026-06-11")).status_code == 303
    session.refresh_from_db()
    assert (session.treatment_on.isoformat(), session.schedule_version) == ("2026-06-11", 2)


def test_another_sites_patient_is_hidden(cast: Cast, sign_in: SignIn) -> None:
    patient = ready_patient(cast.hillcrest, cast.of(cast.stranger))
    page = reverse("session_book", args=["riverside"]) + f"?patient={patient.pk}"
    assert sign_in(cast.desk).post(page, slot(cast)).status_code == 404
    assert not TreatmentSession.objects.exists()


def test_the_day_and_the_week_show_what_is_booked(cast: Cast, sign_in: SignIn) -> None:
    session = at_state(Status.BOOKED, cast, chair=cast.chairs[0], starts_at=NOW + timedelta(hours=1))
    at_state(Status.CANCELLED, cast, chair=cast.chairs[0])
    ClosureFactory(site=cast.riverside, closed_on=NOW.date() + timedelta(days=1), reason="Snow")
    client, page = sign_in(cast.desk), reverse("schedule", args=["riverside"])
    for view in ("", "week"):
        shown = client.get(page, {"view": view}).content.decode()
        assert str(session.patient) in shown
    assert "Cancelled or missed: 1" in client.get(page).content.decode()
    closed = client.get(page, {"day": "2026-06-11"}).content.decode()
    assert "Closed: Snow" in closed
    assert "free</span>" not in closed


@pytest.mark.parametrize("view", ["", "week"])
def test_the_schedule_asks_the_same_queries_for_any_number_of_visits(cast: Cast, sign_in: SignIn, view: str) -> None:
    client, page = sign_in(cast.desk), reverse("schedule", args=["riverside"])

    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(page, {"view": view}).status_code == 200
        return len(queries)

    at_state(Status.BOOKED, cast)
    count()
    one = count()
    for _ in range(12):
        at_state(Status.BOOKED, cast)
    assert count() == one <= 14


# --- devices -----------------------------------------------------------------------------------------------------------
def test_one_tap_takes_the_kit_of_the_start(cast: Cast, sign_in: SignIn) -> None:
    session = at_state(Status.DOSING, cast)
    TreatmentSession.objects.filter(pk=session.pk).update(kit_lot="KIT9", kit_route="patient", kit_expires_on="2027-05-31")
    assert sign_in(cast.nurse).post(url("device_record", session.pk), {**key(), "sprays": 2, "label_checked": "on"}).status_code == 303
    device = DeviceUse.objects.get(session=session, number=2)
    assert (device.lot, device.route, device.label_checked, device.observed_by) == ("KIT9", "patient", True, cast.nurse)


def test_a_device_of_another_lot_and_an_earlier_time(cast: Cast, sign_in: SignIn) -> None:
    session = at_state(Status.DOSING, cast)
    data = {"sprays": 1, "observed_at": "09:55", "lot": " x7 ", "expires_on": "2027-01-31", "observed_by": cast.second_nurse.pk}
    assert sign_in(cast.nurse).post(url("device_record", session.pk), {**key(), **data}).status_code == 303
    device = DeviceUse.objects.get(session=session, number=2)
    assert (device.lot, device.observed_at, device.observed_by) == ("X7", NOW - timedelta(minutes=5), cast.second_nurse)


def test_a_device_without_a_start_has_a_page_of_its_own(cast: Cast, sign_in: SignIn) -> None:
    session = at_state(Status.BOOKED, cast)
    client = sign_in(cast.nurse)
    assert client.get(url("device_record", session.pk)).status_code == 200
    assert client.post(url("device_record", session.pk), {**key(), "sprays": "x"}).status_code == 422
    assert client.post(url("device_record", session.pk), {**key(), "sprays": 2}).status_code == 303
    session.refresh_from_db()
    assert session.status == Status.DOSING


def test_undo_and_its_refusal(cast: Cast, sign_in: SignIn, still_clock: time_machine.Traveller) -> None:
    session = at_state(Status.DOSING, cast)
    client = sign_in(cast.nurse)
    client.post(url("device_record", session.pk), {**key(), "sprays": 2})
    device = DeviceUse.objects.get(session=session, number=2)
    still_clock.shift(timedelta(minutes=2))
    late = client.post(url("device_undo", device.pk), key())
    assert (late.status_code, "Correct it instead" in late.content.decode()) == (422, True)
    still_clock.shift(timedelta(minutes=-2))
    assert client.post(url("device_undo", device.pk), key()).status_code == 303
    assert DeviceUse.objects.standing().filter(session=session).count() == 1


@pytest.mark.parametrize(
    ("email", "password", "status"),
    [
        ("", "", 422),
        ("nurse2@riverside.example", PASSWORD, 303),
        ("nurse2@riverside.example", "wrong", 422),
        ("nurse@riverside.example", PASSWORD, 422),
        ("desk@riverside.example", PASSWORD, 422),
        ("stranger@hillcrest.example", PASSWORD, 422),
    ],
)
def test_the_second_person_of_a_correction(cast: Cast, sign_in: SignIn, email: str, password: str, status: int) -> None:
    """OUT-4: another person of this site, by their own password, on the same page."""
    session = at_state(Status.MONITORING, cast)
    device = DeviceUse.objects.get(session=session, number=2)
    client = sign_in(cast.nurse)
    assert client.get(url("device_correct", device.pk)).status_code == 200
    data = {"sprays": 2, "observed_at": "08:30", "reason": "Mistyped", "second_email": email, "second_password": password, "route": "bulk"}
    assert client.post(url("device_correct", device.pk), {**key(), **data}).status_code == status
    assert DeviceUse.objects.filter(supersedes=device).exists() is (status == 303)


def test_a_corrected_lot_moves_no_time(cast: Cast, sign_in: SignIn) -> None:
    """The page shows minutes; the seconds stay, or the gate would open earlier and want a second person (OUT-4)."""
    session = at_state(Status.MONITORING, cast, first_device_at=NOW - timedelta(minutes=60, seconds=20))
    device = DeviceUse.objects.filter(session=session).latest("observed_at")
    shown = device.observed_at.astimezone(cast.riverside.zone).strftime("%H:%M")
    data = {"sprays": 2, "observed_at": shown, "reason": "Mistyped", "route": "bulk", "lot": "OTHER-1", "expires_on": "2027-01-31"}
    assert sign_in(cast.nurse).post(url("device_correct", device.pk), {**key(), **data}).status_code == 303
    assert DeviceUse.objects.get(supersedes=device).observed_at == device.observed_at


def test_a_repeated_round_is_one_fact(cast: Cast, sign_in: SignIn) -> None:
    session = at_state(Status.ARRIVED, cast)
    client, data = sign_in(cast.nurse), {**key(), "asked": "suicide_risk", "suicide_risk": "negative"}
    for _ in range(2):
        assert client.post(url("predose_answer", session.pk), data).status_code == 303
    assert PreDoseCheck.objects.count() == 1
