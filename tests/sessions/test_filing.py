"""The filing desk and the query behind it: order, counts, filters, pages, a constant number of queries (PMF-1, PMF-5)."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic.models import Closure
from sessions.models import MonitoringForm
from sessions.queries.floor import concerns_of
from sessions.queries.forms import filings_of, forms_owed, owed_summary, rows_of
from sessions.rules.concerns import FORM
from sessions.states import FormStatus, Status
from tests.cast import NOW
from tests.factories import forms as made
from tests.factories.sessions import at_state

FILING = "/riverside/filing/"


def owed_on(cast, days_ago: int) -> MonitoringForm:
    return made.owed(cast, start=made.START - timedelta(days=days_ago))


def many(cast, count: int) -> None:
    """Rows of one session, since a list costs the same whoever they belong to."""
    form = owed_on(cast, 1)
    MonitoringForm.objects.bulk_create(
        MonitoringForm(
            site=form.site, session=form.session, revision=number + 2, reason="x", definition_code=form.definition_code, definition_sha256="x",
            treatment_on=form.treatment_on, due_on=form.due_on, staffed_due_on=form.staffed_due_on, owed_at=NOW,
        )
        for number in range(count)
    )  # fmt: skip


def test_the_most_pressing_first(cast, sign_in):
    later, today, overdue = owed_on(cast, 0), owed_on(cast, 7), owed_on(cast, 9)
    assert list(forms_owed(cast.riverside)) == [overdue, today, later]
    text = sign_in(cast.desk).get(FILING).content.decode()
    names = [form.session.patient.last_name for form in (overdue, today, later)]
    assert sorted(names, key=text.index) == names
    assert "Overdue" in text
    assert "Due today" in text


def test_a_closure_that_comes_later_moves_the_real_deadline(cast):
    form = owed_on(cast, 6)  # day 7 is tomorrow, Thursday
    assert [row.urgency for row in rows_of(cast.riverside, [form], NOW)] == ["tomorrow"]
    Closure.objects.create(site=cast.riverside, closed_on=date(2026, 6, 11), reason="Water")
    (row,) = rows_of(cast.riverside, [form], NOW)
    assert (row.urgency, row.limits.staffed_due_on) == ("today", date(2026, 6, 10))


def test_counts(cast):
    owed_on(cast, 0), owed_on(cast, 7), owed_on(cast, 9), made.confirmed(cast), made.sent(cast), made.filed(cast)
    found = owed_summary(cast.riverside, NOW)
    assert (found.owed, found.complete, found.sent, found.due_today, found.overdue, found.total) == (3, 1, 1, 1, 1, 5)
    assert owed_summary(cast.hillcrest, NOW).total == 0


def test_what_the_watchman_raises(cast):
    owed_on(cast, 0)
    pressing = [owed_on(cast, 9), owed_on(cast, 7), owed_on(cast, 6)]
    made.filed(cast, start=made.START - timedelta(days=8))
    raised = [one for one in concerns_of(cast.riverside, NOW) if one.kind is FORM]
    assert {one.target.pk for one in raised} == {form.pk for form in pressing}


def test_filters(cast, sign_in):
    for status in (FormStatus.OWED, FormStatus.COMPLETE, FormStatus.SENT, FormStatus.FILED):
        made.at_form_status(status, cast)
    client = sign_in(cast.desk)
    for state, shown in {"open": 3, "": 3, "junk": 3, "owed": 1, "complete": 1, "sent": 1, "filed": 1}.items():
        assert len(client.get(FILING, {"state": state}).context["rows"]) == shown, state


@pytest.mark.parametrize(("state", "says"), [("open", "Nothing is owed"), ("filed", "No form here")])
def test_empty(cast, sign_in, state, says):
    assert says in sign_in(cast.desk).get(FILING, {"state": state}).content.decode()


def test_pages(cast, sign_in):
    many(cast, 52)
    client = sign_in(cast.desk)
    for page, rows in {"1": 50, "2": 3, "3": 0, "0": 50, "-1": 50, "x": 50, "9" * 30: 50, "٣": 50}.items():
        assert len(client.get(FILING, {"page": page}).context["rows"]) == rows, page


def test_a_live_session_says_so(cast, sign_in):
    from sessions.actions.forms import owe_form

    owe_form(at_state(Status.MONITORING, cast), by=cast.nurse, now=NOW)
    assert "in the house" in sign_in(cast.desk).get(FILING).content.decode()


@pytest.mark.parametrize(("who", "says"), [("desk", "Open"), ("nurse", "Confirm")])
def test_the_button_names_what_the_role_may_do(cast, sign_in, who, says):
    many(cast, 1)
    text = sign_in(getattr(cast, who)).get(FILING).content.decode()
    assert [word for word in ("Open", "Confirm") if f">{word}</a>" in text] == [says]


@pytest.mark.parametrize(("who", "is_told"), [("desk", True), ("nurse", False)])
def test_who_may_not_confirm_is_told_who_may(cast, sign_in, who, is_told):
    form = made.owed(cast)
    text = sign_in(getattr(cast, who)).get(f"/riverside/forms/{form.pk}/").content.decode()
    assert ("A monitor or a prescriber confirms this form" in text, "Confirm and sign" in text) == (is_told, not is_told)


def test_a_constant_number_of_queries(cast, sign_in):
    client = sign_in(cast.desk)
    many(cast, 0)

    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(FILING).status_code == 200
        return len(queries)

    count()
    one = count()
    many(cast, 30)
    assert count() == one
    assert one <= 10


ANSWERS = {"desk": 200, "nurse": 200, "prescriber": 200, "admin": 200, "support": 403, "auditor": 403, "stranger": 404, "former": 404}


def test_who_may(cast, sign_in):
    for person, status in ANSWERS.items():
        assert sign_in(cast.person(person)).get(FILING).status_code == status, person


def test_signed_out(cast, client):
    assert client.get(FILING).status_code == 302


def test_in_time_by_the_send_that_was_proven(cast):
    """The proof may come when it likes; the send may not (PMF-5)."""
    in_time, late, unproven = made.filed(cast), made.filed(cast, start=made.START - timedelta(days=8)), made.sent(cast).form
    pks = [form.session_id for form in (in_time, late, unproven)]
    found = filings_of(cast.riverside, pks)
    assert [found[pk].in_time for pk in pks] == [True, False, False]
    assert (found[pks[0]].sent_on, found[pks[2]].sent_on) == (date(2026, 6, 10), None)
    assert filings_of(cast.hillcrest, pks) == {}


def test_a_correction_never_makes_a_session_late(cast):
    import uuid

    from sessions.actions.confirming import amend_form

    form = made.filed(cast)
    new = amend_form(form, reason="Lot", client_key=uuid.uuid4(), by=cast.nurse, now=NOW)
    found = filings_of(cast.riverside, [form.session_id])[form.session_id]
    assert (found.form, found.in_time) == (new, True)
