"""Enrolling and revoking screens: the address is shown once, the token stored hashed, what doesn't fit refused."""

import re

import pytest
from django.urls import reverse

from clinic.actions.screens import enrol_screen, revoke_screen
from clinic.findings import Refused
from clinic.models import AuditEntry, Screen
from clinic.queries.screens import screen_of
from tests.cast import NOW

URL = reverse("screens", args=["riverside"])


def test_the_address_is_shown_once_and_never_again(cast, sign_in) -> None:
    admin = sign_in(cast.admin)
    answer = admin.post(URL, {"name": "Corridor", "kind": "wall", "chair": ""})
    assert (answer.status_code, answer["Location"]) == (303, URL)
    page = admin.get(URL).content.decode()
    token = re.search(r"/r/([\w-]+)/", page)[1]
    assert "<svg width" in page
    screen = Screen.objects.get()
    assert (screen_of(token), screen.enrolled_by, screen.kind) == (screen, cast.admin, "wall")
    assert token not in admin.get(URL).content.decode()
    entry = AuditEntry.objects.get(action="screen.enrolled")
    assert token not in entry.body + screen.token_sha256


@pytest.mark.parametrize(
    ("posted", "words"),
    [
        ({"name": "", "kind": "wall"}, "required"),
        ({"name": "Bed", "kind": "patient"}, "Say which chair"),
        ({"name": "Wall", "kind": "wall", "chair": "first"}, "leave the chair empty"),
        ({"name": "corridor", "kind": "wall"}, "already has a screen of that name"),
        ({"name": "Bed", "kind": "patient", "chair": "theirs"}, "Select a valid choice"),
        ({"name": "Bed", "kind": "kiosk"}, "Select a valid choice"),
    ],
    ids=["no name", "no chair", "a chair too many", "same name", "another site's chair", "no such kind"],
)  # fmt: skip
def test_what_does_not_fit_is_refused(cast, sign_in, posted, words) -> None:
    enrol_screen(cast.riverside, name="Corridor", kind="wall", chair=None, by=cast.admin, now=NOW)
    chairs = {"first": cast.chairs[0].pk, "theirs": cast.hillcrest_chair.pk, "": ""}
    answer = sign_in(cast.admin).post(URL, posted | {"chair": chairs[posted.get("chair", "")]})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert Screen.objects.count() == 1


def test_revoking_ends_it_for_good_and_frees_its_name(cast, sign_in) -> None:
    screen, token = enrol_screen(cast.riverside, name="Corridor", kind="wall", chair=None, by=cast.admin, now=NOW)
    admin = sign_in(cast.admin)
    for _ in range(2):
        assert admin.post(reverse("revoke_screen", args=["riverside", screen.pk])).status_code == 303
    screen.refresh_from_db()
    assert (screen.revoked_at, screen.revoked_by, screen_of(token)) == (NOW, cast.admin, None)
    assert AuditEntry.objects.filter(action="screen.revoked").count() == 1
    enrol_screen(cast.riverside, name="Corridor", kind="wall", chair=None, by=cast.admin, now=NOW)
    assert "Revoked" in admin.get(URL).content.decode()


def test_a_second_screen_of_a_name_needs_the_first_one_gone(cast) -> None:
    screen, _ = enrol_screen(cast.riverside, name="Bed", kind="patient", chair=cast.chairs[0], by=cast.admin, now=NOW)
    with pytest.raises(Refused):
        enrol_screen(cast.riverside, name="BED", kind="room", chair=cast.chairs[1], by=cast.admin, now=NOW)
    revoke_screen(screen, by=cast.admin, now=NOW)
    assert enrol_screen(cast.riverside, name="BED", kind="room", chair=cast.chairs[1], by=cast.admin, now=NOW)[0].pk
