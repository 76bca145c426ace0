"""Lets the suite empty its database after a transactional test: the guards of history would refuse, so they are lifted for it."""

from collections.abc import Iterator

import pytest
from django.test import TransactionTestCase

from clinic import guards


@pytest.fixture(scope="session", autouse=True)
def history_may_be_emptied() -> Iterator[None]:
    emptied = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]

    def emptied_with_guards_lifted(case: TransactionTestCase) -> None:
        with guards.lifted():
            emptied(case)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", emptied_with_guards_lifted)
        yield
