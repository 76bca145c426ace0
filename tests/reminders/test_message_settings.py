"""The settings of messages: how the site sends, its own words by version, the preview; who may, and what is refused."""

from collections.abc import Callable
from datetime import time, timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client

from clinic.models import AuditEntry
from reminders.models import SiteMessaging, Wording
from reminders.queries.wordings import shipped, words_for
from reminders.rules.messaging import bounds_findings, provider_findings
from tests.cast import NOW, Cast

SETTINGS = "/riverside/settings/messages/"
WORDING = f"{SETTINGS}day_before/"
SENDING = {"provider": "http", "sender": "+1 (518) 555-0199", "texts_per_week": "3", "quiet_until": "09:00", "quiet_from": "20:00"}


def typed(**changed: str) -> dict[str, str]:
    words = {language: shipped("day_before", language) for language in ("en", "es")}
    return {f"{part}_{language}": getattr(said, part) for language, said in words.items() for part in ("subject", "body", "text")} | changed


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({}, None), ({"provider": ""}, None), ({"provider": "twilio"}, "provider"), ({"sender": ""}, "sender"), ({"sender": "12"}, "sender"),
        ({"sender": "12345"}, None),
    ],
)  # fmt: skip
def test_the_rules_of_a_provider(changed: dict[str, str], field: str | None) -> None:
    found = provider_findings(**{"provider": "http", "sender": "+15185550199", "ready": ["http"], **changed})  # type: ignore[arg-type]
    assert [finding.field for finding in found] == ([field] if field else [])


@pytest.mark.parametrize(
    ("changed", "fields"),
    [
        ({}, []), ({"texts_per_week": 0}, ["texts_per_week"]), ({"texts_per_week": 8}, ["texts_per_week"]),
        ({"quiet_until": time(7, 59)}, ["quiet_until"]), ({"quiet_from": time(21, 1)}, ["quiet_from"]), ({"quiet_from": time(11, 59)}, ["quiet_from"]),
    ],
)  # fmt: skip
def test_the_bounds_of_the_law(changed: dict[str, Any], fields: list[str]) -> None:
    values = {"texts_per_week": 4, "quiet_until": time(8), "quiet_from": time(21), **changed}
    assert [finding.field for finding in bounds_findings(**values)] == fields


def test_sending_is_changed_and_kept_in_the_trail(cast: Cast, sign_in: Callable[..., Client]) -> None:
    client = sign_in(cast.admin)
    assert client.post(SETTINGS, SENDING).status_code == 303
    row = SiteMessaging.objects.get(site=cast.riverside)
    assert (row.sender, row.texts_per_week, row.quiet_until, row.changed_by) == ("+15185550199", 3, time(9), cast.admin)
    client.post(SETTINGS, SENDING)
    assert AuditEntry.objects.filter(action="messaging.changed").count() == 1


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"quiet_until": "06:00"}, "before 8:00"), ({"texts_per_week": "9"}, "Between 1 and 7"), ({"sender": ""}, "Which number"),
        ({"provider": "pigeon"}, "valid choice"), ({"texts_per_week": "x\x00"}, "whole number"), ({"provider": "twilio"}, "no account"),
    ],
)  # fmt: skip
def test_what_is_out_of_bounds_is_said_and_nothing_written(
    cast: Cast, sign_in: Callable[..., Client], settings: LazySettings, changed: dict[str, str], words: str
) -> None:
    settings.VIGIL_TWILIO_ACCOUNT = ""
    response = sign_in(cast.admin).post(SETTINGS, SENDING | changed)
    assert response.status_code == 422
    assert words in response.content.decode()
    assert not SiteMessaging.objects.exists()


def test_own_words_are_a_new_version_and_the_shipped_ones_can_return(cast: Cast, sign_in: Callable[..., Client]) -> None:
    client = sign_in(cast.admin)
    assert client.post(WORDING, typed(subject_en="See you tomorrow")).status_code == 303
    assert words_for(cast.riverside.pk, "day_before", "en", NOW).subject == "See you tomorrow"
    assert not Wording.objects.filter(language="es").exists()
    assert "Own words" in client.get(SETTINGS).content.decode()
    assert client.post(f"{WORDING}shipped/").status_code == 303
    assert words_for(cast.riverside.pk, "day_before", "en", NOW) == shipped("day_before", "en")
    assert list(Wording.objects.order_by("version").values_list("version", "is_shipped")) == [(1, False), (2, True)]
    assert AuditEntry.objects.filter(action__startswith="wording.").count() == 2
    client.post(f"{WORDING}shipped/")
    assert Wording.objects.count() == 2


def test_words_may_hold_from_a_later_moment_on(cast: Cast, sign_in: Callable[..., Client]) -> None:
    client = sign_in(cast.admin)
    later = NOW + timedelta(days=2)
    assert client.post(WORDING, typed(subject_en="Soon", from_at=f"{later.astimezone(cast.riverside.zone):%Y-%m-%dT%H:%M}")).status_code == 303
    assert words_for(cast.riverside.pk, "day_before", "en", NOW).version == 0
    assert words_for(cast.riverside.pk, "day_before", "en", later).subject == "Soon"


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({}, "Nothing differs"), ({"from_at": "2020-01-01T10:00"}, "has passed"), ({"text_es": "{place} {nombre}"}, "no placeholder {nombre}"),
        ({"body_en": "{place} {phone} {link} no esketamine"}, "tells what is treated"), ({"text_en": "{place} {phone} Reply CANCEL. STOP ends"}, "never ask for it"),
        ({"subject_en": ""}, "required"), ({"body_en": "a\x00b"}, "Use letters"), ({"text_en": "{place} {phone} STOP " + "x" * 150}, "160 letters"),
        ({"body_es": "{"}, "Braces"),
    ],
)  # fmt: skip
def test_words_that_break_a_rule_are_refused_beside_the_field(
    cast: Cast, sign_in: Callable[..., Client], changed: dict[str, str], words: str
) -> None:
    response = sign_in(cast.admin).post(WORDING, typed(**changed))
    assert response.status_code == 422
    assert words in response.content.decode()
    assert not Wording.objects.exists()


def test_the_preview_follows_the_typing_and_comes_by_a_button_too(cast: Cast, sign_in: Callable[..., Client]) -> None:
    client = sign_in(cast.admin)
    words = typed(subject_en="Until tomorrow", text_es="{place", body_es="a\x00\x1b")
    fragment = client.post(f"{WORDING}preview/", words, headers={"HX-Request": "true"}).content.decode()
    assert fragment.lstrip().startswith('<div id="preview"') or '<div id="preview"' in fragment[:300]
    assert "<html" not in fragment
    assert "Until tomorrow" in fragment
    assert "Braces" in fragment
    page = client.post(f"{WORDING}preview/", words)
    assert page.status_code == 200
    assert 'value="Until tomorrow"' in page.content.decode()
    assert not Wording.objects.exists()


def test_support_staff_may_not_and_strangers_see_nothing(cast: Cast, sign_in: Callable[..., Client], client: Client) -> None:
    assert client.get(WORDING).status_code == 302
    assert sign_in(cast.nurse).post(WORDING, typed(subject_en="No")).status_code == 403
    assert sign_in(cast.stranger).post(SETTINGS, SENDING).status_code == 404
    assert sign_in(cast.admin).get(f"{SETTINGS}nonsense/").status_code == 404
    assert not Wording.objects.exists()
