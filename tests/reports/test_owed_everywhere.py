"""One number of forms owed, on every page that names one: board, filing desk, closing of the day, overview, measure, its list, JSON (PMF-1, PMF-5)."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from sessions.actions.early import Signer
from sessions.actions.forms import owe_form
from sessions.actions.voiding import void_session
from sessions.states import FormStatus, Status
from tests.cast import NOW, TODAY, Cast
from tests.factories.forms import at_form_status, owed, proof_of
from tests.factories.sessions import at_state

REPORTS = "/riverside/reports/"
# So many of each state; who is still in the house is one to confirm more.
MADE = {FormStatus.OWED: 2, FormStatus.COMPLETE: 3, FormStatus.SENT: 1, FormStatus.FILED: 2}
OWED, TO_CONFIRM = 7, 3


@pytest.fixture
def forms(cast: Cast) -> None:
    for status, count in MADE.items():
        for _ in range(count):
            at_form_status(status, cast)
    live = at_state(Status.MONITORING, cast, first_device_at=NOW - timedelta(minutes=50))
    owe_form(live, by=cast.nurse, now=NOW)
    gone = owed(cast)
    void_session(
        gone.session, reason="Twice", second=Signer(proof=proof_of(cast.prescriber), membership=cast.of(cast.prescriber)), by=cast.nurse, now=NOW
    )
    at_state(Status.BOOKED, cast)


def number(page: str, pattern: str) -> int:
    """The one number that a page says in this place."""
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page))
    found = re.findall(pattern, text)
    assert len(found) == 1, f"{pattern}: {found}"
    return int(found[0])


def told(sign_in: Callable[..., Client], cast: Cast) -> dict[str, int]:
    client = sign_in(cast.admin)
    days = {"first": TODAY - timedelta(days=90), "last": TODAY}

    def page(path: str, **query: object) -> str:
        return client.get(path, query).content.decode()

    numbers = client.get(f"{REPORTS}compliance.json", {"from": days["first"], "to": days["last"]}).json()["measures"]
    return {
        "board": number(page("/riverside/").partition("v-board-lists")[0], r"Forms owed (\d+)"),
        "filing desk": number(page("/riverside/filing/"), r"All owed (\d+)"),
        "closing": number(page("/riverside/day/"), r"Forms owed (\d+)"),
        "overview": number(page(REPORTS), r"Forms owed as of today, of all days: (\d+)"),
        "measure": number(page(f"{REPORTS}measures/", **days), r"Which forms are owed now.*?of (\d+) 0–3 days"),
        "list": number(page(f"{REPORTS}owed_days/", **days), r"(\d+) counted"),
        "json": next(one["counted"] for one in numbers if one["code"] == "owed_days"),
    }


@pytest.mark.usefixtures("forms")
def test_every_page_says_the_same_number(cast: Cast, sign_in: Callable[..., Client]) -> None:
    assert told(sign_in, cast) == dict.fromkeys(("board", "filing desk", "closing", "overview", "measure", "list", "json"), OWED)


@pytest.mark.usefixtures("forms")
def test_the_overview_and_the_desk_say_what_is_to_be_done(cast: Cast, sign_in: Callable[..., Client]) -> None:
    """Confirmed isn't sent, and sent isn't filed: they stay owed until the proof."""
    client = sign_in(cast.admin)
    overview, desk = (client.get(path).content.decode() for path in (REPORTS, "/riverside/filing/"))
    for word, count in (("confirm", TO_CONFIRM), ("send", MADE[FormStatus.COMPLETE]), ("prove", MADE[FormStatus.SENT])):
        assert number(overview, rf"(\d+) to {word}") == number(desk, rf"To {word} (\d+)") == count
