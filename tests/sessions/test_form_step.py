"""The form's step on the flowsheet, and where notices about a form lead (PMF-1, PMF-5)."""

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory

from clinic.registry import address_for, door_for
from sessions.actions.forms import owe_form
from sessions.picture import picture_of
from sessions.queries.policies import policy_for
from sessions.states import FormStatus, Status
from sessions.steps import step
from tests.cast import NOW
from tests.factories import forms as made
from tests.factories.sessions import at_state


def shown(cast, session, person="nurse") -> str:
    request = RequestFactory().get("/")
    request.user, request.now = cast.person(person), NOW
    request.site, request.membership = cast.riverside, cast.of(cast.person(person))
    module = step("form")
    return render_to_string(module.TEMPLATE, module.context(picture_of(session, policy_for(session)), request=request, now=NOW), request=request)


def test_nothing_is_owed_before_the_first_spray(cast):
    assert "No monitoring form is owed" in shown(cast, at_state(Status.CLEARED, cast))


def test_while_the_patient_is_here(cast):
    session = at_state(Status.MONITORING, cast)
    owe_form(session, by=cast.nurse, now=NOW)
    text = shown(cast, session)
    assert 'id="step-form"' in text
    assert "Look at it" in text


@pytest.mark.parametrize(
    ("status", "link"),
    [(FormStatus.OWED, "Confirm it"), (FormStatus.COMPLETE, "Send it"), (FormStatus.SENT, "Record the proof"), (FormStatus.FILED, "Open it")],
)
def test_what_comes_next(cast, status, link):
    assert link in shown(cast, made.at_form_status(status, cast).session)


def test_a_correction_shows_both(cast):
    import uuid

    from sessions.actions.confirming import amend_form

    form = made.filed(cast)
    amend_form(form, reason="Lot", client_key=uuid.uuid4(), by=cast.nurse, now=NOW)
    text = shown(cast, form.session)
    assert "Amendment owed" in text
    assert "Revision 1" in text


def test_notices_and_files_of_a_form_know_their_way():
    assert address_for("monitoringform")("riverside", 5) == "/riverside/forms/5/"  # type: ignore[misc]
    assert door_for("monitoringform") is not None
