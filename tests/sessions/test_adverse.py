"""Adverse events recorded, corrected, phoned and carried by forms; the tasks they open and close (PMF-6, SET-6)."""

from datetime import timedelta
from uuid import uuid4

import pytest

from clinic.findings import Refused
from clinic.models import AuditEntry, Notice
from sessions.actions import adverse, confirming, watchman
from sessions.models import AdverseEvent, EventReport, MonitoringForm
from sessions.queries import adverse as facts
from sessions.queries.form_page import proposals_of
from sessions.rules.adverse import Way
from sessions.states import Status
from tests.cast import NOW
from tests.factories import forms
from tests.factories.adverse import serious, told
from tests.factories.sessions import at_state


@pytest.fixture
def session(cast):
    return at_state("monitoring", cast, first_device_at=NOW - timedelta(minutes=90))


def ways(cast, now=NOW):
    return [(owed.event.kind, owed.way) for owed in facts.owed_events(cast.riverside, now)]


def open_tasks():
    return list(Notice.objects.filter(kind="serious_event", resolved_at__isnull=True).values_list("text", flat=True))


def phoned(cast, event, **changes):
    call = {"to": "rems", "number": "518 555 0199", "phoned_at": NOW, "client_key": uuid4(), "by": cast.desk, "now": NOW}
    return adverse.report_by_phone(event, **(call | changes))


def test_a_serious_event_is_owed_from_the_moment_it_is_known(cast, session):
    event = serious(cast, session)
    assert (event.patient, event.session, event.is_resolved, event.criteria) == (session.patient, session, True, ["hospitalization", "intervention"])
    # The session is still going on: its own form will be owed.
    assert ways(cast) == [("Loss of consciousness", Way.NEXT_FORM)]
    assert len(open_tasks()) == 1
    assert AuditEntry.objects.filter(action="adverse_event.recorded", patient_pk=session.patient_id).count() == 1


def test_what_is_not_serious_is_kept_and_owed_to_nobody(cast, session):
    event = serious(cast, session, is_serious=False)
    assert (event.criteria, ways(cast), open_tasks()) == ([], [], [])


def test_a_repeated_key_has_one_effect_and_another_patients_is_refused(cast, session):
    key = uuid4()
    posted = {"told": told(), "client_key": key, "by": cast.nurse, "now": NOW}
    first = adverse.record_adverse(session.patient, session=session, **posted)
    assert adverse.record_adverse(session.patient, session=session, **posted) == first
    with pytest.raises(Refused):
        adverse.record_adverse(at_state("booked", cast).patient, session=None, **posted)
    assert AdverseEvent.objects.count() == 1


def test_what_is_missing_is_refused_and_nothing_is_written(cast, session):
    with pytest.raises(Refused) as refused:
        serious(cast, session, kind="", criteria=())
    assert [finding.field for finding in refused.value.findings] == ["kind", "criteria"]
    assert not AdverseEvent.objects.exists()


def test_with_no_form_and_no_visit_ahead_it_is_phoned_the_same_day(cast):
    gone = at_state("discharged", cast, first_device_at=NOW - timedelta(hours=4), now=NOW - timedelta(hours=1))
    event = serious(cast, gone, at_home=True)
    assert ways(cast) == [("Loss of consciousness", Way.PHONE)]
    notice = Notice.objects.get(kind="serious_event")
    assert notice.due_at.astimezone(cast.riverside.zone).strftime("%d %H:%M") == "11 00:00"
    assert gone.patient.last_name not in notice.text
    key = uuid4()
    assert phoned(cast, event, client_key=key, reference="R-1") == phoned(cast, event, client_key=key)
    assert (ways(cast), open_tasks(), EventReport.objects.count()) == ([], [], 1)
    with pytest.raises(Refused):
        phoned(cast, event, number=" ")
    with pytest.raises(Refused):
        phoned(cast, serious(cast, gone), client_key=key)


def test_an_inpatient_session_phones_whatever_is_ahead(cast, session):
    session.setting = "inpatient"
    session.save(update_fields=["setting"])
    serious(cast, session)
    assert ways(cast) == [("Loss of consciousness", Way.PHONE)]


def test_the_way_changes_with_the_next_visit_and_the_watchman_says_so(cast):
    gone = at_state("discharged", cast, first_device_at=NOW - timedelta(hours=4), now=NOW - timedelta(hours=1))
    coming = at_state(
        "booked", cast, patient=gone.patient, course=gone.course, order=gone.order, chair=cast.chairs[1], starts_at=NOW + timedelta(days=3)
    )
    serious(cast, gone)
    assert ways(cast) == [("Loss of consciousness", Way.NEXT_FORM)]
    coming.status, coming.cancelled_at, coming.status_reason = Status.CANCELLED, NOW, "Ill"
    coming.save(update_fields=["status", "cancelled_at", "status_reason"])
    watchman.make_round(now=NOW + timedelta(minutes=1))
    assert "phoned" in open_tasks()[0]
    phoned(cast, AdverseEvent.objects.get())
    watchman.make_round(now=NOW + timedelta(minutes=2))
    assert open_tasks() == []


def test_a_correction_keeps_the_case_and_what_was_reported(cast, session):
    event, key = serious(cast, session), uuid4()
    phoned(cast, event)
    posted = {"told": told(kind="Syncope"), "client_key": key, "by": cast.nurse, "now": NOW}
    with pytest.raises(Refused):
        adverse.correct_adverse(event, reason=" ", **posted)
    newer = adverse.correct_adverse(event, reason="Better word", **posted)
    assert adverse.correct_adverse(event, reason="Better word", **posted) == newer
    assert (newer.case, newer.supersedes, ways(cast)) == (event.case, event, [])
    with pytest.raises(Refused):
        adverse.correct_adverse(event, reason="Again", **(posted | {"client_key": uuid4()}))


def test_judged_as_not_serious_after_all_it_owes_nothing(cast, session):
    event = serious(cast, session)
    adverse.correct_adverse(event, told=told(is_serious=False), reason="Seen by Dr", client_key=uuid4(), by=cast.prescriber, now=NOW)
    assert (ways(cast), open_tasks()) == ([], [])


def answers_of(form):
    return {name: form.proposals[name]["value"] for name in form.proposals if name.startswith("serious")}


def confirm(cast, form):
    return confirming.confirm_form(
        form, answers=forms.good_answers(form), proof=forms.proof_of(cast.nurse), membership=cast.of(cast.nurse), client_key=uuid4(), now=NOW
    )


def test_its_own_form_proposes_it_and_tells_it(cast):
    form = forms.owed(cast)
    serious(cast, form.session)
    assert ways(cast) == [("Loss of consciousness", Way.THIS_FORM)]
    confirm(cast, form)
    form.refresh_from_db()
    assert answers_of(form) == {
        "serious": "yes", "serious_description": "Fainted on standing.", "serious_when": "during", "serious_date": "2026-06-10",
        "serious_outcome": ["hospitalization", "intervention"], "serious_resolved": "yes",
    }  # fmt: skip
    assert (EventReport.objects.get().form, ways(cast), open_tasks()) == (form, [], [])
    MonitoringForm.objects.update(status="void")
    assert ways(cast) == [("Loss of consciousness", Way.PHONE)]


def test_the_next_form_tells_what_happened_since_once(cast):
    form = forms.owed(cast)
    event = serious(cast, form.session, at_home=True, began_at=NOW - timedelta(hours=3), ended_at=None)
    proposed = proposals_of(form, forms.definitions.of_code(form.definition_code), cast.riverside)
    assert (proposed["serious_when"].value, proposed["serious_resolved"].value) == ("since", "no")
    phoned(cast, event)
    confirm(cast, form)
    assert EventReport.objects.filter(way="form").count() == 1
    later = forms.owed(cast, patient=form.session.patient, start=NOW - timedelta(minutes=140))
    assert facts.carried_by(form.session) == [event]
    assert facts.carried_by(later.session) == []


def test_a_form_that_says_no_tells_nothing(cast):
    form = forms.owed(cast)
    serious(cast, form.session)
    answers = forms.good_answers(form) | {"serious": "no"}
    confirming.confirm_form(form, answers=answers, proof=forms.proof_of(cast.nurse), membership=cast.of(cast.nurse), client_key=uuid4(), now=NOW)
    assert not EventReport.objects.exists()
    assert ways(cast) == [("Loss of consciousness", Way.PHONE)]
