"""Recording, judging and phoning adverse events by the pages, with junk; what the board, the chart and the flowsheet say of them (PMF-6)."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest

from sessions.actions import emergency as emergencies
from sessions.actions import watch
from sessions.models import AdverseEvent, EventReport
from tests.cast import NOW
from tests.factories.adverse import serious
from tests.factories.sessions import GOOD_VITALS, at_state

GOOD = {
    "kind": "Loss of consciousness", "began_at": "2026-06-10T09:10", "ended_at": "2026-06-10T09:20", "serious": "yes", "criteria": ["intervention"],
    "narrative": "Fainted.", "outcome": "Recovered",
}  # fmt: skip


def text(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


@pytest.fixture
def session(cast, prescriber_here):
    return at_state("monitoring", cast, first_device_at=NOW - timedelta(minutes=60))


def new(session):
    return f"/riverside/sessions/{session.pk}/events/adverse/"


def typed(**changes):
    return {"client_key": uuid4()} | GOOD | changes


def test_the_page_suggests_with_evidence_and_drafts_without_a_name(cast, sign_in, session):
    check = watch.Check(values=GOOD_VITALS | {"spo2": 86}, observed_at=NOW, client_key=uuid4(), is_confirmed=True)
    watch.record_observation(session, check=check, by=cast.nurse, now=NOW)
    row = emergencies.press(cast.riverside, session=session, client_key=uuid4(), by=cast.nurse, now=NOW)
    emergencies.record_entry(row, kind="measure", text="Oxygen 2 l", observed_at=NOW, client_key=uuid4(), by=cast.nurse, now=NOW)
    emergencies.end(row, outcome="transferred", reason="", ended_at=NOW, by=cast.nurse, now=NOW)
    page = sign_in(cast.nurse).get(new(session))
    draft = page.context["form"].initial["narrative"]
    for words in ("Hospitalization? 10:00 taken to hospital", "Life-threatening? 10:00 SpO₂ 86 %, below 90 %; 10:00 emergency called"):
        assert words in text(page)
    for words in ("56 mg", "09:00 device 1, 2 of 2 sprays.", "SpO₂ 86 %", "10:00 Done or given: Oxygen 2 l."):
        assert words in draft
    assert session.patient.last_name not in draft
    assert 'name="serious" value="yes" checked' not in page.content.decode()


def test_recorded_shown_and_found_again(cast, sign_in, session):
    client = sign_in(cast.nurse)
    answer = client.post(new(session), typed())
    event = AdverseEvent.objects.get()
    assert (answer.status_code, answer["Location"], event.criteria) == (303, f"/riverside/adverse/{event.pk}/", ["intervention"])
    assert "Goes with the next monitoring form." in text(client.get(answer["Location"]))
    assert "A serious event goes with the next monitoring form." in text(client.get("/riverside/"))
    for page in (f"/riverside/patients/{session.patient_id}/", f"/riverside/sessions/{session.pk}/?step=form"):
        assert re.search("Loss of consciousness (Session of 10 Jun 2026 )?Serious, to be reported", text(client.get(page)))


@pytest.mark.parametrize(
    "junk",
    [{"kind": ""}, {"serious": ""}, {"serious": "perhaps"}, {"criteria": []}, {"criteria": ["x"]}, {"began_at": "soon"}, {"began_at": "2026-06-11T09:10"},
     {"ended_at": "2026-06-10T08:00"}, {"narrative": "x" * 2001}, {"client_key": "x"}, {"kind": "a\x00b"}],
)  # fmt: skip
def test_junk_is_refused_and_nothing_is_written(cast, sign_in, session, junk):
    assert sign_in(cast.nurse).post(new(session), typed(**junk)).status_code == 422
    assert not AdverseEvent.objects.exists()


def test_what_happened_at_home_is_phoned_when_nobody_comes_again(cast, sign_in):
    gone = at_state("discharged", cast, first_device_at=NOW - timedelta(hours=5), now=NOW - timedelta(hours=2))
    client = sign_in(cast.nurse)
    made = client.post(f"/riverside/patients/{gone.patient_id}/adverse/", typed())
    event = AdverseEvent.objects.get()
    assert (made.status_code, event.session) == (303, None)
    assert "Phone it to the REMS or the maker today." in text(client.get(made["Location"]))
    url = f"/riverside/adverse/{event.pk}/phone/"
    for junk in ({}, {"to": "rems"}, {"to": "me", "number": "1"}, {"to": "rems", "number": "1", "phoned_at": "2026-06-11T09:10"}):
        assert client.post(url, {"client_key": uuid4()} | junk).status_code == 422
    assert not EventReport.objects.exists()
    call = {"client_key": uuid4(), "to": "maker", "number": "518 555 0199", "spoke_with": "Kim", "reference": "M-7"}
    assert sign_in(cast.desk).post(url, call).status_code == 303
    shown = text(client.get(made["Location"]))
    for words in ("phoned the maker at 518 555 0199, spoke with Kim, their number M-7", "Reported."):
        assert words in shown
    assert "to be phoned" not in text(client.get("/riverside/"))


def test_a_call_that_is_late_is_red(cast, sign_in, still_clock):
    gone = at_state("discharged", cast, first_device_at=NOW - timedelta(hours=5), now=NOW - timedelta(hours=2))
    event = serious(cast, gone, at_home=True)
    still_clock.shift(timedelta(hours=15))
    client = sign_in(cast.nurse)
    assert "it is late" in text(client.get(f"/riverside/adverse/{event.pk}/"))
    assert "Act now" in text(client.get("/riverside/"))


def test_a_correction_by_the_page(cast, sign_in, session):
    event, client = serious(cast, session), sign_in(cast.nurse)
    url = f"/riverside/adverse/{event.pk}/correct/"
    assert "Fainted on standing." in client.get(url).content.decode()
    assert client.post(url, typed()).status_code == 422
    answer = client.post(url, typed(kind="Syncope", reason="Better word"))
    assert "Syncope" in text(client.get(answer["Location"]))
    assert "This was corrected." in text(client.get(f"/riverside/adverse/{event.pk}/"))


def test_nobody_has_judged_yet(cast, sign_in, session):
    check = watch.Check(values=GOOD_VITALS | {"spo2": 86}, observed_at=NOW, client_key=uuid4(), is_confirmed=True)
    watch.record_observation(session, check=check, by=cast.nurse, now=NOW)
    assert "Nobody has judged yet." in text(sign_in(cast.nurse).get(f"/riverside/sessions/{session.pk}/?step=form"))


def test_an_emergency_that_nobody_has_told_is_on_the_board(cast, sign_in):
    row = emergencies.press(cast.riverside, session=None, client_key=uuid4(), by=cast.nurse, now=NOW)
    emergencies.end(row, outcome="settled", reason="", ended_at=NOW, by=cast.nurse, now=NOW)
    client, words = sign_in(cast.nurse), "nobody has told yet what happened"
    assert words in text(client.get("/riverside/"))
    emergencies.tell(row, told={"what": "A visitor fell"}, client_key=uuid4(), by=cast.nurse, now=NOW)
    assert words not in text(client.get("/riverside/"))
