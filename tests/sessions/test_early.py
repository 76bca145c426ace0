"""Leaving early: two people, every finding kept, both signatures over the same content (OUT-3)."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from clinic.findings import Finding, Level, Refused
from clinic.identity import Given, confirm_identity
from clinic.models import AuditEntry, Signature
from clinic.roles import Permission
from clinic.signatures import IdentityProof, is_intact
from sessions.actions import leaving, watch
from sessions.actions.early import Early, Signer, discharge_early
from sessions.models import Discharge, Override, TreatmentSession
from sessions.picture import picture_of
from sessions.queries.leaving import version_of
from sessions.queries.policies import policy_for
from sessions.rules.early import early_findings, may_pass, second_findings
from sessions.rules.readiness import ITEMS
from sessions.signed_content import discharge_text
from sessions.views.second import proven_second
from tests.cast import NOW
from tests.factories.clinic import PASSWORD
from tests.factories.sessions import GOOD_VITALS, at_state
from tests.support.factors import asked_by

READY = {item.id: item.good[0] for item in ITEMS}
SHOWN = frozenset({"MON-1.time", "OUT-1.way_home"})


def block(rule, code):
    return Finding(rule, Level.BLOCK, "…", code=code)


@pytest.mark.parametrize(
    ("rule", "code", "passes"),
    [
        ("MON-1", "MON-1.time", True),
        ("MON-1", "MON-1.sedation", True),
        ("MON-1", "MON-1.no_device", False),
        ("OUT-1", "OUT-1.way_home", True),
        ("OUT-1", "OUT-1.suicide_risk.seen", True),
        ("OUT-1", "OUT-1.alert.open", False),
        ("OUT-1", "OUT-1.none", False),
        ("OUT-1", "OUT-1.old", False),
        ("MON-3", "MON-3.final", False),
        ("MON-6", "MON-6.open", False),
        ("OUT-2", "OUT-2.credential", False),
    ],
)
def test_what_two_signatures_pass(rule, code, passes):
    assert may_pass(block(rule, code)) is passes


TIME, FIRM = block("MON-1", "MON-1.time"), block("MON-3", "MON-3.final")


@pytest.mark.parametrize(
    ("found", "shown", "reason", "codes"),
    [
        ([], (), "Why", ["OUT-3.open"]),
        ([TIME, FIRM], (), "", ["MON-3.final"]),
        ([TIME], ("OUT-1.alert",), "Why", ["OUT-3.changed"]),
        ([TIME], ("MON-1.time",), "  ", ["OUT-3.reason"]),
        ([TIME], ("MON-1.time", "OUT-1.alert"), "Why", []),
    ],
)
def test_what_an_early_discharge_needs(found, shown, reason, codes):
    assert [finding.code for finding in early_findings(found, shown=shown, reason=reason)] == codes


def test_the_second_is_another_person_and_a_prescriber():
    asked = [second_findings(is_same_person=same, is_prescriber=prescribes) for same, prescribes in ((True, True), (False, False), (False, True))]
    assert [[finding.code for finding in found] for found in asked] == [["OUT-3.same"], ["OUT-3.prescriber"], []]


@pytest.fixture
def session(cast):
    """Ninety minutes in, checked and asked: the time isn't over and the way home isn't there."""
    session = at_state("monitoring", cast, first_device_at=NOW - timedelta(minutes=95))
    check = watch.Check(values=GOOD_VITALS, observed_at=NOW, client_key=uuid4())
    watch.record_observation(session, check=check, by=cast.nurse, now=NOW)
    leaving.record_readiness(session, answers=READY | {"way_home": "no"}, observed_at=NOW, client_key=uuid4(), by=cast.nurse, now=NOW)
    return session


def signer(cast, user):
    return Signer(proof=IdentityProof(user, "password"), membership=cast.of(user))


def sign_out(session, cast, *, by=None, second=None, shown=SHOWN, reason="Her child is ill", key=None):
    return discharge_early(
        session, early=Early(reason=reason, shown=shown), signer=signer(cast, by or cast.nurse), second=signer(cast, second or cast.prescriber),
        client_key=key or uuid4(), now=NOW,
    )  # fmt: skip


def test_both_sign_the_same_and_every_finding_is_kept(session, cast):
    key = uuid4()
    row = sign_out(session, cast, key=key)
    assert sign_out(session, cast, key=key) == row
    session.refresh_from_db()
    assert (session.status, row.is_early, row.early_reason, row.second_signer) == ("discharged", True, "Her child is ill", cast.prescriber)
    signatures = list(Signature.objects.filter(target_kind="discharge").order_by("pk"))
    told = [(one.signer, one.meaning, one.content_schema) for one in signatures]
    assert told == [(cast.nurse, "early", 4), (cast.prescriber, "decision", 4)]
    assert signatures[0].content_sha256 == signatures[1].content_sha256
    assert all(is_intact(one) for one in signatures)
    passed = Override.objects.filter(discharge=row)
    assert {(one.rule, one.finding, one.reason, one.decided_by) for one in passed} == {
        ("MON-1", "MON-1.time", "Her child is ill", cast.prescriber),
        ("OUT-1", "OUT-1.way_home", "Her child is ill", cast.prescriber),
    }
    assert AuditEntry.objects.filter(action="session.discharged").count() == 1


def test_a_finding_added_afterwards_breaks_both_signatures(session, cast):
    row = sign_out(session, cast)
    one = Override.objects.filter(discharge=row).first()
    assert one.reason
    one.pk, one.client_key = None, uuid4()
    one.save(force_insert=True)
    assert not any(is_intact(signature) for signature in Signature.objects.filter(target_kind="discharge"))


@pytest.mark.parametrize(
    ("by", "second", "fields", "code"),
    [
        ("nurse", "nurse", {}, "OUT-3.same"),
        ("prescriber", "prescriber", {}, "OUT-3.same"),
        ("nurse", "second_nurse", {}, "OUT-3.prescriber"),
        ("support", "prescriber", {}, "OUT-2.credential"),
        ("nurse", "prescriber", {"reason": " "}, "OUT-3.reason"),
        ("nurse", "prescriber", {"shown": frozenset({"MON-1.time"})}, "OUT-3.changed"),
    ],
)
def test_refused_and_nothing_written(session, cast, by, second, fields, code):
    with pytest.raises(Refused) as refused:
        sign_out(session, cast, by=cast.person(by), second=cast.person(second), **fields)
    assert [finding.code for finding in refused.value.findings] == [code]
    session.refresh_from_db()
    assert session.status == "monitoring"
    assert not Discharge.objects.exists()
    assert not Override.objects.exists()
    assert not Signature.objects.filter(target_kind="discharge").exists()


def test_a_prescriber_who_signs_needs_another_one(session, cast):
    assert sign_out(session, cast, by=cast.prescriber, second=cast.second_prescriber).second_signer == cast.second_prescriber


def test_not_before_or_after_the_watch(cast):
    with pytest.raises(Refused) as refused:
        sign_out(at_state("dosing", cast), cast)
    assert refused.value.findings[0].code == "session.not_monitoring"


def test_a_usual_discharge_is_bound_as_ever():
    """Schema 1 is frozen: this text must never change."""
    discharge = Discharge(readiness_id=7, discharged_at=NOW, discharged_by_id=3)
    session = TreatmentSession(uid="u-1", protocol_code="rems", protocol_version=1, setting="outpatient")
    assert discharge_text(discharge, session, "p-1", "s-1", []).splitlines() == [
        "vigil-discharge 1", "site s-1", "session u-1", "patient p-1", "protocol rems 1", "setting outpatient", "readiness 7",
        f"discharged {NOW.isoformat()} by 3", "early null",
    ]  # fmt: skip


# --- the page --------------------------------------------------------------------------------------------------------
def post(client, session, **changed):
    url = reverse("session_discharge_early", args=["riverside", session.pk])
    data = {
        "client_key": uuid4(), "shown": " ".join(SHOWN), "reason": "Her child is ill", "password": PASSWORD,
        "second_email": "Prescriber@riverside.example", "second_password": PASSWORD, "version": version_of(picture_of(session, policy_for(session))),
    }  # fmt: skip
    return client.post(url, data | changed)


def test_two_people_on_one_page_and_the_sign_in_stays(session, cast, sign_in):
    client = sign_in(cast.nurse)
    url = reverse("session_discharge_early", args=["riverside", session.pk])
    page = client.get(url).content.decode()
    assert "MON-1.time" in page
    assert "The way home isn&#x27;t there yet." in page
    answer = post(client, session)
    assert answer.status_code == 303
    assert Discharge.objects.get().second_signer == cast.prescriber
    shown = client.get(reverse("flowsheet", args=["riverside", session.pk]) + "?step=leave").content.decode()
    assert "Petra Prescriber" in shown
    assert "Nora Nurse" in shown
    assert client.session["_auth_user_id"] == str(cast.nurse.pk)
    assert "there is no watch to end" in client.get(url).content.decode()


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"password": "wrong"}, "That is not your password"),
        ({"second_password": "wrong"}, "That is not your password"),
        ({"second_email": "nurse2@riverside.example"}, "Nobody of this site"),
        ({"second_email": "stranger@hillcrest.example"}, "Nobody of this site"),
        ({"second_email": "former@riverside.example"}, "Nobody of this site"),
        ({"second_email": "x"}, "valid email"),
        ({"second_email": ""}, "required"),
        ({"shown": ""}, "Something has changed"),
        ({"version": "0" * 16}, "The record has changed since this page was shown"),
        ({"version": ""}, "This page is out of date"),
        ({"reason": ""}, "Say why"),
    ],
)
def test_a_wrong_page_signs_nothing(session, cast, sign_in, changed, told):
    answer = post(sign_in(cast.nurse), session, **changed)
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert not Discharge.objects.exists()


def test_wrong_second_passwords_lock_out_nobody_but_these_two_together(session, cast, sign_in):
    """A stranger at a signed-in page can't keep a colleague from signing elsewhere; guessing on and on ends here all the same."""
    client = sign_in(cast.nurse)
    for _ in range(5):
        post(client, session, second_password="wrong")
    assert "Too many wrong passwords" in post(client, session).content.decode()
    wrong = Given("wrong")
    with pytest.raises(Refused) as refused:
        proven_second(session, cast.prescriber.email, Given(PASSWORD), Permission.DECIDE, beside=asked_by(cast.nurse), rule="OUT-3")
    assert refused.value.findings[0].field == "second_password"
    assert proven_second(session, cast.prescriber.email, Given(PASSWORD), Permission.DECIDE, beside=asked_by(cast.second_nurse), rule="OUT-3")
    assert confirm_identity(asked_by(cast.prescriber), Given(PASSWORD)).user == cast.prescriber
    for colleague in (cast.second_nurse, cast.desk, cast.support, cast.admin):
        for _ in range(5):
            with pytest.raises(Refused):
                proven_second(session, cast.prescriber.email, wrong, Permission.DECIDE, beside=asked_by(colleague), rule="OUT-3")
    with pytest.raises(Refused, match="Too many"):
        proven_second(session, cast.prescriber.email, Given(PASSWORD), Permission.DECIDE, beside=asked_by(cast.second_prescriber), rule="OUT-3")
    assert confirm_identity(asked_by(cast.prescriber), Given(PASSWORD)).user == cast.prescriber, "their own signing is untouched"
    assert client.session["_auth_user_id"] == str(cast.nurse.pk), "and so is everybody's sign-in"
    assert post(client, session, second_email=cast.second_prescriber.email).status_code == 303


def test_what_no_signature_passes_comes_first(session, cast, sign_in):
    watch.record_observation(
        session, check=watch.Check(values=GOOD_VITALS | {"systolic": 175}, observed_at=NOW, client_key=uuid4()), by=cast.nurse, now=NOW
    )
    page = sign_in(cast.nurse).get(reverse("session_discharge_early", args=["riverside", session.pk])).content.decode()
    assert "no signature passes it" in page
    assert "second_password" not in page
