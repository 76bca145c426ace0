"""The flowsheet: the open step, clocks, alerts, chart, checks, the record; its fragment after a post; its price."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic.models import AuditEntry
from sessions.actions import departures, emergency, watch
from sessions.actions.forms import owe_form
from sessions.models import IdentityCheck, TreatmentSession
from sessions.picture import picture_of
from sessions.queries.leaving import version_of
from sessions.queries.policies import policy_for
from tests.cast import NOW
from tests.factories.sessions import GOOD_VITALS, ObservationFactory, at_state


def minutes(count):
    return timedelta(minutes=count)


def address(session):
    return reverse("flowsheet", args=["riverside", session.pk])


def text(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def queries_of(act):
    with CaptureQueriesContext(connection) as caught:
        answer = act()
    kept = [query["sql"] for query in caught if not re.search("clockoffset|SAVEPOINT|BEGIN|COMMIT", query["sql"])]
    return kept, answer


@pytest.fixture
def session(cast, prescriber_here):
    return at_state("monitoring", cast, first_device_at=NOW - minutes(42))


@pytest.fixture
def nurse(cast, sign_in):
    return sign_in(cast.nurse)


def take_check(session, cast, at, by=None, **values):
    check = watch.Check(values=GOOD_VITALS | values, observed_at=at, client_key=uuid4(), is_confirmed=True)
    return watch.record_observation(session, check=check, by=by or cast.nurse, now=at)


@pytest.mark.parametrize(
    ("status", "step"),
    [("booked", "arrive"), ("arrived", "prepare"), ("waiting", "prepare"), ("held", "prepare"), ("cleared", "dose"), ("dosing", "dose"), ("monitoring", "watch"),
     ("discharged", "form"), ("left", "form"), ("transferred", "form"), ("cancelled", "arrive"), ("missed", "arrive"), ("voided", "arrive")],
)  # fmt: skip
def test_each_state_opens_its_step(cast, nurse, prescriber_here, status, step):
    answer = nurse.get(address(at_state(status, cast)))
    assert answer.status_code == 200
    assert re.findall(r'id="step-(\w+)"', answer.content.decode())[0].startswith(step[:4])


@pytest.mark.parametrize(
    ("status", "marks"), [("arrived", []), ("cleared", ["Cleared for dosing"]), ("discharged", ["Discharge signed", "Cleared for dosing"])]
)
def test_the_record_says_when_it_was_cleared_and_when_signed_out(cast, nurse, prescriber_here, status, marks):
    entries = nurse.get(address(at_state(status, cast))).context["entries"]
    assert [entry["title"] for entry in entries if entry["title"] in ("Cleared for dosing", "Discharge signed")] == marks


@pytest.mark.parametrize("asked", ["arrive", "prepare", "dose", "watch", "leave", "form"])
@pytest.mark.parametrize("status", ["arrived", "dosing", "monitoring", "discharged"])
def test_any_step_may_be_asked_for(cast, nurse, prescriber_here, status, asked):
    assert nurse.get(address(at_state(status, cast)), {"step": asked}).status_code == 200


@pytest.mark.parametrize("junk", ["x" * 2000, "\x00", "../../etc", "🫀", "<script>"])
def test_a_junk_step_shows_the_one_whose_turn_it_is(session, nurse, junk):
    answer = nurse.get(address(session), {"step": junk})
    assert 'id="step-watch"' in answer.content.decode()
    assert "<script>alert" not in answer.content.decode()


def test_the_leaving_step_opens_after_the_final_check(cast, nurse, prescriber_here):
    session = at_state("monitoring", cast, first_device_at=NOW - minutes(128))
    assert 'id="step-watch"' in nurse.get(address(session)).content.decode()
    take_check(session, cast, NOW)
    assert 'id="step-leave"' in nurse.get(address(session)).content.decode()


def test_the_version_on_the_page_is_the_one_that_is_signed(session, cast, nurse):
    """Identity and questions of before the dose are a part of what is signed, whatever the page has read (OUT-2)."""
    check = {"session": session, "site": session.site, "observed_at": NOW - minutes(60), "recorded_at": NOW - minutes(60), "recorded_by": cast.nurse}
    IdentityCheck.objects.create(**check, moment="dose", said_name=True, said_birth_date=True)
    shown = re.search(r'name="version" value="(\w+)"', nurse.get(address(session), {"step": "leave"}).content.decode())
    assert shown
    assert shown[1] == version_of(picture_of(session, policy_for(session)))
    IdentityCheck.objects.create(**check, moment="dose", said_name=True, said_birth_date=True)
    assert shown[1] != version_of(picture_of(session, policy_for(session)))


def test_a_saved_check_is_on_the_page_it_returns_to(session, cast, sign_in):
    nurse = sign_in(cast.nurse, htmx=True)
    answer = nurse.post(reverse("observation_record", args=["riverside", session.pk]), GOOD_VITALS | {"systolic": 131, "client_key": uuid4()})
    assert answer.status_code == 303
    fragment = nurse.get(answer["Location"])
    assert b"<html" not in fragment.content
    assert "Saved: 40-minute check, 131/78" in text(fragment)
    assert "HX-Request" in fragment["Vary"]


def test_the_fragment_is_what_a_reload_shows(session, cast, sign_in):
    def bare(answer):
        inside = answer.content.decode().split('<div id="flowsheet"', 1)[1].split("</aside>")[0]
        return re.sub(r'value="[\w-]{36,64}"|csrfmiddlewaretoken', "", re.sub(r'value="[A-Za-z0-9]{64}"', "", inside))

    sign_in(cast.nurse).get(address(session))  # the reading is noted once; the news count from there
    assert bare(sign_in(cast.nurse, htmx=True).get(address(session))) == bare(sign_in(cast.nurse).get(address(session)))


@pytest.mark.parametrize(
    ("value", "shown"),
    [({"spo2": 85}, "85 (critical)"), ({"systolic": 205}, "205/78 (critical)"), ({"sedation": 1}, "1 (critical)"), ({"spo2": 92}, "92 (high)"), ({}, "")],
)  # fmt: skip
def test_what_lies_beyond_its_limit_is_marked_and_nothing_else(session, cast, nurse, value, shown):
    take_check(session, cast, NOW, **value)
    table = text(nurse.get(address(session))).partition("Correct")[2]
    assert re.findall(r"[\d/]+ \((?:critical|high)\)", table) == ([shown] if shown else [])


def test_a_refused_check_keeps_what_was_typed(session, cast, sign_in):
    nurse = sign_in(cast.nurse, htmx=True)
    answer = nurse.post(
        reverse("observation_record", args=["riverside", session.pk]), GOOD_VITALS | {"systolic": 333, "note": "dizzy", "client_key": uuid4()}
    )
    assert (answer.status_code, answer["HX-Retarget"], answer["HX-Reswap"]) == (422, "#step-watch", "outerHTML")
    page = answer.content.decode()
    assert 'value="333"' in page
    assert 'value="dizzy"' in page
    assert "333 can&#x27;t be a systolic" in page


def test_a_rare_value_is_asked_about_once(session, cast, nurse):
    posted = GOOD_VITALS | {"systolic": 228, "client_key": uuid4()}
    url = reverse("observation_record", args=["riverside", session.pk])
    answer = nurse.post(url, posted)
    assert answer.status_code == 422
    assert "Yes, it is right" in text(answer)
    assert nurse.post(url, posted | {"is_confirmed": "on"}).status_code == 303


def test_not_obtained_is_a_tick_and_a_reason(session, cast, nurse):
    posted = GOOD_VITALS | {"systolic": "", "diastolic": "", "not_obtained": ["pressure"], "client_key": uuid4()}
    url = reverse("observation_record", args=["riverside", session.pk])
    assert "why could it not be obtained" in text(nurse.post(url, posted))
    assert nurse.post(url, posted | {"not_obtained_reason": "Refused"}).status_code == 303
    assert "n/o" in text(nurse.get(address(session)))


def test_late_entries_corrections_and_missed_checks_are_told(cast, nurse, prescriber_here):
    session = at_state("monitoring", cast, first_device_at=NOW - minutes(122))
    old = ObservationFactory(session=session, observed_at=NOW - minutes(20), recorded_at=NOW - minutes(5), recorded_by=cast.nurse)
    correction = watch.Check(values=GOOD_VITALS | {"systolic": 139}, observed_at=old.observed_at, client_key=uuid4())
    watch.correct_observation(old, check=correction, reason="Typed wrong", by=cast.nurse, now=NOW)
    shown = text(nurse.get(address(session)))
    assert "written 20 min later" in shown
    assert "Corrected: Typed wrong" in shown
    assert "nobody took the 40-minute check" in shown
    record = text(nurse.get(reverse("session_record", args=["riverside", session.pk])))
    assert "122/78" in record  # what the correction replaced
    assert "139/78" in record


def test_an_alert_is_shown_with_what_to_do(session, cast, nurse, sign_in):
    take_check(session, cast, NOW - minutes(6), systolic=172)
    shown = text(nurse.get(address(session)))
    assert "Pressure 172/78, above 160/100" in shown
    assert "Acknowledge" in shown
    assert "Note and close" not in shown
    assert "Note and close" in text(sign_in(cast.prescriber).get(address(session)))


def test_an_auditor_reads_and_finds_no_button(session, cast, sign_in):
    page = sign_in(cast.auditor).get(address(session)).content.decode()
    assert "Save" not in page
    assert "observation_record" not in page
    assert "take back" not in page


def test_reading_is_noted_once_in_a_quarter_of_an_hour(session, cast, nurse):
    for _ in range(3):
        nurse.get(address(session))
    assert AuditEntry.objects.filter(action="record.read", actor=cast.nurse).count() == 1


def test_news_of_others_is_told_and_ones_own_reading_is_none(session, cast, sign_in, still_clock):
    nurse, url = sign_in(cast.nurse, htmx=True), reverse("flowsheet_news", args=["riverside", session.pk])
    nurse.get(address(session))
    since = {"since": re.search(r"news/\?since=(\d+)", nurse.get(address(session)).content.decode())[1]}
    queries, answer = queries_of(lambda: nurse.get(url, since))
    assert answer.status_code == 204
    assert len(queries) <= 4
    take_check(session, cast, NOW - minutes(1), by=cast.support)  # its post began before the page was drawn
    answer = nurse.get(url, since)
    assert answer.status_code == 200
    assert "Something new" in text(answer)


@pytest.fixture
def busy(session, cast):
    """In the middle of the watch, with everything on the page that a session has."""
    owe_form(TreatmentSession.objects.get(pk=session.pk), by=cast.nurse, now=NOW)
    take_check(session, cast, NOW - minutes(12), systolic=172)
    take_check(session, cast, NOW - minutes(6))
    watch.record_event(session, event=watch.Event("dissociation_began", NOW - minutes(20), uuid4()), by=cast.nurse, now=NOW)
    watch.record_round(session, observed_at=NOW - minutes(3), client_key=uuid4(), by=cast.support, now=NOW)
    return session


def test_the_price_of_the_page(busy, nurse):
    nurse.get(address(busy))
    queries, answer = queries_of(lambda: nurse.get(address(busy)))
    assert len(queries) <= 16, "\n".join(queries)
    assert len(answer.content) < 60_000


def test_a_watch_with_many_checks_stays_light_and_loses_nothing(busy, nurse, cast):
    for number in range(26):
        take_check(busy, cast, NOW - minutes(5) + timedelta(seconds=10 * number), pulse=60 + number)
    page = nurse.get(address(busy)).content.decode()
    assert len(page.encode()) < 60_000
    assert "pulse 85," in page
    assert set(re.findall(r'<use href="#([\w-]+)"', page)) <= set(re.findall(r'<symbol id="([\w-]+)"', page))
    assert "pulse 60," not in page
    found = re.search(r'href="([^"]+)">(\d+) earlier</a>', page)
    assert found
    whole = nurse.get(found[1]).content.decode()
    assert all(f"pulse {60 + number}," in whole for number in range(26))
    assert "earlier" not in re.sub(r"(?s)<symbol.*?</symbol>", "", whole)


def test_the_price_of_a_check(busy, nurse):
    url, posted = reverse("observation_record", args=["riverside", busy.pk]), GOOD_VITALS | {"client_key": uuid4(), "pulse": 75}
    queries, answer = queries_of(lambda: nurse.post(url, posted))
    assert answer.status_code == 303
    assert len(queries) <= 16, "\n".join(queries)


def test_the_leaving_sheet_is_in_the_patients_language(session, nurse):
    url = reverse("leaving_sheet", args=["riverside", session.pk])
    assert "Do not drive or use machines" in text(nurse.get(url))
    session.patient.language = "es"
    session.patient.save(update_fields=["language"])
    page = nurse.get(url)
    assert "No maneje ni use máquinas" in text(page)
    assert '<html lang="es"' in page.content.decode()


def test_an_emergency_and_how_the_patient_went_stand_in_the_record(cast, sign_in):
    session = at_state("monitoring", cast, first_device_at=NOW - minutes(40))
    emergency.press(cast.riverside, session=session, client_key=uuid4(), by=cast.nurse, now=NOW - minutes(2))
    going = departures.Departing(seen_at=NOW, condition="Drowsy", destination="County General", emergency_called="reached")
    departures.record_transfer(session, departing=going, client_key=uuid4(), by=cast.nurse, now=NOW)
    for name in ("flowsheet", "session_record"):
        shown = text(sign_in(cast.nurse).get(reverse(name, args=["riverside", session.pk])))
        for words in ("Emergency called", "Transferred (emergency)", "Drowsy, to County General, 911 called (by phone: reached)"):
            assert words in shown, (name, words)


@pytest.mark.parametrize("status", ["booked", "arrived", "cleared", "missed", "held", "waiting"])
def test_every_form_of_the_page_carries_its_own_token(cast, nurse, prescriber_here, status):
    """Without JavaScript no header carries it: the post would end in a 403."""
    page = nurse.get(address(at_state(status, cast))).content.decode()
    forms = re.findall(r'<form[^>]*method="post".*?</form>', page, re.DOTALL)
    assert forms
    assert [form[:120] for form in forms if 'name="csrfmiddlewaretoken" value="' not in form] == []
