"""The calendar's pages: places and free times, one chair, a move by drag that comes back or is refused, the day on paper, the booking page."""

import re
from collections.abc import Callable
from copy import copy
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic.models import AuditEntry, Chair, OpeningHours
from patients.models import Patient
from sessions.models import TreatmentSession
from sessions.states import Status
from tests.cast import NOW, Cast
from tests.factories.changing import change
from tests.factories.clinic import ClosureFactory
from tests.factories.patients import StandingParametersFactory, ready_patient
from tests.factories.sessions import at_state
from tests.sessions.test_before_dose_views import slot, url

pytestmark = pytest.mark.django_db
SignIn = Callable[..., Client]
PAGE = "/riverside/schedule/"


def text_of(client: Client, **asked: object) -> str:
    answer = client.get(PAGE, asked)
    assert answer.status_code == 200
    return answer.content.decode()


def visit_at(cast: Cast, hours: float, chair: int = 0, status: str = Status.BOOKED) -> TreatmentSession:
    starts = NOW + timedelta(hours=hours)
    return at_state(status, cast, chair=cast.chairs[chair], starts_at=starts, ends_at=starts + timedelta(hours=3))


@pytest.mark.parametrize("view", ["", "week"])
def test_a_visit_stands_at_its_time_for_its_whole_length(cast: Cast, sign_in: SignIn, view: str) -> None:
    """NOW is ten in New York, the day begins at eight: eleven is 36 steps on, three hours are 36 long."""
    session = visit_at(cast, 1)
    page = text_of(sign_in(cast.desk), view=view)
    opened = f" data-visit=1,56><a href=../sessions/{session.pk}/>" if view else f' id="session-{session.pk}" data-visit="1,56">'
    assert f'class="v-visit is-booked t36 l36"{opened}' in page
    assert 'class="v-now t24"' in page


def test_who_may_not_book_moves_nothing(cast: Cast, sign_in: SignIn) -> None:
    visit_at(cast, 1)
    page = text_of(sign_in(cast.support))
    assert "data-moves" not in page
    assert "calendar.js" not in page


def test_one_chair_and_a_chair_out_of_use(cast: Cast, sign_in: SignIn) -> None:
    visit_at(cast, 1)
    client = sign_in(cast.desk)
    page = text_of(client, chair=cast.chairs[1].pk)
    assert re.findall(r'data-chair-name="([^"]+)"', page) == ["Chair 2"]
    assert len(re.findall(r"data-chair-name", text_of(client, chair="junk"))) == 4
    cast.chairs[0].is_active = False
    cast.chairs[0].save()
    assert 'data-chair-name="Chair 1"' in text_of(client)
    assert 'data-chair-name="Chair 1"' not in text_of(client, day="2026-06-11")


def test_ended_and_next_share_the_width(cast: Cast, sign_in: SignIn) -> None:
    visit_at(cast, 0, status=Status.DISCHARGED)
    visit_at(cast, 1)
    page = text_of(sign_in(cast.desk))
    assert "is-discharged t24 l36 h0" in page
    assert "is-booked t36 l36 h1" in page


def test_a_site_that_never_closes_shows_the_hours_that_matter(cast: Cast, sign_in: SignIn) -> None:
    OpeningHours.objects.filter(site=cast.riverside).update(opens_at="00:00", closes_at="23:59")
    client = sign_in(cast.desk)
    assert 'data-steps="120"' in text_of(client)
    assert "Show all hours" in text_of(client, view="week")
    assert 'data-steps="288"' in text_of(client, hours="all")


def test_a_full_week_of_twelve_chairs_is_light(cast: Cast, sign_in: SignIn) -> None:
    """200 visits: twelve queries and 60 kB at the most."""
    chairs = [
        *cast.chairs,
        *Chair.objects.bulk_create([Chair(site=cast.riverside, name=f"Room {number}", position=number) for number in range(5, 13)]),
    ]
    one = visit_at(cast, 1)
    change(Patient.objects.filter(pk=one.patient_id), last_name="Vandenberg", first_name="Alexandra")
    places = [(chair, day, hour) for day in range(7) for chair in chairs for hour in (-2, 1, 4)][:199]
    rows = []
    for chair, day, hour in places:
        row = copy(one)
        row.pk, row._state.adding, row.uid, row.chair, row.confirmed_at = None, True, uuid4(), chair, NOW
        row.starts_at = NOW + timedelta(days=day - 2, hours=hour)
        row.ends_at, row.treatment_on = row.starts_at + timedelta(hours=3), row.starts_at.date()
        rows.append(row)
    TreatmentSession.objects.bulk_create(rows)
    client = sign_in(cast.desk)
    text_of(client, view="week")
    with CaptureQueriesContext(connection) as queries:
        page = text_of(client, view="week")
    assert len([one for one in queries if not re.search("clockoffset|SAVEPOINT|BEGIN|COMMIT", one["sql"])]) <= 12
    assert page.count('class="v-visit') == 200
    assert len(page.encode()) <= 60_000


@pytest.mark.parametrize("view", ["", "week"])
def test_a_name_is_never_markup(cast: Cast, sign_in: SignIn, view: str) -> None:
    session = visit_at(cast, 1)
    session.patient.last_name = "<i>O’Neil & Sons"
    session.patient.save()
    page = text_of(sign_in(cast.desk), view=view)
    assert "&lt;i&gt;O’Neil &amp; Sons" in page
    assert "<i>O’Neil" not in page


# --- a move by drag or keyboard ------------------------------------------------------------------------------------------
def dragged(cast: Cast, session: TreatmentSession, hours: float, chair: int, **fields: object) -> dict[str, object]:
    starts = NOW + timedelta(hours=hours)
    offer = f"{cast.chairs[chair].pk}@{starts:%Y-%m-%dT%H:%M:%S.000Z}"
    return slot(cast, chair=cast.chairs[chair].pk, opened=session.schedule_version, offer=offer, view="week", **fields)


def test_a_dropped_visit_is_moved_and_the_calendar_comes_back(cast: Cast, sign_in: SignIn) -> None:
    session, client = visit_at(cast, 1), sign_in(cast.desk, htmx=True)
    answer = client.post(url("session_move", session.pk), dragged(cast, session, 2, 1, only=str(cast.chairs[1].pk)))
    assert answer.status_code == 303
    assert answer["Location"] == f"{PAGE}?day=2026-06-10&view=week&chair={cast.chairs[1].pk}#session-{session.pk}"
    session.refresh_from_db()
    assert (session.chair, session.starts_at) == (cast.chairs[1], NOW + timedelta(hours=2))
    assert client.get(answer["Location"]).content.decode().lstrip().startswith('<div id="calendar"')


def test_a_refused_drop_says_why_and_offers_what_is_free(cast: Cast, sign_in: SignIn) -> None:
    session = visit_at(cast, 1)
    visit_at(cast, 1, chair=1)
    answer = sign_in(cast.desk, htmx=True).post(url("session_move", session.pk), dragged(cast, session, 2, 1))
    page = answer.content.decode()
    assert (answer.status_code, answer["HX-Retarget"]) == (422, "#move-answer")
    assert "That chair is taken at that time." in page
    assert page.count('name="offer"') == 3
    assert "reason" not in page
    session.refresh_from_db()
    assert (session.schedule_version, session.chair) == (1, cast.chairs[0])


def test_a_late_drop_asks_a_prescriber_for_the_reason(cast: Cast, sign_in: SignIn) -> None:
    """DOS-9."""
    session, client = visit_at(cast, 1), sign_in(cast.prescriber, htmx=True)
    wish = dragged(cast, session, 6, 0)
    assert 'name="reason"' in client.post(url("session_move", session.pk), wish).content.decode()
    assert client.post(url("session_move", session.pk), {**wish, "reason": "The clinic stays open"}).status_code == 303
    session.refresh_from_db()
    assert session.starts_at == NOW + timedelta(hours=6)


def test_a_visit_that_was_moved_meanwhile_is_not_moved_over_it(cast: Cast, sign_in: SignIn) -> None:
    session = visit_at(cast, 1)
    wish = dragged(cast, session, 2, 1)
    TreatmentSession.objects.filter(pk=session.pk).update(schedule_version=2)
    answer = sign_in(cast.desk, htmx=True).post(url("session_move", session.pk), wish)
    assert answer.status_code == 422
    assert 'name="opened" value="2"' in answer.content.decode()


def test_junk_in_a_drop_moves_nothing(cast: Cast, sign_in: SignIn) -> None:
    session, client = visit_at(cast, 1), sign_in(cast.desk, htmx=True)
    for junk in ({"day": ""}, {"chair": cast.hillcrest_chair.pk, "offer": ""}, {"dose_mg": "999"}, {"only": "x'", "starts_at": "99"}):
        assert client.post(url("session_move", session.pk), {**dragged(cast, session, 2, 1), **junk}).status_code == 422
    session.refresh_from_db()
    assert session.schedule_version == 1


# --- paper and booking ---------------------------------------------------------------------------------------------------
def test_the_day_on_paper_tells_nothing_of_the_treatment(cast: Cast, sign_in: SignIn) -> None:
    session = visit_at(cast, 1)
    visit_at(cast, 4, chair=1, status=Status.CANCELLED)
    answer = sign_in(cast.desk).get(reverse("schedule_print", args=["riverside"]))
    paper = re.sub(r"<[^>]+>", " ", answer.content.decode().split("<article")[1].split("</article>")[0])
    assert "Riverside Wellness" in paper
    assert str(session.patient) in paper
    assert "Given up" in paper
    assert not re.search(r"mg|SPRAVATO|esketamine|REMS", paper, re.IGNORECASE)
    assert AuditEntry.objects.filter(action="schedule.printed").count() == 1


def book_page(client: Client, patient_pk: int, **asked: object) -> str:
    return client.get(reverse("session_book", args=["riverside"]), {"patient": patient_pk, **asked}).content.decode()


def test_the_booking_page_shows_what_is_free(cast: Cast, sign_in: SignIn) -> None:
    """Chair 1 holds eleven to two: before it nothing fits any more, after it one visit; the last start leaves time to close."""
    visit_at(cast, 1)
    patient = ready_patient(cast.riverside, cast.of(cast.prescriber))
    page = book_page(sign_in(cast.desk), patient.pk)
    pk = cast.chairs[0].pk
    assert re.findall(rf'data-slot="2026-06-10 {pk} (\S+)"', page) == ["14:00", "14:45"]
    assert re.findall(rf'data-slot="2026-06-10 {cast.chairs[1].pk} (\S+)"', page) == ["10:00", "13:00", "14:45"]
    assert page.count("11:00–14:00") == 1


def test_a_pressed_time_is_in_the_form_and_can_be_booked(cast: Cast, sign_in: SignIn) -> None:
    patient = ready_patient(cast.riverside, cast.of(cast.prescriber))
    client, pk = sign_in(cast.desk), cast.chairs[2].pk
    page = book_page(client, patient.pk, day="2026-06-11", chair=pk, starts_at="14:45")
    assert 'value="14:45"' in page
    answer = client.post(
        reverse("session_book", args=["riverside"]) + f"?patient={patient.pk}", slot(cast, day="2026-06-11", chair=pk, starts_at="14:45")
    )
    assert answer.status_code == 303


def test_another_day_comes_as_a_fragment_and_a_closed_one_says_so(cast: Cast, sign_in: SignIn) -> None:
    ClosureFactory(site=cast.riverside, closed_on=NOW.date() + timedelta(days=1), reason="Snow")
    patient = ready_patient(cast.riverside, cast.of(cast.prescriber))
    client = sign_in(cast.desk, htmx=True)
    page = book_page(client, patient.pk, day="2026-06-11")
    assert page.lstrip().startswith('<div id="day-slots"')
    assert "closed on that day: Snow" in page
    assert "data-slot" not in page
    assert "data-slot" in book_page(client, patient.pk, day="junk")


def test_a_longer_watch_and_the_visit_that_is_moved(cast: Cast, sign_in: SignIn) -> None:
    """PAT-8: four hours fit less often. DOS-9: the latest start is earlier. A moved visit isn't in its own way."""
    session = visit_at(cast, 1)
    StandingParametersFactory(patient=session.patient, minimum_watch_minutes=180)
    page = sign_in(cast.desk).get(url("session_move", session.pk)).content.decode()
    assert re.findall(rf'data-slot="2026-06-10 {cast.chairs[0].pk} (\S+)"', page) == ["10:00", "13:45"]
    assert f'href="/riverside/sessions/{session.pk}/move/?day=2026-06-10&amp;chair={cast.chairs[0].pk}' in page
