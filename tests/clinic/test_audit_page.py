"""The audit trail's page: sentences, filters, pages without counting."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.urls import reverse

from clinic import audit
from clinic.queries.audit import PAGE, audit_page, changes_of, mark_of
from clinic.sentences import known_actions, register_sentences, sentence_of
from tests.cast import NOW, TODAY
from tests.clinic.helpers import queries_of


@pytest.fixture
def url():
    return reverse("audit", args=["riverside"])


def entries(cast, count, *, by=None, action="duty.came", minutes=0, **more):
    for n in range(count):
        at = NOW - timedelta(minutes=minutes + n)
        audit.record(action=action, target=cast.riverside, by=by or cast.nurse, now=at, site=cast.riverside, **more)


def test_sentences_instead_of_codes(cast, sign_in, url):
    entries(cast, 1, changes={"role": ["support", "monitor"], "is_good": True})
    page = sign_in(cast.auditor).get(url).text
    assert "came on site" in page
    assert "Nora Nurse" in page
    assert "support → monitor" in page
    assert "duty.came" not in page.replace('value="duty.came"', "")


def test_an_unknown_action_is_spelled_out():
    assert sentence_of("session.rare_thing") == "session: rare thing"
    register_sentences({"test.known": "did what was known"})
    assert sentence_of("test.known") == "did what was known"


def test_pages_follow_one_another(cast, riverside):
    entries(cast, PAGE + 10)
    first = audit_page(riverside, since=TODAY, until=TODAY)
    second = audit_page(riverside, since=TODAY, until=TODAY, before=first.older)
    seen = [line.entry.pk for line in (*first.lines, *second.lines)]
    assert (len(seen), len(set(seen)), second.older) == (PAGE + 10, PAGE + 10, "")


def test_entries_of_one_moment_are_not_lost_between_pages(cast, riverside):
    for _ in range(PAGE + 10):
        entries(cast, 1)
    first = audit_page(riverside, since=TODAY, until=TODAY)
    assert len(audit_page(riverside, since=TODAY, until=TODAY, before=first.older).lines) == 10


def test_older_by_the_page(cast, sign_in, url):
    entries(cast, PAGE + 1)
    client = sign_in(cast.admin)
    found = client.get(url, {"person": cast.nurse.pk}).context["found"]
    response = client.get(url, {"person": cast.nurse.pk, "before": found.older})
    assert len(response.context["found"].lines) == 1
    assert "Newest" in response.text


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ({}, 3),
        ({"person": "nurse"}, 2),
        ({"action": "duty.left"}, 1),
        ({"patient": "7"}, 1),
        ({"patient": "8"}, 0),
        ({"since": "2026-06-01", "until": "2026-06-09"}, 0),
        ({"since": "2026-05-01", "until": "2026-05-02"}, 1),
    ],
)
def test_filters(cast, sign_in, url, asked, count):
    entries(cast, 1, patient_pk=7)
    entries(cast, 1, action="duty.left")
    entries(cast, 1, by=cast.prescriber)
    entries(cast, 1, minutes=40 * 24 * 60)
    if "person" in asked:
        asked = {"person": cast.person(asked["person"]).pk}
    assert len(sign_in(cast.auditor).get(url, asked).context["found"].lines) == count


def test_another_sites_entries_stay_there(cast, sign_in, url):
    audit.record(action="duty.came", target=cast.hillcrest, by=cast.stranger, now=NOW, site=cast.hillcrest)
    response = sign_in(cast.auditor).get(url)
    assert response.context["found"].lines == []
    assert "Stella" not in response.text


@pytest.mark.parametrize("junk", [{"person": "x"}, {"since": "yesterday"}, {"patient": "9" * 30}, {"action": "\x00"}, {"until": "9999-12-31"}])
def test_junk_in_the_filter(cast, sign_in, url, junk):
    assert sign_in(cast.auditor).get(url, junk).status_code == 422


# An offset that PostgreSQL doesn't know, and moments that no calendar has in UTC.
BEYOND = ["2026-06-10T10:00:00+23:59_1", "9999-12-31T23:59:59-23:59_1", "0001-01-01T00:00:00+23:59_1", "9999-12-31T23:59:59+00:00_1"]


@pytest.mark.parametrize("before", [*BEYOND, "", "x", "2026-06-10_1", "2026-06-10T10:00:00_x", "_", "2026-06-10T10:00:00+00:00_" + "9" * 40])
def test_a_bad_mark_is_the_first_page(cast, sign_in, url, before):
    assert mark_of(before) is None
    assert sign_in(cast.auditor).get(url, {"before": before}).status_code == 200


def test_an_entry_without_a_person(cast, sign_in, url):
    audit.record(action="house.swept", target=cast.riverside, by=None, now=NOW, site=cast.riverside)
    assert "The app itself" in sign_in(cast.auditor).get(url).text


def test_changes_in_words():
    body = 'action x\nchange a_day ["2026-01-01", null]\nchange days ["a", "b", "c"]\nchange empty ""\nchange n 5\nchange ok false'
    assert changes_of(body) == [("a day", "2026-01-01 → –"), ("days", "a, b, c"), ("empty", "–"), ("n", "5"), ("ok", "no")]


def test_history_costs_nothing(cast, sign_in, url):
    client = sign_in(cast.auditor)
    entries(cast, 1)
    few = queries_of(client, url)
    entries(cast, 70)
    assert queries_of(client, url) == few


def test_every_act_of_the_code_has_its_sentence():
    """Found by its literal in the source: a new action without words is noticed here."""
    rooms = ("clinic", "patients", "sessions", "reminders", "reports", "desk")
    sources = [path.read_text() for room in rooms for path in (settings.BASE_DIR / room).rglob("*.py")]
    acts = {act for text in sources for act in re.findall(r'action="([a-z_]+\.[a-z_]+)"', text)}
    assert {act for act in acts if act not in dict(known_actions())} == set()
