"""Who signs: password, code or passkey; few tries, which end the sign-in they came from and nobody else's (OUT-2)."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from clinic import identity
from clinic.findings import Refused
from clinic.identity import MOST_AS_SECOND, MOST_BY_PIN, MOST_TRIES, Given, SignInEndedError, confirm_identity, confirm_second
from clinic.models import AuditEntry, Notice, User
from clinic.queries.reviews import GUESSING
from tests.cast import NOW, Cast
from tests.factories.clinic import PASSWORD
from tests.support.factors import asked_by, asks_for_both, code, give_code, sign_in_by_page, with_app

RIGHT, WRONG = Given(PASSWORD), Given("wrong")


@pytest.mark.parametrize("password", ["wrong", PASSWORD.upper()])
def test_a_wrong_password_signs_nothing(cast: Cast, password: str) -> None:
    with pytest.raises(Refused, match="not your password") as refusal:
        confirm_identity(asked_by(cast.nurse), Given(password))
    assert [finding.code for finding in refusal.value.findings] == ["OUT-2.identity"]
    assert AuditEntry.objects.get(action="identity.failed").target_pk == str(cast.nurse.pk)


def test_the_fifth_wrong_try_in_a_row_ends_the_sign_in(cast: Cast) -> None:
    request = asked_by(cast.nurse)
    for _ in range(2):
        for _ in range(MOST_TRIES - 1):
            with pytest.raises(Refused, match="not your password"):
                confirm_identity(request, WRONG)
        assert confirm_identity(request, RIGHT).method == "password"
    for _ in range(MOST_TRIES - 1):
        with pytest.raises(Refused):
            confirm_identity(request, WRONG)
    with pytest.raises(SignInEndedError):
        confirm_identity(request, WRONG)
    assert confirm_identity(asked_by(cast.nurse), RIGHT).user == cast.nurse, "another sign-in of the same person goes on"


def test_a_lock_in_between_gives_no_try_back(cast: Cast) -> None:
    """Locking changes the session's key; a PIN that somebody saw opens one sign-in after another."""
    request = asked_by(cast.nurse)
    for _ in range(MOST_TRIES - 1):
        with pytest.raises(Refused):
            confirm_identity(request, WRONG)
        request.session.cycle_key()
    with pytest.raises(SignInEndedError):
        confirm_identity(request, WRONG)
    found = []
    for _ in range(MOST_BY_PIN + 2):
        by_pin = asked_by(cast.nurse)
        by_pin.session["lock"] = {"who": cast.nurse.pk, "pin": True}
        with pytest.raises(Refused) as refusal:
            confirm_identity(by_pin, WRONG)
        found += [finding.code for finding in refusal.value.findings]
    assert found == ["OUT-2.identity"] * MOST_BY_PIN + ["OUT-2.tries"] * 2
    assert confirm_identity(asked_by(cast.nurse), RIGHT).user == cast.nurse, "a sign-in by password signs all the same"


def test_whom_a_colleague_stops_beside_them_is_not_stopped_elsewhere(cast: Cast) -> None:
    pages = [asked_by(cast.nurse), asked_by(cast.second_nurse)]
    for _ in range(MOST_AS_SECOND + MOST_TRIES):
        with pytest.raises(Refused):
            confirm_second(pages[0], cast.prescriber, WRONG)
    assert confirm_second(pages[1], cast.prescriber, RIGHT).user == cast.prescriber


def test_a_flood_elsewhere_gives_no_try_back(cast: Cast) -> None:
    request = asked_by(cast.nurse)
    for _ in range(MOST_TRIES - 1):
        with pytest.raises(Refused):
            confirm_identity(request, WRONG)
    for number in range(320):
        cache.set(f"sign-in-of-nobody-{number}", 1)
    with pytest.raises(SignInEndedError):
        confirm_identity(request, WRONG)


def test_posts_at_the_same_moment_have_no_more_tries(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    request, looked_at = asked_by(cast.nurse), []

    def slow(user: User, password: str) -> bool:
        looked_at.append(password)  # and while this one is hashed the next one comes
        with pytest.raises((Refused, SignInEndedError)):
            confirm_identity(request, WRONG)
        return False

    monkeypatch.setattr(User, "check_password", slow)
    with pytest.raises((Refused, SignInEndedError)):
        confirm_identity(request, WRONG)
    assert len(looked_at) == MOST_TRIES


def test_somebody_who_was_disabled_cannot_sign(cast: Cast) -> None:
    cast.nurse.is_active = False
    with pytest.raises(Refused):
        confirm_identity(asked_by(cast.nurse), RIGHT)
    with pytest.raises(Refused):
        confirm_second(asked_by(cast.prescriber), cast.nurse, RIGHT)


@pytest.mark.parametrize("answer", ["", "{}", "[]", "null", "x", '{"id": 1}', '{"id":"AA","rawId":"AA","type":"public-key","response":{}}'])
def test_junk_is_no_passkey(cast: Cast, answer: str) -> None:
    request = asked_by(cast.nurse)
    assert not identity.is_passkey_right(request, cast.nurse, answer)
    request.session[identity.ASKED] = {"challenge": "AAAA", "user_verification": "required"}
    assert not identity.is_passkey_right(request, cast.nurse, answer)
    assert identity.ASKED not in request.session, "a challenge holds for one answer"


# --- on a page -------------------------------------------------------------------------------------------------------
@pytest.fixture
def page(cast: Cast, prescriber_here, still_clock):
    """A page with a signature, and a sign-in with both factors at a site that wants both."""
    from tests.factories.sessions import at_state

    asks_for_both(cast.riverside)
    with_app(cast.nurse)
    with_app(cast.prescriber)
    client, _ = sign_in_by_page(cast.nurse)
    give_code(client, code())
    session = at_state("discharged", cast, first_device_at=NOW - timedelta(minutes=300))
    return client, reverse("addendum_add", args=["riverside", session.pk])


def sign(page: tuple[Client, str], **given: str):
    client, url = page
    return client.post(url, {"client_key": "6f1c1c0e-0000-4000-8000-000000000001", "text": "More", "reason": "Forgotten", **given})


def test_the_first_signature_of_a_sign_in_takes_both(page, still_clock) -> None:
    still_clock.shift(timedelta(seconds=30))
    assert "password_code" in page[0].get(page[1]).content.decode()
    refused = sign(page, password=PASSWORD)
    assert refused.status_code == 422
    assert "Type the code of your app too" in refused.content.decode()
    assert "The password or the code is wrong" in sign(page, password=PASSWORD, password_code="000000").content.decode()
    assert sign(page, password=PASSWORD, password_code=code()).status_code == 303
    assert "password_code" not in page[0].get(page[1]).content.decode()
    refused = sign(page, password="wrong")
    assert "That is not your password" in refused.content.decode()


def test_five_failures_end_the_sign_in_and_say_so(page, cast: Cast) -> None:
    for _ in range(4):
        assert sign(page, password="wrong", password_code="000000").status_code == 422
    over = sign(page, password="wrong", password_code="000000")
    assert (over.status_code, over.headers["Location"]) == (303, reverse("account_login"))
    assert not get_user(page[0]).is_authenticated
    assert "Wrong five times" in page[0].get(over.headers["Location"]).content.decode()
    assert AuditEntry.objects.filter(action="identity.failed", site=cast.riverside).count() == 5
    assert AuditEntry.objects.filter(action="account.sign_in_ended", target_pk=str(cast.nurse.pk)).count() == 1
    told = Notice.objects.get(kind=GUESSING)
    assert (told.site, told.due_at) == (cast.riverside, NOW + timedelta(hours=72))
    assert AuditEntry.objects.get(pk=told.target_pk).action == "identity.stopped"


def test_a_second_person_gives_both_each_time(page, cast: Cast, still_clock) -> None:
    request = asked_by(cast.nurse)
    request.both_to_sign = True
    for _ in range(2):
        still_clock.shift(timedelta(seconds=30))
        with pytest.raises(Refused, match="this signature takes both"):
            confirm_second(request, cast.prescriber, RIGHT)
        assert confirm_second(request, cast.prescriber, Given(PASSWORD, code())).method == "both"
