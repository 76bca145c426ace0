"""The second step of sign-in: asked where the policy says so, set up before anything else, never got around; its secrets locked at rest."""

import base64
import io
import json
import re
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth import get_user
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.test import Client
from django.test.utils import override_settings
from django.urls import reverse

from clinic.access import open_memberships
from clinic.actions.account import reset_second_factor
from clinic.findings import Refused
from clinic.models import AuditEntry, Membership, Screen, SitePolicy
from clinic.second_factor import SecondFactorOwedError, demand
from config import factors
from tests.cast import NOW, TODAY, Cast
from tests.factories.clinic import PASSWORD, MembershipFactory, SiteFactory
from tests.support.factors import SECRET, asked_by, asks_for_both, code, give_code, sign_in_by_page, with_app

BOARD = reverse("board", args=["riverside"])
# Its extensions are said to follow, and stop after their first byte.
CUT = base64.urlsafe_b64encode(bytes(32) + b"\x85" + bytes(4) + b"\xbf").decode().rstrip("=")
PARTS = {"clientDataJSON": "e30", "userHandle": "MQ", "signature": "cw", "authenticatorData": CUT}
TRUNCATED = json.dumps({"id": "eHh4eA", "rawId": "eHh4eA", "type": "public-key", "response": PARTS})


def who(client: Client):
    return get_user(client)


def actions() -> list[str]:
    return list(AuditEntry.objects.filter(action__startswith="account.").order_by("pk").values_list("action", flat=True))


def test_who_must_set_one_up_is_led_there_before_anything_else(transactional_db: None, cast: Cast, still_clock) -> None:
    asks_for_both(cast.riverside)
    client, answer = sign_in_by_page(cast.nurse)
    assert answer.url == "/"
    for url in (BOARD, reverse("patient_list", args=["riverside"]), reverse("staff", args=["riverside"])):
        assert client.get(url).headers["Location"] == reverse("mfa_index")
    assert client.get(BOARD, headers={"HX-Request": "true"}).headers["HX-Redirect"] == reverse("mfa_index")
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    secret = re.search(r'id="authenticator_secret">(\w+)<', page)[1]
    assert client.post(reverse("mfa_activate_totp"), {"code": "000000"}).status_code == 200
    answer = client.post(reverse("mfa_activate_totp"), {"code": code(secret)})
    assert answer.url == reverse("mfa_view_recovery_codes")
    assert len(re.findall(r"<li>\d{8}</li>", client.get(answer.url).content.decode())) == 10
    assert "<li>" not in re.sub(r'(?s)^.*id="main"', "", client.get(answer.url).content.decode()), "they are shown once"
    assert client.get(BOARD).status_code == 200
    assert actions() == ["account.signed_in", "account.factor_added", "account.factor_added"]


def test_a_site_that_does_not_ask_yet_opens_without(cast: Cast, sign_in) -> None:
    SitePolicy.objects.create(site=cast.riverside, effective_on=TODAY + timedelta(days=1), second_factor=True, recorded_at=NOW)
    assert sign_in(cast.nurse).get(BOARD).status_code == 200


def test_the_password_alone_signs_nobody_in_who_has_an_app(cast: Cast, still_clock) -> None:
    with_app(cast.nurse)
    client, answer = sign_in_by_page(cast.nurse)
    assert answer.url == reverse("mfa_authenticate")
    assert client.get(answer.url).status_code == 200
    assert client.get(BOARD).url.startswith(reverse("account_login"))
    assert give_code(client, "000000").status_code == 200
    assert not who(client).is_authenticated
    shown = code()
    assert give_code(client, shown).url == "/"
    assert who(client) == cast.nurse
    again, _ = sign_in_by_page(cast.nurse)
    assert give_code(again, shown).status_code == 200, "a code holds once"
    still_clock.shift(timedelta(seconds=30))
    assert give_code(again, shown).status_code == 200, "and for its own half minute"
    assert give_code(again, code()).status_code == 302


def test_five_wrong_codes_close_the_account_for_a_while(cast: Cast, still_clock) -> None:
    with_app(cast.nurse)
    client, _ = sign_in_by_page(cast.nurse)
    for _ in range(5):
        give_code(client, "000000")
    assert give_code(client, code()).status_code == 200
    assert actions() == ["account.factor_failed"] * 5
    with_app(cast.prescriber)
    other, _ = sign_in_by_page(cast.prescriber)
    assert give_code(other, code()).status_code == 302, "a colleague behind the same router is let in"


def test_a_sign_in_that_never_showed_it_is_asked_when_the_site_asks(cast: Cast, sign_in) -> None:
    """It was set up elsewhere, or by a thief with the password: this sign-in has the password alone."""
    asks_for_both(cast.riverside)
    with_app(cast.nurse)
    client = sign_in(cast.nurse)
    answer = client.get(BOARD)
    assert answer.headers["Location"] == f"{reverse('mfa_reauthenticate')}?next={BOARD.replace('/', '%2F')}"
    assert client.get(answer.headers["Location"]).status_code == 200
    assert client.post(answer.headers["Location"], {"code": code(), "next": BOARD}).url == BOARD
    assert client.get(BOARD).status_code == 200


def test_a_recovery_code_lets_in_once(cast: Cast, still_clock) -> None:
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    with_app(cast.nurse)
    first = RecoveryCodes.activate(cast.nurse).get_unused_codes()[0]
    client, _ = sign_in_by_page(cast.nurse)
    assert give_code(client, first).status_code == 302
    again, _ = sign_in_by_page(cast.nurse)
    assert give_code(again, first).status_code == 200
    assert "account.code_used" in actions()


def test_a_new_password_by_mail_does_not_skip_it(cast: Cast, still_clock, mailoutbox) -> None:
    with_app(cast.nurse)
    inside, _ = sign_in_by_page(cast.nurse)
    give_code(inside, code())
    client = Client()
    client.post(reverse("account_reset_password"), {"email": cast.nurse.email})
    link = re.search(r"https?://[^/]+(\S+)", mailoutbox[0].body)[1]
    fresh = "eleven purple lanterns hum"
    answer = client.post(client.get(link).url, {"password1": fresh, "password2": fresh})
    assert answer.url == reverse("account_reset_password_from_key_done")
    assert not who(client).is_authenticated
    assert not who(inside).is_authenticated, "whoever was signed in is out"
    _, answer = sign_in_by_page(cast.nurse, password=fresh, client=client)
    assert answer.url == reverse("mfa_authenticate")


def test_removing_the_last_one_leads_to_a_new_one(cast: Cast, still_clock) -> None:
    asks_for_both(cast.riverside)
    with_app(cast.nurse)
    client, _ = sign_in_by_page(cast.nurse)
    give_code(client, code())
    assert client.get(BOARD).status_code == 200
    client.post(reverse("mfa_deactivate_totp"))
    assert not Authenticator.objects.filter(user=cast.nurse).exists()
    assert client.get(BOARD).headers["Location"] == reverse("mfa_index")


def test_an_administrator_takes_a_colleagues_away_never_their_own(cast: Cast, still_clock) -> None:
    with_app(cast.nurse)
    theirs, _ = sign_in_by_page(cast.nurse)
    give_code(theirs, code())
    mine, _ = sign_in_by_page(cast.admin)
    with_app(cast.admin)
    member = cast.of(cast.nurse)
    assert "Take the second step away" in mine.get(reverse("staff_member", args=["riverside", member.pk])).content.decode()
    assert mine.post(reverse("reset_factor", args=["riverside", member.pk])).status_code == 303
    assert not Authenticator.objects.filter(user=cast.nurse).exists()
    assert not who(theirs).is_authenticated
    entry = AuditEntry.objects.get(action="member.factor_reset")
    assert (entry.actor, entry.site, entry.target_pk) == (cast.admin, cast.riverside, str(member.pk))
    refused = mine.post(reverse("reset_factor", args=["riverside", cast.of(cast.admin).pk]))
    assert refused.status_code == 422
    assert Authenticator.objects.filter(user=cast.admin).exists()


def test_another_organisation_or_a_former_site_takes_nothing_away(cast: Cast, still_clock) -> None:
    with_app(cast.nurse)
    admin, member = cast.admin, cast.of(cast.nurse)
    other = MembershipFactory(site=SiteFactory(), user=cast.nurse)
    for change in ({}, {"is_active": False, "ended_at": NOW}):
        Membership.objects.filter(pk=member.pk).update(**change, role=member.role)
        with pytest.raises(Refused):
            reset_second_factor(member, by=admin, now=NOW)
    assert Authenticator.objects.filter(user=cast.nurse).exists()
    call_command("reset_second_factor", cast.nurse.email.upper(), stdout=io.StringIO())
    assert not Authenticator.objects.filter(user=cast.nurse).exists()
    assert AuditEntry.objects.filter(action="account.factors_reset", target_pk=str(cast.nurse.pk)).exists()
    assert other.is_active
    with pytest.raises(CommandError):
        call_command("reset_second_factor", "nobody@clinic.example")


def test_who_has_a_second_step_gives_the_password_again_before_adding_one(cast: Cast, still_clock) -> None:
    client, _ = sign_in_by_page(cast.nurse)
    assert client.get(reverse("mfa_activate_totp")).status_code == 200  # led there a moment ago, with none yet
    with_app(cast.nurse)
    still_clock.shift(timedelta(seconds=60))
    theirs, _ = sign_in_by_page(cast.nurse)
    give_code(theirs, code())
    for name in ("mfa_add_webauthn", "mfa_generate_recovery_codes"):
        assert theirs.get(reverse(name)).status_code == 302


def test_a_pin_is_enough_at_a_tablet_of_that_site_alone(cast: Cast, still_clock) -> None:
    asks_for_both(cast.riverside)
    for site, is_enough in ((cast.riverside, True), (cast.hillcrest, False)):
        request = asked_by(cast.nurse)
        request.session["lock"] = {"who": cast.nurse.pk, "pin": True}
        request.tablet = Screen(site=site)
        place = open_memberships.first(cast.nurse.pk, "riverside", NOW)
        if is_enough:
            demand(request, place)
        else:
            with pytest.raises(SecondFactorOwedError):
                demand(request, place)


@pytest.mark.parametrize("credential", ["[" * 8000, "[]", "7", '{"type": "public-key"}', TRUNCATED])
def test_a_made_up_passkey_is_a_wrong_answer(cast: Cast, credential: str) -> None:
    answer = Client().post(reverse("mfa_login_webauthn"), {"credential": credential})
    assert answer.status_code in (200, 302, 422)


def test_nobody_inherits_the_second_step_of_who_sat_here_before(cast: Cast, still_clock) -> None:
    from clinic.second_factor import MARK

    asks_for_both(cast.riverside)
    client = Client()
    client.force_login(cast.nurse)
    session = client.session
    session[MARK] = f"{cast.prescriber.pk} totp"
    session.save()
    assert client.get(BOARD).headers["Location"] == reverse("mfa_index")


def test_secrets_are_locked_at_rest_and_keys_change(cast: Cast, still_clock) -> None:
    row = with_app(cast.nurse)
    assert SECRET not in str(row.data)
    with override_settings(SECRET_KEY="another", SECRET_KEY_FALLBACKS=["for-demonstrations-and-tests-alone"]):
        assert row.wrap().validate_code(code())
        assert factors.relock() == 1
    row.refresh_from_db()
    with override_settings(SECRET_KEY="another", SECRET_KEY_FALLBACKS=[]):
        still_clock.shift(timedelta(seconds=30))
        assert row.wrap().validate_code(code())
    with pytest.raises(ImproperlyConfigured, match="VIGIL_OLD_SECRET_KEYS"):
        row.wrap().validate_code(code())


def test_the_pages_need_ones_own_sign_in_and_the_password_again(cast: Cast, sign_in, still_clock) -> None:
    client = sign_in(cast.nurse)
    for name in ("mfa_activate_totp", "mfa_add_webauthn", "mfa_generate_recovery_codes"):
        assert client.get(reverse(name)).url.startswith(reverse("account_reauthenticate"))
    assert client.get(reverse("mfa_index")).status_code == 200
    assert client.post(reverse("account_reauthenticate"), {"password": PASSWORD, "next": reverse("mfa_add_webauthn")}).status_code == 302
    assert "passkey-options" in client.get(reverse("mfa_add_webauthn")).content.decode()
    for name in ("mfa_list_webauthn", "mfa_generate_recovery_codes", "mfa_activate_totp", "sign_ins"):
        assert client.get(reverse(name)).status_code == 200
    for name in ("mfa_index", "sign_ins"):
        assert Client().get(reverse(name)).url.startswith(reverse("account_login"))
