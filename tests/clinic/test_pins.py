"""PINs: which digits are good enough, set after the password, hashed, taken away; a PIN sign-in lacks what the table says."""

import pytest
from django.urls import reverse

from clinic.locking import state
from clinic.models import AuditEntry, Pin
from clinic.roles import PIN_LACKS, Permission
from clinic.rules.pins import pin_findings
from tests.factories.clinic import PASSWORD

URL = reverse("my_pin", args=["riverside"])
GOOD = {"password": PASSWORD, "pin": "240719", "again": "240719"}


@pytest.mark.parametrize(
    "pin", ["12345", "1234567", "abcdef", "", "１２３４５６", "123456", "987654", "890123", "111111", "121212", "123123", "112211", "135791"]
)
def test_what_everybody_tries_first_is_refused(pin) -> None:
    assert pin_findings(pin)


@pytest.mark.parametrize("pin", ["240719", "902713", "110528"])
def test_other_six_digits_are_good(pin) -> None:
    assert pin_findings(pin) == []


def test_a_pin_is_set_after_the_password_hashed_and_taken_away(cast, sign_in) -> None:
    nurse = sign_in(cast.nurse)
    for _ in range(2):
        assert nurse.post(URL, GOOD).status_code == 303
    pin = Pin.objects.get()
    assert (pin.membership, pin.site) == (cast.of(cast.nurse), cast.riverside)
    assert "240719" not in pin.hashed
    assert "240719" not in "".join(AuditEntry.objects.values_list("body", flat=True))
    assert "Your PIN is set" in nurse.get(URL).text
    for _ in range(2):
        assert nurse.post(reverse("remove_my_pin", args=["riverside"])).status_code == 303
    assert not Pin.objects.exists()
    assert list(AuditEntry.objects.filter(action__startswith="pin.").order_by("pk").values_list("action", flat=True)) == [
        "pin.set",
        "pin.set",
        "pin.removed",
    ]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"password": "wrong"}, "not your password"),
        ({"pin": "123456", "again": "123456"}, "guessed first"),
        ({"again": "240718"}, "not the same"),
        ({"pin": "", "again": ""}, "required"),
    ],
)
def test_what_is_not_good_sets_nothing(cast, sign_in, change, words) -> None:
    answer = sign_in(cast.nurse).post(URL, GOOD | change)
    assert answer.status_code == 422
    assert words in answer.text
    assert "240719" not in answer.text
    assert not Pin.objects.exists()


PAGES = {
    Permission.MANAGE_SITE: ("site_settings", "policies", "screens"), Permission.MANAGE_STAFF: ("invite",), Permission.VIEW_AUDIT: ("audit", "disclosures"),
    Permission.EXPORT: ("exports", "binder"), Permission.ANSWER_AUDIT: (),
    Permission.BREAK_GLASS: (), Permission.REVIEW_AUDIT: ("emergency_reads", "audit_review"),
}  # fmt: skip


def test_a_sign_in_by_pin_is_not_enough_for_what_the_table_lists(cast, sign_in) -> None:
    """Settings, staff, the trail, exports, and the account's own pages; the floor is open. The attempt leaves its entry."""
    assert set(PAGES) == PIN_LACKS
    admin = sign_in(cast.admin)
    assert admin.post(reverse("enrol_tablet", args=["riverside"]), {"name": "Floor"}).status_code == 303
    assert admin.get(reverse("board", args=["riverside"])).status_code == 200
    session = admin.session
    session["lock"] = session["lock"] | {"pin": True, "full": False}
    session.save()
    urls = [reverse(name, args=["riverside"]) for names in PAGES.values() for name in names] + [
        reverse("account_change_password"),
        reverse("feeds", args=["riverside"]),
    ]
    for url in urls:
        answer = admin.get(url)
        assert (answer.status_code, "Your password is wanted" in answer.text) == (403, True), url
    assert AuditEntry.objects.filter(action="access.denied").count() == len(urls) - 2
    assert admin.get(reverse("board", args=["riverside"])).status_code == 200
    session = admin.session
    state.unlock(session, now=state.moment(session["lock"]["acted"]))
    session.save()
    assert session["lock"]["pin"], "a password at the lock makes no full sign-in of it: its second factor was never given"
