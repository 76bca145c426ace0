"""Change a place, end it, record training (SET-3, SET-10)."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from clinic.actions.people import change_membership, end_membership, record_training
from clinic.findings import Refused
from clinic.models import AuditEntry, DutyPeriod, Membership, Training
from clinic.queries import duty_at
from tests.cast import NOW, TODAY
from tests.clinic.helpers import queries_of
from tests.factories.clinic import MembershipFactory, on_duty


def last_action():
    return AuditEntry.objects.latest("pk").action


def test_another_role(cast):
    member = change_membership(cast.of(cast.support), role="monitor", credential="rn", by=cast.admin, now=NOW)
    member.refresh_from_db()
    assert (member.role, member.credential) == ("monitor", "rn")
    assert last_action() == "member.changed"


def test_a_changed_role_rewrites_no_presence(cast, riverside):
    on_duty(cast.of(cast.prescriber), NOW - timedelta(hours=2), lapses_at=NOW + timedelta(hours=8))
    change_membership(cast.of(cast.prescriber), role="monitor", credential="md", by=cast.admin, now=NOW)
    first, second = DutyPeriod.objects.order_by("came_at")
    assert (first.is_prescriber, first.left_at) == (True, NOW)
    assert (second.is_prescriber, second.came_at, second.left_at) == (False, NOW, None)


def test_a_lapsed_presence_is_not_begun_anew(cast):
    on_duty(cast.of(cast.prescriber), NOW - timedelta(hours=3), lapses_at=NOW - timedelta(hours=1))
    change_membership(cast.of(cast.prescriber), role="monitor", credential="md", by=cast.admin, now=NOW)
    assert DutyPeriod.objects.get().left_at == NOW - timedelta(hours=1)


def test_nothing_changed_leaves_no_entry(cast):
    change_membership(cast.of(cast.nurse), role="monitor", credential="rn", by=cast.admin, now=NOW)
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(("role", "credential", "field"), [("monitor", "ma", "credential"), ("prescriber", "rn", "credential")])
def test_a_credential_must_fit(cast, role, credential, field):
    with pytest.raises(Refused) as refused:
        change_membership(cast.of(cast.support), role=role, credential=credential, by=cast.admin, now=NOW)
    assert refused.value.findings[0].field == field
    assert Membership.objects.get(pk=cast.of(cast.support).pk).role == "support"


def test_nobody_changes_their_own_place(cast):
    with pytest.raises(Refused, match="your own place"):
        end_membership(cast.of(cast.admin), by=cast.admin, now=NOW)


def test_the_last_administrator_stays(cast, riverside):
    second = MembershipFactory(site=riverside, role="administrator", credential="none")
    end_membership(cast.of(cast.admin), by=second.user, now=NOW)
    with pytest.raises(Refused, match="without an administrator"):
        change_membership(second, role="front_desk", credential="none", by=cast.admin, now=NOW)


def test_ending_ends_presence(cast, riverside):
    on_duty(cast.of(cast.nurse), NOW - timedelta(hours=2))
    member = end_membership(cast.of(cast.nurse), by=cast.admin, now=NOW)
    assert not member.is_active
    assert duty_at(riverside, NOW) == []
    assert end_membership(member, by=cast.admin, now=NOW + timedelta(hours=1)).ended_at == NOW
    assert last_action() == "member.ended"


def test_training_on_record(cast):
    nurse = cast.of(cast.nurse)
    record_training(nurse, kind="rems", completed_on=TODAY, expires_on=None, note="Online", by=cast.admin, now=NOW)
    assert Training.objects.filter(membership=nurse).count() == 2
    assert last_action() == "training.recorded"


@pytest.mark.parametrize(("completed", "expires", "field"), [(1, None, "completed_on"), (0, -1, "expires_on")])
def test_impossible_training(cast, completed, expires, field):
    expires_on = None if expires is None else TODAY + timedelta(days=expires)
    with pytest.raises(Refused) as refused:
        record_training(
            cast.of(cast.nurse), kind="rems", completed_on=TODAY + timedelta(days=completed), expires_on=expires_on, note="", by=cast.admin, now=NOW
        )
    assert refused.value.findings[0].field == field


def test_the_page_changes_and_says_so(cast, sign_in):
    member = cast.of(cast.support)
    client = sign_in(cast.admin)
    response = client.post(reverse("change_member", args=["riverside", member.pk]), {"role": "front_desk", "credential": "none"})
    assert response.status_code == 303
    assert "The place is changed." in client.get(response["Location"]).text


def test_a_refusal_stands_beside_its_field(cast, sign_in):
    member = cast.of(cast.support)
    response = sign_in(cast.admin).post(reverse("change_member", args=["riverside", member.pk]), {"role": "monitor", "credential": "ma"})
    assert response.status_code == 422
    assert "This role needs one of these credentials" in response.text


def test_ending_oneself_is_refused_on_the_page(cast, sign_in):
    response = sign_in(cast.admin).post(reverse("end_membership", args=["riverside", cast.of(cast.admin).pk]))
    assert response.status_code == 422
    assert cast.admin.memberships.get().is_active


def test_ended_people_are_out_at_once(cast, sign_in):
    client = sign_in(cast.nurse)
    sign_in(cast.admin).post(reverse("end_membership", args=["riverside", cast.of(cast.nurse).pk]))
    assert client.get(reverse("staff", args=["riverside"])).status_code == 404


def test_training_by_the_page(cast, sign_in):
    url = reverse("record_training", args=["riverside", cast.of(cast.nurse).pk])
    client = sign_in(cast.admin)
    assert client.post(url, {"kind": "drill", "completed_on": "2026-06-01"}).status_code == 303
    assert client.post(url, {"kind": "drill", "completed_on": "2027-06-01"}).status_code == 422
    assert Training.objects.filter(kind="drill").count() == 1


@pytest.mark.parametrize("name", ["staff", "duty"])
def test_queries_stay_the_same_with_thirty_more(cast, riverside, sign_in, name):
    client = sign_in(cast.admin)
    url = reverse(name, args=["riverside"])
    few = queries_of(client, url)
    for _ in range(30):
        on_duty(MembershipFactory(site=riverside), NOW - timedelta(hours=1))
    assert queries_of(client, url) == few


def test_a_training_under_the_key_of_another_person_is_out_of_date(cast):
    said = {"kind": "rems", "completed_on": TODAY, "expires_on": None, "note": "", "client_key": uuid4(), "by": cast.admin, "now": NOW}
    record_training(cast.of(cast.nurse), **said)
    with pytest.raises(Refused, match="out of date"):
        record_training(cast.of(cast.second_nurse), **said)
