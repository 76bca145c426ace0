"""A patient goes without a sign-off or by ambulance: recorded at once, a call due, the prescriber signs later (OUT-3, MON-5)."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from clinic.findings import Refused
from clinic.models import AuditEntry, Notice, Signature
from clinic.signatures import IdentityProof, is_intact
from sessions.actions import departures, watch
from sessions.actions.departures import Departing
from sessions.actions.forms import owe_form
from sessions.models import Departure, Observation, SafetyCall
from sessions.states import FormStatus
from tests.cast import NOW
from tests.factories.clinic import PASSWORD
from tests.factories.sessions import GOOD_VITALS, at_state

SEEN = NOW - timedelta(minutes=4)


def departing(**changed):
    return Departing(**({"seen_at": SEEN, "condition": "Drowsy", "patient_called": "missed", "contact_called": "reached"} | changed))


def leave(session, cast, *, by=None, key=None, **changed):
    return departures.record_left(session, departing=departing(**changed), client_key=key or uuid4(), by=by or cast.support, now=NOW)


@pytest.mark.parametrize("status", ["arrived", "waiting", "cleared", "held", "dosing", "monitoring"])
def test_left_from_every_open_state_with_a_call_due_today(cast, status):
    session, key = at_state(status, cast), uuid4()
    row = leave(session, cast, key=key, seen_by=cast.desk)
    assert leave(session, cast, key=key) == row
    session.refresh_from_db()
    assert (session.status, session.left_at, session.status_reason) == ("left", SEEN, "Drowsy")
    assert (row.kind, row.observed_at, row.observed_by, row.contact_called) == ("left", SEEN, cast.desk, "reached")
    call = SafetyCall.objects.get()
    assert (call.why, call.owner, call.due_at) == ("left", cast.prescriber, NOW.replace(hour=22, minute=0))
    due = {notice.kind: notice.due_at for notice in Notice.objects.filter(resolved_at=None)}
    assert due == {"safety_call": call.due_at, "departure_unsigned": SEEN + timedelta(hours=24)}
    assert list(AuditEntry.objects.filter(action__in=["session.left", "call.owed"]).order_by("seq").values_list("action", flat=True)) == [
        "session.left", "call.owed",
    ]  # fmt: skip


def test_the_form_stays_owed_and_late_facts_may_follow(cast):
    session = at_state("monitoring", cast)
    form = owe_form(session, by=cast.nurse, now=NOW)
    leave(session, cast)
    form.refresh_from_db()
    assert form.status == FormStatus.OWED
    check = watch.Check(values=GOOD_VITALS, observed_at=SEEN, client_key=uuid4())
    assert watch.record_observation(session, check=check, by=cast.nurse, now=NOW) in Observation.objects.all()


@pytest.mark.parametrize(
    ("status", "changed", "code"),
    [
        ("booked", {}, "move.booked.left"),
        ("discharged", {}, "move.discharged.left"),
        ("left", {}, "move.left.left"),
        ("monitoring", {"condition": " "}, "OUT-3.condition"),
        ("monitoring", {"seen_at": NOW + timedelta(minutes=1)}, "MON-7.future"),
    ],
)
def test_refused_and_nothing_written(cast, status, changed, code):
    session = at_state(status, cast)
    with pytest.raises(Refused) as refused:
        leave(session, cast, **changed)
    assert [finding.code for finding in refused.value.findings] == [code]
    session.refresh_from_db()
    assert session.status == status
    assert not Departure.objects.exists()
    assert not Notice.objects.exists()


def test_transferred_says_where_to_and_owes_no_call(cast):
    session = at_state("monitoring", cast)
    with pytest.raises(Refused) as refused:
        departures.record_transfer(session, departing=departing(), client_key=uuid4(), by=cast.nurse, now=NOW)
    assert refused.value.findings[0].field == "destination"
    key = uuid4()
    told = departing(destination="St. Mary's", handed_to="Crew 7", emergency_called="reached")
    row = departures.record_transfer(session, departing=told, client_key=key, by=cast.nurse, now=NOW)
    assert departures.record_transfer(session, departing=told, client_key=key, by=cast.nurse, now=NOW) == row
    session.refresh_from_db()
    assert (session.status, session.transferred_at, row.handed_to) == ("transferred", SEEN, "Crew 7")
    assert not SafetyCall.objects.exists()


def sign(row, cast, user):
    return departures.sign_departure(row, proof=IdentityProof(user, "password"), membership=cast.of(user), now=NOW)


def test_a_prescriber_signs_and_the_task_is_done(cast):
    row = leave(at_state("monitoring", cast), cast)
    with pytest.raises(Refused):
        sign(row, cast, cast.nurse)
    signature = sign(row, cast, cast.prescriber)
    assert sign(row, cast, cast.second_prescriber) == signature
    assert (signature.meaning, is_intact(signature)) == ("review", True)
    assert not Notice.objects.filter(kind="departure_unsigned", resolved_at=None).exists()
    assert AuditEntry.objects.filter(action="departure.signed").count() == 1


# --- the pages -------------------------------------------------------------------------------------------------------
def test_the_front_desk_records_it_and_the_board_and_flowsheet_say_what_is_due(cast, sign_in):
    session = at_state("monitoring", cast)
    client = sign_in(cast.desk)
    url = reverse("session_left", args=["riverside", session.pk])
    assert "Left without sign-off" in client.get(reverse("flowsheet", args=["riverside", session.pk])).content.decode()
    assert client.get(url).status_code == 200
    answer = client.post(url, {"client_key": uuid4(), "condition": "", "note": "Ran"})
    assert answer.status_code == 422
    assert "Say how the patient was" in answer.content.decode()
    assert client.post(url, {"client_key": uuid4(), "condition": "Upset", "patient_called": "nonsense"}).status_code == 422
    assert client.post(url, {"client_key": uuid4(), "condition": "Upset", "patient_called": "reached"}).status_code == 303
    sheet = client.get(reverse("flowsheet", args=["riverside", session.pk]) + "?step=leave").content.decode()
    assert "A safety call is due: left without sign-off." in sheet
    assert "No prescriber has signed this yet" in sheet
    board = client.get(reverse("board", args=["riverside"])).content.decode()
    assert "Still to do" in board
    assert "Act now" not in board
    assert "A safety call is due" in client.get(reverse("patient_chart", args=["riverside", session.patient_id])).content.decode()


def test_a_day_later_the_board_is_red_and_the_prescriber_signs(cast, sign_in, still_clock):
    row = leave(at_state("monitoring", cast), cast)
    still_clock.shift(timedelta(hours=25))
    client = sign_in(cast.prescriber)
    assert "Act now" in client.get(reverse("board", args=["riverside"])).content.decode()
    url = reverse("departure_sign", args=["riverside", row.pk])
    assert "Drowsy" in client.get(url).content.decode()
    assert client.post(url, {"client_key": uuid4(), "password": "wrong"}).status_code == 422
    assert client.post(url, {"client_key": uuid4(), "password": PASSWORD}).status_code == 303
    assert Signature.objects.filter(target_kind="departure").count() == 1
    record = client.get(reverse("session_record", args=["riverside", row.session_id])).content.decode()
    assert "How the patient went" in record
    assert "The record reads as it was signed." in record


def test_transfer_by_its_page(cast, sign_in):
    session = at_state("dosing", cast)
    url = reverse("session_transfer", args=["riverside", session.pk])
    client = sign_in(cast.support)
    assert client.get(url).status_code == 200
    said = {"client_key": uuid4(), "condition": "Short of breath", "destination": "St. Mary's", "handed_to": "Crew", "observed_at": "09:55"}
    assert client.post(url, said).status_code == 303
    assert Departure.objects.get().destination == "St. Mary's"
