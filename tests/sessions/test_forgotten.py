"""A session forgotten open: past closing, past midnight, explained; the same on board, flowsheet and by the watchman (PMF-1)."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from clinic.models import Closure, Notice
from sessions.actions.watchman import make_round
from sessions.models import SessionEvent
from sessions.queries.forgotten import forgotten_open, forgotten_since
from sessions.rules.forgotten import open_too_long_at
from tests.cast import NOW, TODAY
from tests.factories.sessions import at_state

CLOSING = NOW.replace(hour=22, minute=0)  # 18:00 in New York


@pytest.mark.parametrize(("closing", "expected"), [(None, NOW), (CLOSING, CLOSING)])
def test_from_closing_or_midnight_on(closing, expected):
    assert open_too_long_at(closing_at=closing, day_ends_at=NOW) == expected


def found(site, now):
    return [(one.session.pk, one.since, one.is_explained) for one in forgotten_open(site, now)]


def test_open_ones_alone_and_only_after_closing(cast):
    session = at_state("monitoring", cast)
    for status in ("held", "discharged", "left", "booked"):
        at_state(status, cast)
    assert found(cast.riverside, CLOSING) == []
    assert found(cast.riverside, CLOSING + timedelta(seconds=1)) == [(session.pk, CLOSING, False)]
    assert found(cast.riverside, CLOSING + timedelta(days=2)) == [(session.pk, CLOSING, False)]
    assert found(cast.hillcrest, CLOSING + timedelta(days=2)) == []


def test_on_a_closed_day_midnight_counts(cast):
    session = at_state("arrived", cast)
    Closure.objects.create(site=cast.riverside, closed_on=TODAY, reason="Holiday")
    midnight = NOW.replace(hour=4, minute=0) + timedelta(days=1)
    assert forgotten_since(session, midnight) is None
    assert forgotten_since(session, midnight + timedelta(seconds=1)) == midnight


def test_the_watchman_raises_it_once_and_lowers_it_when_it_is_explained(cast, sign_in, still_clock, prescriber_here):
    session = at_state("monitoring", cast, first_device_at=CLOSING - timedelta(minutes=30))
    late = CLOSING + timedelta(minutes=5)
    for _ in range(2):
        make_round(now=late)
    assert Notice.objects.get(kind="session_open").due_at == CLOSING
    still_clock.move_to(late)
    client = sign_in(cast.support)
    assert "Still open after closing" in client.get(reverse("board", args=["riverside"])).content.decode()
    sheet = reverse("flowsheet", args=["riverside", session.pk])
    session.ends_at = CLOSING - timedelta(minutes=1)
    session.starts_at = CLOSING - timedelta(minutes=160)
    session.save(update_fields=["starts_at", "ends_at"])
    assert "Say why" in client.get(sheet).content.decode()
    url = reverse("session_explain", args=["riverside", session.pk])
    assert client.get(url).status_code == 200
    assert client.post(url, {"client_key": uuid4(), "reason": ""}).status_code == 422
    assert client.post(url, {"client_key": uuid4(), "reason": "The ride is late"}).status_code == 303
    assert SessionEvent.objects.get(kind="open_late").what == "The ride is late"
    assert found(cast.riverside, late) == [(session.pk, CLOSING, True)]
    for path in (sheet, reverse("board", args=["riverside"])):
        assert "Still open after closing (" not in client.get(path).content.decode()
    make_round(now=late)
    assert not Notice.objects.filter(kind="session_open", resolved_at=None).exists()
