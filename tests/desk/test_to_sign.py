"""Spoken orders wait for their prescriber: on the board, on a list of their own, red once their day is over (DOS-8)."""

from datetime import timedelta

import pytest
from django.urls import reverse

from clinic.findings import Level
from clinic.signatures import is_intact
from patients.models import Order
from patients.queries.cosign import cosign_findings, orders_to_sign
from tests.cast import NOW, Cast
from tests.factories import patients
from tests.factories.clinic import PASSWORD

pytestmark = pytest.mark.django_db
BOARD, URL = (reverse(name, args=["riverside"]) for name in ("board", "to_sign"))


@pytest.fixture
def spoken(cast: Cast) -> Order:
    patient = patients.ready_patient(cast.riverside, cast.of(cast.prescriber))
    return patients.OrderFactory(course=patient.courses.get(), is_spoken=True, taken_by=cast.nurse, ordered_by=cast.prescriber, ordered_at=NOW)


def late(order: Order) -> None:
    Order.objects.filter(pk=order.pk).update(ordered_at=NOW - timedelta(days=1))


def text(client, url: str) -> str:
    return client.get(url).content.decode()


def test_the_board_asks_its_prescriber_and_shouts_once_the_day_is_over(cast: Cast, spoken: Order, sign_in) -> None:
    prescriber = sign_in(cast.prescriber)
    assert "Co-sign your spoken orders today" in text(prescriber, BOARD)
    assert "spoken order" not in text(sign_in(cast.nurse), BOARD)
    assert "spoken order" not in text(sign_in(cast.second_prescriber), BOARD)
    late(spoken)
    assert "A spoken order of yours is not co-signed" in text(prescriber, BOARD)
    for person in (cast.nurse, cast.second_prescriber):
        assert "not co-signed on its day" in text(sign_in(person), BOARD)


def test_one_press_with_the_password_signs_it(cast: Cast, spoken: Order, sign_in) -> None:
    prescriber, cosign = sign_in(cast.prescriber), reverse("order_cosign", args=["riverside", spoken.pk])
    shown = text(prescriber, URL)
    assert cosign in shown
    assert "Nothing waits" in text(sign_in(cast.second_prescriber), URL)
    assert prescriber.post(cosign, {"password": "wrong", "listed": "on"}).status_code == 422
    assert orders_to_sign(cast.riverside, NOW, prescriber_pk=cast.prescriber.pk)
    answer = prescriber.post(cosign, {"password": PASSWORD, "listed": "on"})
    assert (answer.status_code, answer["Location"]) == (303, URL)
    spoken.refresh_from_db()
    assert is_intact(spoken.signature)
    assert "Nothing waits" in text(prescriber, URL)
    assert "spoken order" not in text(prescriber, BOARD)


def test_what_closing_the_day_must_explain(cast: Cast, spoken: Order, sign_in) -> None:
    assert [finding.level for finding in cosign_findings(cast.riverside, NOW)] == [Level.NOTE]
    assert "has not co-signed the spoken order" in text(sign_in(cast.nurse), reverse("day", args=["riverside"]))
    late(spoken)
    assert [finding.level for finding in cosign_findings(cast.riverside, NOW)] == [Level.DECISION]
    Order.objects.filter(pk=spoken.pk).update(cancelled_at=NOW, cancelled_by=cast.prescriber)
    assert cosign_findings(cast.riverside, NOW) == []
    assert orders_to_sign(cast.hillcrest, NOW) == []
