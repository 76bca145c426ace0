"""Courses and orders as acts: signed, spoken, co-signed, cancelled; who may, and what is refused (DOS-8)."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from clinic.findings import Refused
from clinic.models import AuditEntry, Signature
from clinic.roles import Credential
from clinic.signatures import IdentityProof, is_intact
from patients.actions import course as courses
from patients.actions import orders
from patients.models import LeftCourse, Order
from tests.cast import NOW, TODAY, Cast
from tests.factories import patients as made
from tests.factories.clinic import PASSWORD
from tests.patients.pages import TERMS

pytestmark = pytest.mark.django_db
FIELDS = {
    "dose_mg": 56,
    "other_dose_reason": "",
    "sessions": 8,
    "valid_from_on": TODAY,
    "valid_until_on": TODAY + timedelta(days=27),
    "note": "After a meal",
}
COURSE = {
    "indication": "trd", "with_antidepressant": True, "earlier_sessions": 0,
    "earlier_first_on": None, "earlier_last_on": None, "earlier_last_dose_mg": None,
}  # fmt: skip


@pytest.fixture
def course(cast: Cast):
    return made.CourseFactory(patient=made.PatientFactory(site=cast.riverside, created_by=cast.desk), prescriber=cast.prescriber)


def proof(cast: Cast) -> IdentityProof:
    return IdentityProof(user=cast.prescriber, method="password")


def refused(act, *args, **kwargs) -> list[str]:
    with pytest.raises(Refused) as caught:
        act(*args, **kwargs)
    return [finding.key for finding in caught.value.findings]


def test_a_signed_order_verifies_and_a_changed_one_does_not(cast: Cast, course) -> None:
    order = orders.sign_order(course, client_key=uuid4(), fields=FIELDS, proof=proof(cast), by=cast.of(cast.prescriber), now=NOW)
    assert (order.signed_at, order.signature.meaning) == (NOW, Signature.Meaning.ORDER)
    assert is_intact(order.signature)
    Order.objects.filter(pk=order.pk).update(dose_mg=84)
    assert not is_intact(order.signature)


def test_a_double_tap_orders_once(cast: Cast, course) -> None:
    key = uuid4()
    first, second = [
        orders.sign_order(course, client_key=key, fields=FIELDS, proof=proof(cast), by=cast.of(cast.prescriber), now=NOW) for _ in range(2)
    ]
    assert first == second
    assert (Order.objects.count(), Signature.objects.count(), AuditEntry.objects.filter(action="order.signed").count()) == (1, 1, 1)


def test_the_key_of_another_course_is_refused(cast: Cast, course) -> None:
    other = made.OrderFactory(course=made.CourseFactory(patient=made.PatientFactory(site=cast.riverside, created_by=cast.desk)))
    by = cast.of(cast.prescriber)
    assert refused(orders.sign_order, course, client_key=other.client_key, fields=FIELDS, proof=proof(cast), by=by, now=NOW) == ["client_key"]


def test_status_is_not_signed_content(cast: Cast, course) -> None:
    order = orders.sign_order(course, client_key=uuid4(), fields=FIELDS, proof=proof(cast), by=cast.of(cast.prescriber), now=NOW)
    orders.cancel_order(order, by=cast.of(cast.prescriber), now=NOW)
    assert is_intact(order.signature)


def test_only_a_prescriber_signs(cast: Cast, course) -> None:
    nurse = IdentityProof(user=cast.nurse, method="password")
    assert refused(orders.sign_order, course, client_key=uuid4(), fields=FIELDS, proof=nurse, by=cast.of(cast.nurse), now=NOW) == ["DOS-8.prescriber"]
    member = cast.of(cast.prescriber)
    member.credential = Credential.RN
    assert refused(orders.sign_order, course, client_key=uuid4(), fields=FIELDS, proof=proof(cast), by=member, now=NOW) == ["DOS-8.prescriber"]
    assert not Order.objects.exists()


def test_no_order_on_an_ended_course(cast: Cast, course) -> None:
    member = cast.of(cast.prescriber)
    courses.end_course(course, reason="Remission", by=member, now=NOW)
    assert refused(orders.sign_order, course, client_key=uuid4(), fields=FIELDS, proof=proof(cast), by=member, now=NOW) == ["DOS-8.ended"]
    assert refused(courses.end_course, course, reason="Again", by=member, now=NOW) == ["PAT-2.ended"]


def test_a_course_goes_to_another_prescriber(cast: Cast, course) -> None:
    """By a prescriber or the administrator; never over another's change, to somebody who doesn't prescribe, or after its end."""
    by, give = {"by": cast.of(cast.admin), "now": NOW}, courses.change_prescriber
    assert refused(give, course, prescriber=cast.second_prescriber, by=cast.of(cast.nurse), now=NOW) == ["SET-10"]
    assert refused(give, course, prescriber=cast.nurse, **by) == ["SET-10"]
    assert not LeftCourse.objects.exists()
    for _ in range(2):
        assert give(course, prescriber=cast.second_prescriber, **by).prescriber == cast.second_prescriber
    assert LeftCourse.objects.get().prescriber == cast.prescriber
    assert f"change prescriber [{cast.prescriber.pk}, {cast.second_prescriber.pk}]" in AuditEntry.objects.get(action="course.given").body
    opened = {"prescriber": str(cast.admin.pk)}
    assert refused(give, course, prescriber=cast.prescriber, opened=opened, **by) == ["changed.prescriber"]
    courses.end_course(course, reason="Remission", by=cast.of(cast.prescriber), now=NOW)
    assert refused(give, course, prescriber=cast.prescriber, **by) == ["PAT-2.ended"]


def test_a_course_ends_with_a_reason_and_takes_its_orders_along(cast: Cast, course) -> None:
    member = cast.of(cast.prescriber)
    order = made.signed_order(course=course)
    assert refused(courses.end_course, course, reason="", by=member, now=NOW) == ["PAT-2"]
    courses.end_course(course, reason="Remission", by=member, now=NOW)
    order.refresh_from_db()
    assert order.cancelled_by == cast.prescriber
    assert refused(orders.cancel_order, order, by=member, now=NOW) == ["DOS-8.done"]
    assert refused(orders.cosign_order, order, proof=proof(cast), by=member, now=NOW) == ["DOS-8.done"]


def spoken(cast: Cast, course) -> Order:
    return orders.take_spoken_order(course, client_key=uuid4(), fields=FIELDS, ordered_by=cast.prescriber, by=cast.of(cast.nurse), now=NOW)


def test_a_spoken_order_is_taken_down_and_cosigned(cast: Cast, course) -> None:
    order = spoken(cast, course)
    assert (order.is_spoken, order.taken_by, order.signed_at) == (True, cast.nurse, None)
    other = IdentityProof(user=cast.second_prescriber, method="password")
    assert refused(orders.cosign_order, order, proof=other, by=cast.of(cast.second_prescriber), now=NOW) == ["DOS-8.other"]
    signed = orders.cosign_order(order, proof=proof(cast), by=cast.of(cast.prescriber), now=NOW + timedelta(hours=1))
    assert is_intact(signed.signature)
    assert AuditEntry.objects.get(action="order.cosigned").actor == cast.prescriber


def test_who_can_give_a_spoken_order(cast: Cast, course) -> None:
    by = cast.of(cast.nurse)
    assert refused(orders.take_spoken_order, course, client_key=uuid4(), fields=FIELDS, ordered_by=cast.nurse, by=by, now=NOW) == ["DOS-8.own"]
    assert refused(orders.take_spoken_order, course, client_key=uuid4(), fields=FIELDS, ordered_by=cast.stranger, by=by, now=NOW) == ["SET-10"]


def test_a_wrong_password_signs_nothing(cast: Cast, course, sign_in) -> None:
    response = sign_in(cast.prescriber).post(reverse("order_new", args=["riverside", course.pk]), {**TERMS, "password": "not it"})
    assert response.status_code == 422
    assert "password" in response.context["form"].errors
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"dose_mg": "other"}, "other_dose_mg"),
        ({"dose_mg": "other", "other_dose_mg": "30"}, "dose_mg"),
        ({"dose_mg": "other", "other_dose_mg": "28"}, "other_dose_reason"),
        ({"valid_until_on": "2026-06-01"}, "valid_until_on"),
        ({"sessions": "0"}, "sessions"),
        ({"sessions": "99"}, "sessions"),
    ],
)
def test_what_an_order_cannot_be(changes: dict, field: str, cast: Cast, course, sign_in) -> None:
    to = reverse("order_new", args=["riverside", course.pk])
    response = sign_in(cast.prescriber).post(to, {**TERMS, **changes, "password": PASSWORD})
    assert response.status_code == 422
    assert field in response.context["form"].errors


def test_another_dose_with_a_reason(cast: Cast, course, sign_in) -> None:
    other = {"dose_mg": "other", "other_dose_mg": "28", "other_dose_reason": "Elderly"}
    response = sign_in(cast.prescriber).post(reverse("order_new", args=["riverside", course.pk]), {**TERMS, **other, "password": PASSWORD})
    assert response.status_code == 303
    assert Order.objects.get().dose_mg == 28


def test_the_spoken_order_page(cast: Cast, course, sign_in) -> None:
    to = reverse("order_spoken", args=["riverside", course.pk])
    client = sign_in(cast.nurse)
    assert client.get(to).status_code == 200
    assert client.post(to, {**TERMS, "ordered_by": cast.prescriber.pk}).status_code == 422
    assert client.post(to, {**TERMS, "ordered_by": cast.prescriber.pk, "read_back": "on"}).status_code == 303
    assert sign_in(cast.desk).post(to, TERMS).status_code == 403
    assert Order.objects.get().taken_by == cast.nurse


def test_the_course_page(cast: Cast, sign_in) -> None:
    patient = made.PatientFactory(site=cast.riverside, created_by=cast.desk)
    to = reverse("course_new", args=["riverside", patient.pk])
    client = sign_in(cast.prescriber)
    assert client.get(to).status_code == 200
    data = {"indication": "mdsi", "with_antidepressant": "on", "prescriber": cast.prescriber.pk}
    assert client.post(to, data).status_code == 303
    again = client.post(to, data)
    assert again.status_code == 422
    assert "already has an open course" in again.content.decode()
    assert sign_in(cast.nurse).get(to).status_code == 403


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"earlier_sessions": 3}, "earlier_first_on"),
        ({"earlier_first_on": date(2026, 1, 1)}, "earlier_first_on"),
        ({"earlier_sessions": 3, "earlier_first_on": date(2026, 3, 1), "earlier_last_on": date(2026, 2, 1)}, "earlier_last_on"),
        ({"earlier_sessions": 3, "earlier_first_on": date(2026, 3, 1), "earlier_last_on": date(2026, 3, 2)}, "earlier_sessions"),
        ({"earlier_sessions": 1, "earlier_first_on": date(2026, 3, 1), "earlier_last_on": date(2027, 3, 2)}, "earlier_last_on"),
    ],
)
def test_sessions_elsewhere_that_cannot_be(changes: dict, field: str, cast: Cast) -> None:
    patient = made.PatientFactory(site=cast.riverside, created_by=cast.desk)
    fields = {**COURSE, "prescriber": cast.prescriber, **changes}
    with pytest.raises(Refused) as caught:
        courses.open_course(patient, fields=fields, by=cast.of(cast.prescriber), now=NOW)
    assert field in {finding.field for finding in caught.value.findings}


def test_a_prescriber_of_another_site_cannot_lead_a_course(cast: Cast) -> None:
    patient = made.PatientFactory(site=cast.riverside, created_by=cast.desk)
    fields = {**COURSE, "prescriber": cast.stranger}
    assert refused(courses.open_course, patient, fields=fields, by=cast.of(cast.prescriber), now=NOW) == ["SET-10"]
    assert refused(courses.open_course, patient, fields=fields, by=cast.of(cast.nurse), now=NOW) == ["PAT-2.prescriber"]


def test_someone_elses_proof_signs_nothing(cast: Cast, course) -> None:
    theirs = replace(proof(cast), user=cast.second_prescriber)
    assert refused(orders.sign_order, course, client_key=uuid4(), fields=FIELDS, proof=theirs, by=cast.of(cast.prescriber), now=NOW) == [
        "OUT-2.member"
    ]
    assert not Order.objects.exists()
