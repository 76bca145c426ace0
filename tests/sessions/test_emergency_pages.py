"""The button, the page, the taps, the sheet: as each role meets them, with junk, and after the clock has moved (MON-5)."""

import re
from uuid import uuid4

import pytest

from sessions.actions import emergency as acts
from sessions.models import Emergency
from tests.cast import NOW
from tests.factories.sessions import at_state

PRESS = "/riverside/emergency/"


def text(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


@pytest.fixture
def row(cast):
    return acts.press(cast.riverside, session=None, client_key=uuid4(), by=cast.desk, now=NOW)


def url(row, what=""):
    return f"/riverside/emergencies/{row.pk}/{what}"


@pytest.mark.parametrize("who", ["desk", "support", "nurse", "prescriber", "admin"])
def test_every_page_of_staff_has_the_button(cast, sign_in, who):
    """On a flowsheet too, where somebody may do little else."""
    client, session = sign_in(cast.person(who)), at_state("monitoring", cast)
    for path in ("/riverside/", f"/riverside/sessions/{session.pk}/"):
        page = client.get(path).content.decode()
        assert f'action="{PRESS}"' in page, path
        assert "/riverside/calls/" in page, path


def test_who_only_reads_has_none_and_asks_for_no_calls(cast, sign_in):
    """Nothing that would be refused every ten seconds."""
    page = sign_in(cast.auditor).get("/riverside/staff/").content.decode()
    assert PRESS not in page
    assert "/riverside/calls/" not in page


def test_a_flowsheet_brings_its_session(cast, sign_in):
    session, client = at_state("monitoring", cast), sign_in(cast.nurse)
    page = client.get(f"/riverside/sessions/{session.pk}/").content.decode()
    posted = dict(re.findall(r'name="(client_key|session)" value="([\w-]+)"', page.split('class="v-sos"')[1].split("</form>")[0]))
    answer = client.post(PRESS, posted)
    made = Emergency.objects.get()
    assert (answer.status_code, answer["Location"], made.session) == (303, url(made), session)
    shown = text(client.get(url(made)))
    for words in (cast.riverside.address, session.patient.last_name, "device 1", "911 called"):
        assert words in shown


@pytest.mark.parametrize("junk", [{}, {"session": "x", "client_key": "x"}, {"session": "9" * 40}, {"session": "²"}])
def test_a_press_never_fails_for_what_comes_with_it(cast, sign_in, junk):
    assert sign_in(cast.support).post(PRESS, junk).status_code == 303
    assert Emergency.objects.get().session is None


def test_an_old_record_on_the_screen_names_nobody(cast, sign_in):
    gone = at_state("discharged", cast)
    sign_in(cast.nurse).post(PRESS, {"session": gone.pk})
    assert Emergency.objects.get().patient is None


def test_another_sites_session_is_left_out(cast, sign_in):
    session = at_state("monitoring", cast)
    client = sign_in(cast.stranger)
    assert client.post("/hillcrest/emergency/", {"session": session.pk}).status_code == 303
    assert Emergency.objects.get().patient is None


def test_it_is_loud_on_every_page_until_it_is_over(cast, sign_in, row):
    client = sign_in(cast.nurse)
    assert "Emergency: place not said yet" in text(client.get("/riverside/patients/"))
    assert client.get("/riverside/calls/").status_code == 200
    acts.end(row, outcome="settled", reason="", ended_at=NOW, by=cast.nurse, now=NOW)
    assert "place not said yet" not in text(client.get("/riverside/patients/"))
    assert (client.get("/riverside/calls/").status_code, client.get("/riverside/calls/?was=1").status_code) == (204, 200)


def test_one_tap_says_where(cast, sign_in, row):
    session, client = at_state("monitoring", cast), sign_in(cast.nurse)
    assert session.patient.short_name in text(client.get(url(row)))
    assert client.post(url(row, "place/"), {"spot": f"s{session.pk}"}).status_code == 303
    shown = text(client.get(url(row)))
    assert str(session.patient) in shown
    assert "Not Chair 1? Choose another place" in shown
    assert client.post(url(row, "place/"), {"place": "Front desk"}).status_code == 303
    assert str(session.patient) not in text(client.get(url(row))).replace(session.patient.short_name, "")


@pytest.mark.parametrize("junk", [{}, {"spot": "s999999"}, {"spot": "x1"}, {"place": "x" * 81}])
def test_a_place_that_is_none_is_refused(cast, sign_in, row, junk):
    answer = sign_in(cast.nurse).post(url(row, "place/"), junk)
    assert answer.status_code == 422
    row.refresh_from_db()
    assert row.where == ""


@pytest.mark.parametrize(
    ("what", "junk"),
    [
        ("step/", {}),
        ("step/", {"kind": "nonsense", "client_key": uuid4()}),
        ("step/", {"kind": "measure", "client_key": uuid4()}),
        ("end/", {}),
        ("end/", {"outcome": "false_alarm"}),
        ("end/", {"outcome": "settled", "ended_at": "99:99"}),
        ("tell/", {}),
        ("tell/", {"client_key": uuid4()}),
    ],
)
def test_what_is_refused_is_said_and_writes_nothing(cast, sign_in, row, what, junk):
    if what == "tell/":
        acts.end(row, outcome="settled", reason="", ended_at=NOW, by=cast.nurse, now=NOW)
    before = row.entries.count()
    assert sign_in(cast.nurse).post(url(row, what), junk).status_code == 422
    assert row.entries.count() == before


def test_steps_end_and_details_by_the_page(cast, sign_in, row):
    client = sign_in(cast.support)
    assert client.post(url(row, "step/"), {"kind": "called", "client_key": uuid4()}).status_code == 303
    assert "911 called, 10:00" in text(client.get(url(row)))
    assert client.post(url(row, "end/"), {"outcome": "transferred", "ended_at": "10:00"}).status_code == 303
    assert "Nobody has told yet what happened." in text(client.get(url(row)))
    assert client.post(url(row, "tell/"), {"what": "Fainted", "client_key": uuid4()}).status_code == 303
    shown = text(client.get(url(row)))
    assert "Fainted" in shown
    assert "Nobody has told yet" not in shown


def test_the_sheet_for_the_ambulance(cast, sign_in, row):
    client = sign_in(cast.nurse)
    assert "Patient not named yet" in text(client.get(url(row, "summary/")))
    session = at_state("monitoring", cast)
    session.patient.allergies = "Penicillin"
    session.patient.save(update_fields=["allergies"])
    acts.set_place(row, session=session, chair=None, place="", by=cast.nurse, now=NOW)
    sheet = text(client.get(url(row, "summary/")))
    for words in ("Penicillin", "56 mg esketamine", "122/78", cast.riverside.phone):
        assert words in sheet
