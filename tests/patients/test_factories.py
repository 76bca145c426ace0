"""The factories give rows that the rules accept."""

import pytest

from clinic.signatures import is_intact
from tests.cast import Cast
from tests.factories.patients import ready_patient


@pytest.mark.django_db
def test_a_ready_patients_order_verifies(cast: Cast) -> None:
    patient = ready_patient(cast.riverside, cast.prescriber)
    order = patient.courses.get().orders.get()
    assert is_intact(order.signature)
