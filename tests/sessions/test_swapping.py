"""Two charts exchanged: both records change places in one step by two people; nobody is dosed twice, nothing is half done (OUT-4)."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from clinic.findings import Refused
from clinic.models import AuditEntry, Signature
from clinic.signatures import IdentityProof, is_intact
from sessions.actions import leaving, swapping
from sessions.actions.emergency import press
from sessions.actions.forms import owe_form
from sessions.models import Breach, DeviceUse, Observation, TreatmentSession
from sessions.picture import picture_of
from sessions.queries.policies import policy_for
from sessions.rules.readiness import ITEMS
from sessions.rules.voiding import swap_findings
from sessions.states import FormStatus, Status
from tests.cast import NOW
from tests.factories.clinic import PASSWORD
from tests.factories.sessions import at_state
from tests.sessions.test_reentry import signer, take_check

FIRST, SECOND = NOW - timedelta(minutes=130), NOW - timedelta(minutes=40)
DAY = date(2026, 6, 10)


@pytest.mark.parametrize(
    ("same", "days", "statuses", "code"),
    [
        (True, (DAY, DAY), ("monitoring", "monitoring"), "swap.same"),
        (False, (DAY, DAY - timedelta(days=1)), ("monitoring", "monitoring"), "swap.day"),
        (False, (DAY, DAY), ("monitoring", "booked"), "swap.empty"),
        (False, (DAY, DAY), ("voided", "monitoring"), "swap.empty"),
        (False, (DAY, DAY), ("discharged", "arrived"), None),
    ],
)
def test_which_two_can_be_exchanged(same, days, statuses, code):
    found = swap_findings(is_same_patient=same, days=days, statuses=statuses)
    assert [finding.code for finding in found] == ([code] if code else [])


@pytest.fixture
def two(cast, prescriber_here):
    """One watched for two hours, the other for forty minutes, each in the other's chart; the first is signed out already."""
    made = []
    for at, chair in ((FIRST, cast.chairs[0]), (SECOND, cast.chairs[1])):
        session = at_state("monitoring", cast, first_device_at=at, chair=chair)
        owe_form(session, by=cast.nurse, now=at)
        made.append(session)
    take_check(made[0], cast, NOW - timedelta(minutes=1))
    ready = {item.id: item.good[0] for item in ITEMS}
    leaving.record_readiness(made[0], answers=ready, observed_at=NOW, client_key=uuid4(), by=cast.nurse, now=NOW)
    leaving.discharge(made[0], proof=IdentityProof(cast.nurse, "password"), membership=cast.of(cast.nurse), client_key=uuid4(), now=NOW)
    return [TreatmentSession.objects.get(pk=session.pk) for session in made]


def swap(two, cast, *, second="second_nurse", reason="Two tablets exchanged"):
    who = signer(cast, cast.person(second)) if second else None
    return swapping.swap(two[0], two[1], reason=reason, second=who, by=cast.nurse, membership=cast.of(cast.nurse), now=NOW)


def test_both_records_change_places_once(two, cast):
    emergency = press(cast.riverside, session=two[1], client_key=uuid4(), by=cast.nurse, now=NOW)
    was = [list(DeviceUse.objects.standing().filter(session=session).values_list("pk", flat=True)) for session in two]
    made = swap(two, cast)
    assert swap(two, cast) == made
    assert TreatmentSession.objects.filter(status=Status.VOIDED).count() == 2
    assert [(row.patient_id, row.chair_id, row.starts_at) for row in made] == [(row.patient_id, row.chair_id, row.starts_at) for row in reversed(two)]
    for new, old, devices in zip(made, two, was, strict=True):
        now = picture_of(TreatmentSession.objects.get(pk=new.pk), policy_for(new))
        old.refresh_from_db()
        assert [row.supersedes_id for row in now.devices] == devices
        assert (old.replaced_by_id, old.void_second, now.identity_checks) == (new.pk, cast.second_nurse, [])
        assert [form.status for form in (*old.forms.all(), *new.forms.all())] == [FormStatus.VOID, FormStatus.OWED]
    assert [TreatmentSession.objects.get(pk=row.pk).status for row in made] == ["left", "monitoring"]
    assert is_intact(Signature.objects.get(target_kind="discharge"))
    emergency.refresh_from_db()
    assert (emergency.session, emergency.patient) == (made[1], two[0].patient)
    broken = set(Breach.objects.filter(session__in=made).values_list("finding", flat=True))
    assert "PRE-5.identity" in broken
    assert not {finding for finding in broken if finding.startswith("DOS-7")}
    assert AuditEntry.objects.filter(action__in=["session.swapped", "session.reentered"]).count() == 4


@pytest.mark.parametrize(
    ("second", "reason", "code"), [(None, "Why", "OUT-4.second"), ("nurse", "Why", "OUT-4.same"), ("second_nurse", " ", "void.reason")]
)
def test_refused_and_nothing_moved(two, cast, second, reason, code):
    with pytest.raises(Refused) as refused:
        swap(two, cast, second=second, reason=reason)
    assert [finding.code for finding in refused.value.findings] == [code]
    assert (TreatmentSession.objects.count(), Observation.objects.exclude(supersedes=None).count()) == (2, 0)


def test_the_page_and_both_charts(two, cast, sign_in):
    client = sign_in(cast.nurse)
    names = [("Quillfeather", "quillfeather, pat"), ("Zaunkoenig", "zaunkoenig, tom")]
    for session, (last, folded) in zip(two, names, strict=True):
        session.patient.last_name, session.patient.name_folded = last, folded
        session.patient.save(update_fields=["last_name", "name_folded"])
    url = reverse("session_swap", args=["riverside", two[0].pk])
    assert url in client.get(reverse("session_reenter", args=["riverside", two[0].pk])).text
    assert f'name="target" value="{two[1].pk}"' in client.get(url).text
    said = {"target": two[1].pk, "reason": "Two tablets exchanged", "second_email": cast.prescriber.email, "second_password": PASSWORD}
    for wrong in ({"target": "x"}, {"target": two[0].pk}, {"second_email": ""}, {"second_password": "wrong"}, {"reason": "\x00"}):
        assert client.post(url, said | wrong).status_code == 422
    assert client.post(url, said)["Location"] == reverse("flowsheet", args=["riverside", two[1].patient.treatment_sessions.latest("pk").pk])
    for mine, others in zip(two, reversed(names), strict=True):
        chart = client.get(reverse("patient_chart", args=["riverside", mine.patient_id])).text
        assert "Written for the wrong patient" in chart
        assert "Entered again from a voided session" in chart
        assert others[0] not in chart
