"""Fixtures of the cast, for every room's tests."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from django.core.cache import caches
from django.test import Client

from clinic import clock
from clinic.locking import state
from clinic.models import Chair, DutyPeriod, Site, SitePolicy, User
from tests.cast import NOW, Cast, make_cast
from tests.factories.clinic import on_duty


@pytest.fixture(autouse=True)
def nobody_has_asked() -> None:
    """Most tests stand in one minute at one address: what an earlier one asked of public pages must not shut out the next."""
    caches["public"].clear()


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def riverside(cast: Cast) -> Site:
    return cast.riverside


@pytest.fixture
def hillcrest(cast: Cast) -> Site:
    return cast.hillcrest


@pytest.fixture
def chair(cast: Cast) -> Chair:
    return cast.chairs[0]


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def still_clock() -> Iterator[time_machine.Traveller]:
    """The clock of views and tasks stands at NOW; `still_clock.shift(timedelta(...))` or `.move_to(...)` moves it."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def sign_in(still_clock: time_machine.Traveller) -> Callable[..., Client]:
    """`sign_in(cast.nurse)` gives a client of that person at NOW; `htmx=True` makes it ask for fragments."""

    def made(user: User, *, htmx: bool = False) -> Client:
        client = Client(headers={"HX-Request": "true"} if htmx else None)
        client.force_login(user)
        session = client.session
        state.begin(session, user, now=clock.now())  # as the answer of a real sign-in does
        session.save()
        return client

    return made


@pytest.fixture
def usual_lock(cast: Cast) -> None:
    """A sign-in locks after ten minutes and ends after twelve hours, as a site's policy says until it says otherwise."""
    SitePolicy.objects.update(lock_after_minutes=10, sign_in_hours=12)


@pytest.fixture
def prescriber_here(cast: Cast) -> DutyPeriod:
    """The prescriber came two hours ago and stays until closing (SET-2)."""
    return on_duty(cast.of(cast.prescriber), NOW - timedelta(hours=2), lapses_at=NOW + timedelta(hours=8))
