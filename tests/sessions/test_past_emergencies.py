"""The list of a site's emergencies: what ended how, with event and form, in the same number of queries (MON-5, PMF-6)."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from sessions.actions import emergency as acts
from sessions.actions.forms import owe_form
from sessions.models import Emergency
from sessions.queries.past_emergencies import emergencies_of, lines_of
from sessions.states import Status
from tests.cast import NOW, Cast
from tests.factories.adverse import serious
from tests.factories.sessions import at_state

pytestmark = pytest.mark.django_db
URL = ("emergencies", None, ("riverside",))
LINK = 'href="/riverside/emergencies/"'


def pressed(cast: Cast, session: object = None, ago: int = 30) -> Emergency:
    at = NOW - timedelta(minutes=ago)
    return acts.press(cast.riverside, session=session, client_key=uuid4(), by=cast.nurse, now=at)  # type: ignore[arg-type]


def test_an_emergency_with_what_came_of_it(cast: Cast, sign_in) -> None:  # type: ignore[no-untyped-def]
    session = at_state(Status.MONITORING, cast)
    row = pressed(cast, session)
    acts.end(row, outcome="settled", reason="", ended_at=NOW - timedelta(minutes=18), by=cast.prescriber, now=NOW)
    owe_form(session, by=cast.nurse, now=NOW)
    event, beside = serious(cast, session), pressed(cast, ago=9)
    lines = lines_of(cast.riverside, emergencies_of(cast.riverside))
    assert [(line.emergency.pk, line.minutes, line.events) for line in lines] == [(beside.pk, None, []), (row.pk, 12, [event])]
    assert lines[1].form == session.forms.get()
    for who in (cast.admin, cast.prescriber, cast.auditor):
        page = sign_in(who).get(reverse(*URL)).text
        for words in ("Settled here", "after 12 min", event.kind, "Not ended", reverse("form", args=["riverside", lines[1].form.pk])):
            assert words in page
        assert LINK in sign_in(who).get(reverse("emergency", args=["riverside", row.pk])).text
    assert sign_in(cast.nurse).get(reverse(*URL)).status_code == 403
    assert LINK not in sign_in(cast.nurse).get(reverse("emergency", args=["riverside", row.pk])).text


def test_an_event_without_a_session_belongs_by_patient_and_day(cast: Cast) -> None:
    session = at_state(Status.MONITORING, cast)
    pressed(cast, session)
    at_home = serious(cast, session, at_home=True)
    serious(cast, session, at_home=True, began_at=NOW - timedelta(days=3), ended_at=None)
    assert [line.events for line in lines_of(cast.riverside, emergencies_of(cast.riverside))] == [[at_home]]


def test_pages_of_thirty_cost_what_one_costs(cast: Cast, sign_in) -> None:  # type: ignore[no-untyped-def]
    client, counts = sign_in(cast.auditor), []
    assert "No emergency on record" in client.get(reverse(*URL)).text
    for many in (1, 30):
        for number in range(many):
            pressed(cast, ago=2 * number + 100 * many)
        client.get(reverse(*URL))
        with CaptureQueriesContext(connection) as queries:
            page = client.get(reverse(*URL)).text
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert "Page 1 of 2" in page
    assert client.get(reverse(*URL), {"page": "2"}).text.count('scope="row"') == 1
    assert client.get(reverse(*URL), {"page": "\x00x"}).status_code == 200
