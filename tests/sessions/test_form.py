"""The page of one form and its acts: works, signed out, wrong role, right role at another site, nothing written (PMF-4, PMF-5)."""

import re
import uuid
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from clinic.models import Attachment, AuditEntry
from sessions.actions.filing import fail_send, send_form
from sessions.actions.forms import owe_form
from sessions.models import Addendum, FormSend, MonitoringForm
from sessions.queries.form_page import definition_of
from sessions.states import FormStatus, Status
from tests.cast import NOW
from tests.factories import forms as made
from tests.factories.sessions import ObservationFactory, at_state

PASSWORD = "a long pass phrase"


def url(name: str, pk: int, site: str = "riverside") -> str:
    return reverse(name, args=[site, pk])


def typed(form: MonitoringForm, **changes: object) -> dict[str, object]:
    """What a nurse posts who confirms everything as proposed."""
    definition = definition_of(form)
    assert definition is not None
    data: dict[str, object] = {f"f_{name}": value for name, value in made.good_answers(form).items() if value}
    data |= {f"checked_{number}": "on" for number in range(len(definition.sections))}
    return data | {"client_key": str(uuid.uuid4()), "password": PASSWORD} | changes


@pytest.fixture
def nurse(cast, sign_in):
    cast.nurse.set_password(PASSWORD)
    cast.nurse.save(update_fields=["password"])
    return sign_in(cast.nurse)


# --- the page --------------------------------------------------------------------------------------------------------
def test_an_owed_form_shows_proposals_with_evidence(cast, nurse):
    page = nurse.get(url("form", made.owed(cast).pk))
    text = page.content.decode()
    assert page.status_code == 200
    assert 'value="126/78"' in text
    assert "08:10 126/78 mmHg" in text
    assert "is-proposed" in text
    # Findings and judgements are never filled in: they take a tap each.
    assert 'id="id_f_sedation_0">' in text
    assert 'id="id_f_sedation_0" checked>' not in text
    assert 'id="id_f_patient_sex_0" checked>' in text
    assert AuditEntry.objects.filter(action="record.read", target_kind="monitoringform").count() == 1


def test_while_the_patient_is_here_it_only_shows(cast, nurse):
    form = owe_form(at_state(Status.MONITORING, cast), by=cast.nurse, now=NOW)
    text = nurse.get(url("form", form.pk)).content.decode()
    assert "The patient is still here" in text
    assert "Missing from the record" in text
    assert reverse("flowsheet", args=["riverside", form.session_id]) in text
    assert "Confirm and sign" not in text


@pytest.mark.parametrize("status", [FormStatus.COMPLETE, FormStatus.SENT, FormStatus.FILED])
def test_what_comes_next(cast, nurse, status):
    text = nurse.get(url("form", made.at_form_status(status, cast).pk)).content.decode()
    assert ("It has been sent" in text, "File it" in text) == (status == FormStatus.COMPLETE, status == FormStatus.SENT)
    assert "Correct this form" in text


def test_an_addendum_since_asks_for_a_correction(cast, nurse):
    form = made.filed(cast)
    Addendum.objects.create(
        site=form.site, session=form.session, observed_at=NOW, recorded_at=form.completed_at.replace(hour=23), recorded_by=cast.nurse, text="Later"
    )
    assert "added to since this was confirmed" in nurse.get(url("form", form.pk)).content.decode()
    assert "addendum since" in nurse.get("/riverside/filing/?state=filed").content.decode()


def test_a_late_fact_asks_for_a_correction_too(cast, nurse):
    form = made.filed(cast)
    ObservationFactory(session=form.session, observed_at=NOW, recorded_at=NOW + timedelta(minutes=5), recorded_by=cast.nurse)
    assert "added to since this was confirmed" in nurse.get(url("form", form.pk)).content.decode()


def test_a_version_that_is_gone_is_said_plainly(cast, nurse):
    form = made.owed(cast)
    MonitoringForm.objects.update(definition_code="PMF-1999")
    assert "isn’t installed here" in nurse.get(url("form", form.pk)).content.decode()
    assert nurse.post(url("form_confirm", form.pk), {}).status_code == 422
    assert nurse.get(url("form_print", form.pk)).status_code == 404


def test_a_section_without_a_finding_offers_one_press_and_answers_nothing_by_itself(cast, nurse):
    page = nurse.get(url("form", made.owed(cast).pk)).text
    assert 'data-take="f_dissociation"' in page
    assert not re.search(r'name="f_dissociation"[^>]*checked', page)


# --- confirm ---------------------------------------------------------------------------------------------------------
def test_confirm(cast, nurse):
    form = made.owed(cast)
    answer = nurse.post(url("form_confirm", form.pk), typed(form))
    assert (answer.status_code, answer["Location"]) == (303, url("form", form.pk))
    form.refresh_from_db()
    assert (form.status, form.completed_by, form.signature.signer) == (FormStatus.COMPLETE, cast.nurse, cast.nurse)


REFUSED = (
    ({"password": "wrong"}, "That is not your password"),
    ({"checked_0": ""}, "Tick that you have checked"),
    ({"f_serious": ""}, "not answered"),
    ({"f_pressure_at_40": "high"}, "write it like 128/82"),
    ({"client_key": "x"}, "valid UUID"),
    ({"f_sedation": "maybe"}, "valid choice"),
)


def test_not_confirmed_and_nothing_written(cast, nurse):
    form = made.owed(cast)
    for changes, says in REFUSED:
        answer = nurse.post(url("form_confirm", form.pk), typed(form, **changes))
        assert answer.status_code == 422
        assert says in answer.content.decode()
    form.refresh_from_db()
    assert (form.status, form.answers) == (FormStatus.OWED, {})


def test_not_obtained_is_an_answer(cast, nurse):
    form = made.owed(cast)
    assert nurse.post(url("form_confirm", form.pk), typed(form, f_pressure_at_40="", f_pressure_at_40_absent="on")).status_code == 303
    form.refresh_from_db()
    assert form.answers["pressure_at_40"] == "not_obtained"


def test_a_serious_event_is_asked_in_full(cast, nurse):
    form = made.owed(cast)
    yes = {
        "f_serious": "yes",
        "f_serious_description": "Admitted",
        "f_serious_when": "during",
        "f_serious_date": "2026-06-10",
        "f_serious_resolved": "yes",
    }
    assert "Outcome (all that apply): not answered" in nurse.post(url("form_confirm", form.pk), typed(form, **yes)).content.decode()
    assert nurse.post(url("form_confirm", form.pk), typed(form, **yes, f_serious_outcome=["hospitalization", "other"])).status_code == 303
    assert "Hospitalization, Other" in nurse.get(url("form", form.pk)).content.decode()


# --- send, prove, fail, correct --------------------------------------------------------------------------------------
def test_send(cast, sign_in):
    form = made.confirmed(cast)
    answer = sign_in(cast.desk).post(url("form_send", form.pk), {"method": "fax", "client_key": str(uuid.uuid4())})
    assert answer.status_code == 303
    assert (FormSend.objects.get().method, FormSend.objects.get().sent_at) == ("fax", NOW)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({}, "required"),
        ({"method": "fax", "sent_at": "2026-06-10T23:00"}, "hasn&#x27;t come yet"),
        ({"method": "fax", "sent_at": "2026-06-01T09:00"}, "before it was confirmed"),
    ],
)
def test_send_refused(cast, sign_in, data, says):
    form = made.confirmed(cast)
    answer = sign_in(cast.desk).post(url("form_send", form.pk), {"client_key": str(uuid.uuid4())} | data)
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not FormSend.objects.exists()


def test_prove_by_number(cast, sign_in):
    form = made.sent(cast).form
    assert sign_in(cast.desk).post(url("form_prove", form.pk), {"prove-proof": "C-77"}).status_code == 303
    form.refresh_from_db()
    assert form.status == FormStatus.FILED


def test_prove_by_a_receipt_that_can_be_opened_again(cast, sign_in):
    form, client = made.sent(cast).form, sign_in(cast.desk)
    receipt = SimpleUploadedFile("../fax 1.pdf", b"%PDF-1.4 receipt")
    assert client.post(url("form_prove", form.pk), {"prove-file": receipt}).status_code == 303
    assert Attachment.objects.get().file_name == "fax-1.pdf"
    page = client.get(url("form_receipt", FormSend.objects.get().pk))
    assert (page.content, page["Content-Type"], page["Cache-Control"]) == (b"%PDF-1.4 receipt", "application/pdf", "no-store")
    assert AuditEntry.objects.filter(action="record.exported").count() == 1
    assert sign_in(cast.stranger).get(url("form_receipt", FormSend.objects.get().pk, "hillcrest")).status_code == 404


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({}, "not “filed”"),
        ({"prove-file": SimpleUploadedFile("a.pdf", b"<html>")}, "can&#x27;t be kept"),
        ({"prove-file": SimpleUploadedFile("a.pdf", b"%PDF-" + b"0" * 5 * 1024 * 1024)}, "too large"),
    ],
)
def test_prove_refused(cast, sign_in, data, says):
    form = made.sent(cast).form
    answer = sign_in(cast.desk).post(url("form_prove", form.pk), data)
    assert answer.status_code == 422
    assert says in answer.content.decode()
    form.refresh_from_db()
    assert form.status == FormStatus.SENT


def test_the_send_recorded_last_is_proven_whatever_time_was_typed(cast, sign_in):
    sent = made.sent(cast)
    fail_send(sent, failure="Fax line busy", by=cast.desk, now=NOW)
    again = send_form(sent.form, method="fax", sent_at=sent.form.completed_at, client_key=uuid.uuid4(), by=cast.desk, now=NOW + timedelta(hours=1))
    assert again.sent_at <= sent.sent_at
    assert sign_in(cast.desk).post(url("form_prove", sent.form_id), {"prove-proof": "C-9"}).status_code == 303
    again.refresh_from_db()
    assert (again.outcome, again.proof) == ("proven", "C-9")


def test_fail(cast, sign_in):
    form, client = made.sent(cast).form, sign_in(cast.desk)
    assert client.post(url("form_fail", form.pk), {"fail-failure": ""}).status_code == 422
    assert client.post(url("form_fail", form.pk), {"fail-failure": "Line busy"}).status_code == 303
    form.refresh_from_db()
    assert form.status == FormStatus.COMPLETE
    assert "last send failed" in client.get("/riverside/filing/").content.decode()


@pytest.mark.parametrize("name", ["form_prove", "form_fail"])
def test_what_was_never_sent_can_neither_be_proven_nor_fail(cast, sign_in, name):
    form = made.confirmed(cast)
    assert sign_in(cast.desk).post(url(name, form.pk), {"prove-proof": "x", "fail-failure": "x"}).status_code == 422


def test_amend(cast, nurse):
    form = made.filed(cast)
    key = str(uuid.uuid4())
    assert nurse.post(url("form_amend", form.pk), {"amend-reason": " ", "amend-client_key": key}).status_code == 422
    answer = nurse.post(url("form_amend", form.pk), {"amend-reason": "Wrong lot", "amend-client_key": key})
    new = MonitoringForm.objects.get(revision=2)
    assert (answer.status_code, answer["Location"]) == (303, url("form", new.pk))
    text = nurse.get(url("form", new.pk)).content.decode()
    assert "Wrong lot" in text
    assert "Amendment owed" in text


# --- who may ---------------------------------------------------------------------------------------------------------
GETS = {"form": "auditor", "form_print": "auditor", "form_companion": "desk"}
POSTS = {"form_confirm": "desk", "form_send": "auditor", "form_prove": "support", "form_fail": "support", "form_amend": "desk"}


def ask(client, name: str, pk: int, site: str = "riverside"):
    return client.get(url(name, pk, site)) if name in GETS else client.post(url(name, pk, site), {"method": "fax"})


def nothing_was_written(form: MonitoringForm) -> bool:
    form.refresh_from_db()
    return (form.status, MonitoringForm.objects.count(), FormSend.objects.count()) == (FormStatus.COMPLETE, 1, 0)


def test_signed_out(cast, client):
    form = made.confirmed(cast)
    for name in (*GETS, *POSTS):
        answer = ask(client, name, form.pk)
        assert (answer.status_code, answer["Location"].split("?")[0]) == (302, reverse("account_login")), name
    assert nothing_was_written(form)


def test_who_may_look(cast, sign_in):
    form = made.confirmed(cast)
    for name, person in GETS.items():
        assert ask(sign_in(cast.person(person)), name, form.pk).status_code == 200, name


def test_wrong_role(cast, sign_in):
    form = made.confirmed(cast)
    for name, person in POSTS.items():
        assert ask(sign_in(cast.person(person)), name, form.pk).status_code == 403, name
    for person in ("auditor", "support"):
        assert ask(sign_in(cast.person(person)), "form_companion", form.pk).status_code == 403, person
    assert nothing_was_written(form)


def test_another_sites_patient(cast, sign_in):
    """The stranger is a prescriber at Hillcrest: Riverside is hidden, and so is its form under Hillcrest's own address."""
    form, client = made.confirmed(cast), sign_in(cast.stranger)
    for name in (*GETS, *POSTS):
        for site in ("riverside", "hillcrest"):
            assert ask(client, name, form.pk, site).status_code == 404, (name, site)
    assert nothing_was_written(form)


def test_nothing_is_printed_before_it_is_confirmed(cast, nurse):
    form = made.owed(cast)
    for name in ("form_print", "form_companion", "form_official"):
        assert nurse.get(url(name, form.pk)).status_code == 404, name
