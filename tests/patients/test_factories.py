"""The factories give rows that the rules accept."""

import pytest

from clinic.signatures import is_intact
from patients.signed_content import order_text, render_order, render_orders
from tests.cast import Cast
from tests.factories.patients import ready_patient


@pytest.mark.django_db
def test_a_ready_patients_order_verifies(cast: Cast) -> None:
    patient = ready_patient(cast.riverside, cast.prescriber)
    order = patient.courses.get().orders.get()
    assert is_intact(order.signature)


@pytest.mark.django_db
def test_orders_are_rendered_one_by_one_and_many_at_once(cast: Cast) -> None:
    order = ready_patient(cast.riverside, cast.prescriber).courses.get().orders.get()
    assert render_order(order.pk) == order_text(order) == render_orders([order.pk, 0])[order.pk]
    with pytest.raises(ValueError, match="No order 0"):
        render_order(0)
