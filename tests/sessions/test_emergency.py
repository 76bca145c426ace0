"""An emergency as it is lived: pressed once, placed, stamped, ended, told; each act with its audit entry (MON-5)."""

from datetime import timedelta
from uuid import uuid4

import pytest

from clinic.findings import Refused
from clinic.models import AuditEntry
from sessions.actions import emergency as acts
from sessions.models import EmergencyEntry
from sessions.queries.emergency import summary_of, untold
from tests.cast import NOW
from tests.factories.patients import ContactFactory
from tests.factories.sessions import at_state


def minutes(count):
    return timedelta(minutes=count)


def pressed(cast, session=None, *, key=None, now=NOW, by=None):
    return acts.press(cast.riverside, session=session, client_key=key or uuid4(), by=by or cast.support, now=now)


def done():
    return list(AuditEntry.objects.filter(action__startswith="emergency.").order_by("pk").values_list("action", flat=True))


def test_one_press_stamps_the_time_and_needs_nothing(cast):
    row = pressed(cast)
    assert (row.pressed_at, row.recorded_by, row.patient, row.where) == (NOW, cast.support, None, "")
    assert done() == ["emergency.pressed"]


def test_on_a_flowsheet_it_knows_whose_it_is(cast):
    session = at_state("monitoring", cast)
    row = pressed(cast, session)
    assert (row.session, row.patient, row.chair) == (session, session.patient, session.chair)


def test_the_same_press_has_one_effect(cast):
    """By its key at any time; by the same person within a minute; by anybody for the same patient."""
    key, session = uuid4(), at_state("monitoring", cast)
    first = pressed(cast, key=key)
    assert pressed(cast, key=key, now=NOW + minutes(9)) == first
    assert pressed(cast, now=NOW + timedelta(seconds=50)) == first
    assert pressed(cast, by=cast.nurse) != first
    assert pressed(cast, session) == pressed(cast, session, by=cast.nurse, now=NOW + minutes(5))
    assert done().count("emergency.pressed") == 3


def test_a_key_of_another_site_stops_nobody(cast):
    key = uuid4()
    acts.press(cast.hillcrest, session=None, client_key=key, by=cast.stranger, now=NOW)
    assert pressed(cast, key=key).site == cast.riverside


def test_a_locked_screen_presses_without_a_person(cast):
    row = acts.press(cast.riverside, session=None, client_key=uuid4(), by=None, now=NOW)
    assert (row.recorded_by, row.recorded_via) == (None, "screen")


def test_the_place_brings_patient_and_chair(cast):
    row, session = pressed(cast), at_state("monitoring", cast)
    acts.set_place(row, session=session, chair=None, place="", by=cast.nurse, now=NOW)
    row.refresh_from_db()
    assert (row.patient, row.chair) == (session.patient, session.chair)
    other = at_state("monitoring", cast)
    acts.set_place(row, session=other, chair=None, place="", by=cast.nurse, now=NOW)
    placed = AuditEntry.objects.filter(action="emergency.placed").order_by("seq").values_list("patient_pk", flat=True)
    assert list(placed) == [session.patient_id, session.patient_id, other.patient_id]
    acts.set_place(row, session=None, chair=None, place=" Front desk ", by=cast.nurse, now=NOW)
    row.refresh_from_db()
    assert (row.patient, row.chair, row.where) == (None, None, "Front desk")


def entry(row, cast, kind="called", text="", key=None, at=NOW):
    return acts.record_entry(row, kind=kind, text=text, observed_at=at, client_key=key or uuid4(), by=cast.nurse, now=NOW + minutes(1))


def test_a_step_is_stamped_once(cast):
    row, key = pressed(cast), uuid4()
    assert entry(row, cast) == entry(row, cast, at=NOW + minutes(1))
    given = entry(row, cast, "measure", "Oxygen 2 l", key)
    assert entry(row, cast, "measure", "Oxygen 2 l", key) == given
    assert entry(row, cast, "measure", "Oxygen 2 l") != given
    assert EmergencyEntry.objects.count() == 3


@pytest.mark.parametrize(("told", "field"), [({"kind": "measure"}, "text"), ({"at": NOW + minutes(2)}, "observed_at")])
def test_an_entry_without_words_or_ahead_of_time_is_refused(cast, told, field):
    row = pressed(cast)
    with pytest.raises(Refused) as refused:
        entry(row, cast, **told)
    assert refused.value.findings[0].field == field
    assert not EmergencyEntry.objects.exists()


def test_a_key_of_another_emergency_writes_nothing(cast):
    key = uuid4()
    entry(pressed(cast), cast, key=key)
    with pytest.raises(Refused):
        entry(pressed(cast, by=cast.desk), cast, key=key)


def test_it_ends_once_with_an_outcome(cast):
    row = pressed(cast)
    with pytest.raises(Refused):
        acts.end(row, outcome="false_alarm", reason="", ended_at=NOW, by=cast.nurse, now=NOW)
    acts.end(row, outcome="false_alarm", reason="A sleeve", ended_at=NOW + minutes(1), by=cast.nurse, now=NOW + minutes(2))
    acts.end(row, outcome="died", reason="", ended_at=NOW + minutes(2), by=cast.support, now=NOW + minutes(2))
    row.refresh_from_db()
    assert (row.outcome, row.ended_at, row.ended_by) == ("false_alarm", NOW + minutes(1), cast.nurse)
    assert done() == ["emergency.pressed", "emergency.ended"]
    assert untold(cast.riverside) == []


def test_details_follow_and_are_owed_until_they_do(cast):
    row, key = pressed(cast), uuid4()
    acts.end(row, outcome="settled", reason="", ended_at=NOW + minutes(5), by=cast.nurse, now=NOW + minutes(5))
    assert untold(cast.riverside) == [row]
    later = {"by": cast.nurse, "now": NOW + timedelta(days=3)}
    with pytest.raises(Refused):
        acts.tell(row, told={"what": " "}, client_key=key, **later)
    for _ in range(2):
        acts.tell(row, told={"what": "Fainted on standing", "came": "Crew 7", "measure": ""}, client_key=key, **later)
    assert sorted(row.entries.values_list("kind", flat=True)) == ["came", "what"]
    assert untold(cast.riverside) == []
    other = pressed(cast, at_state("monitoring", cast))
    with pytest.raises(Refused):
        acts.tell(other, told={"what": "Fell"}, client_key=key, **later)


def test_the_summary_has_what_a_paramedic_asks(cast):
    session = at_state("monitoring", cast)
    person = ContactFactory(patient=session.patient, kind="emergency", name="Sister")
    found = summary_of(pressed(cast, session), cast.riverside, NOW)
    assert found.contacts[0] == person
    assert (found.picture.given_mg, len(found.checks), found.given) == (56, 1, [])
    assert (summary_of(pressed(cast), cast.riverside, NOW).checks, summary_of(pressed(cast), cast.riverside, NOW).given) == ([], [])
