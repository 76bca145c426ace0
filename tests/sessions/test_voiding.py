"""Voiding: a reason, a second person where devices are on record, everything kept and nothing counted (OUT-4, PMF-1)."""

from datetime import timedelta

import pytest
from django.urls import reverse

from clinic.findings import Refused
from clinic.models import AuditEntry, Notice
from clinic.signatures import IdentityProof
from sessions.actions import voiding
from sessions.actions.early import Signer
from sessions.actions.filing import prove_send
from sessions.models import Alert, DeviceUse, SafetyCall, TreatmentSession
from sessions.queries.course import sprayed
from sessions.rules.voiding import target_findings, void_findings
from sessions.states import FormStatus, Status
from tests.cast import NOW, TODAY
from tests.factories import forms as made
from tests.factories.clinic import PASSWORD
from tests.factories.sessions import at_state


@pytest.mark.parametrize(
    ("reason", "devices", "second", "same", "codes"),
    [
        ("", False, False, False, ["void.reason"]),
        ("Twice", False, False, False, []),
        ("Twice", True, False, False, ["OUT-4.second"]),
        ("Twice", True, True, True, ["OUT-4.same"]),
        ("Twice", False, True, True, ["OUT-4.same"]),
        ("Twice", True, True, False, []),
    ],
)
def test_what_it_needs(reason, devices, second, same, codes):
    found = void_findings(reason=reason, has_devices=devices, has_second=second, is_same_person=same)
    assert [finding.code for finding in found] == codes


@pytest.mark.parametrize(
    ("same", "day", "status", "sprays", "codes"),
    [
        (True, TODAY, "booked", True, ["reenter.same"]),
        (False, TODAY - timedelta(days=1), "booked", True, ["reenter.day"]),
        (False, TODAY, "discharged", True, ["reenter.closed"]),
        (False, TODAY, "voided", False, ["reenter.closed"]),
        (False, TODAY, "missed", False, ["reenter.over"]),
        (False, TODAY, "missed", True, []),
        (False, TODAY, "booked", False, []),
    ],
)
def test_where_it_can_be_entered_again(same, day, status, sprays, codes):
    found = target_findings(is_same_patient=same, source_on=TODAY, target_on=day, target_status=status, has_sprays=sprays)
    assert [finding.code for finding in found] == codes


@pytest.mark.parametrize(
    ("status", "here", "codes"), [("left", True, ["reenter.gone"]), ("left", False, []), ("transferred", True, ["reenter.gone"])]
)
def test_nobody_who_is_still_here_goes_where_the_visit_is_over(status, here, codes):
    found = target_findings(is_same_patient=False, source_on=TODAY, target_on=TODAY, target_status=status, has_sprays=True, is_present=here)
    assert [finding.code for finding in found] == codes


def signer(cast, user):
    return Signer(proof=IdentityProof(user, "password"), membership=cast.of(user))


def void(session, cast, *, second=None, reason="Duplicate"):
    return voiding.void_session(session, reason=reason, second=signer(cast, second) if second else None, by=cast.nurse, now=NOW)


@pytest.mark.parametrize("status", sorted(set(Status) - {Status.VOIDED}))
def test_any_state_once_and_nothing_counts(cast, status):
    session = at_state(status, cast)
    version, devices = session.schedule_version, DeviceUse.objects.filter(session=session).count()
    for _ in range(2):
        void(session, cast, second=cast.second_nurse if devices else None)
    session.refresh_from_db()
    assert (session.status, session.status_reason, session.voided_at, session.schedule_version) == ("voided", "Duplicate", NOW, version + 1)
    assert session.void_second == (cast.second_nurse if devices else None)
    assert (DeviceUse.objects.filter(session=session).count(), sprayed().count()) == (devices, 0)
    assert AuditEntry.objects.filter(action="session.voided").count() == 1
    assert AuditEntry.objects.filter(action="session.seconded", actor=cast.second_nurse).count() == bool(devices)


@pytest.mark.parametrize(
    ("second", "reason", "code"), [(None, "Why", "OUT-4.second"), ("nurse", "Why", "OUT-4.same"), ("second_nurse", " ", "void.reason")]
)
def test_refused_and_nothing_written(cast, second, reason, code):
    session = at_state("monitoring", cast)
    with pytest.raises(Refused) as refused:
        void(session, cast, second=cast.person(second) if second else None, reason=reason)
    assert [finding.code for finding in refused.value.findings] == [code]
    session.refresh_from_db()
    assert (session.status, session.voided_at) == ("monitoring", None)


def test_what_hung_on_it_is_settled(cast):
    session = at_state("left", cast)
    SafetyCall.objects.create(site=session.site, session=session, why="left", raised_at=NOW, due_at=NOW)
    check = session.observations.first()
    Alert.objects.create(site=session.site, session=session, observation=check, tier="high", what="spo2", text="Low", raised_at=NOW)
    for kind in ("departure_unsigned", "session_open"):
        Notice.objects.create(site=session.site, kind=kind, rule="X", target_kind="treatmentsession", target_pk=session.pk, text="…", raised_at=NOW)
    void(session, cast, second=cast.second_nurse)
    assert Alert.objects.get().closed_how == SafetyCall.objects.get().closed_how == "The session was voided."
    assert not Notice.objects.filter(resolved_at=None).exists()


def test_a_form_that_was_sent_becomes_void_and_the_rems_must_be_told(cast, sign_in):
    send = made.sent(cast)
    session = send.form.session
    void(session, cast, second=cast.second_nurse)
    send.form.refresh_from_db()
    assert send.form.status == FormStatus.VOID
    notice = Notice.objects.get(kind="tell_rems")
    assert (notice.target_pk, notice.resolved_at) == (session.pk, None)
    assert prove_send(send, proof="FAX-1", proof_file=None, by=cast.desk, now=NOW).status == FormStatus.VOID
    client = sign_in(cast.desk)
    sheet = reverse("flowsheet", args=["riverside", session.pk])
    assert "tell the REMS" in client.get(sheet).content.decode()
    assert "tell the REMS" in client.get(reverse("board", args=["riverside"])).content.decode()
    url = reverse("rems_told", args=["riverside", session.pk])
    assert client.get(url).status_code == 200
    assert client.post(url, {"note": ""}).status_code == 422
    for _ in range(2):
        assert client.post(url, {"note": "By phone, Ann"}).status_code == 303
    notice.refresh_from_db()
    assert notice.resolved_how == "Dana Desk: By phone, Ann"
    assert AuditEntry.objects.filter(action="rems.told").count() == 1


def test_a_form_that_never_went_out_is_void_without_a_word(cast):
    form = made.confirmed(cast)
    void(form.session, cast, second=cast.second_nurse)
    form.refresh_from_db()
    assert form.status == FormStatus.VOID
    assert not Notice.objects.filter(kind="tell_rems").exists()


def test_the_page_asks_for_the_second_person(cast, sign_in):
    session = at_state("monitoring", cast)
    client = sign_in(cast.nurse)
    url = reverse("session_void", args=["riverside", session.pk])
    assert "Devices are on record" in client.get(url).content.decode()
    assert client.post(url, {"reason": "Twice"}).status_code == 422
    for email in (cast.desk.email, cast.stranger.email):
        answer = client.post(url, {"reason": "Twice", "second_email": email, "second_password": PASSWORD})
        assert "Nobody of this site" in answer.content.decode()
    assert client.post(url, {"reason": "Twice", "second_email": cast.prescriber.email, "second_password": "x"}).status_code == 422
    assert not TreatmentSession.objects.filter(status="voided").exists()
    assert client.post(url, {"reason": "Twice", "second_email": cast.prescriber.email, "second_password": PASSWORD}).status_code == 303
    sheet = client.get(reverse("flowsheet", args=["riverside", session.pk])).content.decode()
    assert "Second person: Petra Prescriber" in sheet
    assert "Void the session" not in sheet
