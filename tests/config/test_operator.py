"""The page that checks the configuration: every judgement, and that it comes whatever is down, for the administrator alone."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from config.operating import judging, parts, selfcheck
from config.operating.asking import BAD, GOOD, WARN, Finding
from tests.cast import Cast

STRONG = "k3y-" + "".join(chr(97 + (i * 7) % 26) for i in range(60))
ASKED = {"is_production": True, "arrives_secure": True, "proxies": 1, "hsts": 1}


@pytest.mark.engine_free
@pytest.mark.parametrize(
    ("found", "state"),
    [
        (judging.secret(STRONG, is_production=True), GOOD),
        (judging.secret("ab" * 40, is_production=True), BAD),
        (judging.secret(STRONG[:40], is_production=True), BAD),
        (judging.secret("for-demonstrations", is_production=False), WARN),
        (judging.old_secrets(0), GOOD),
        (judging.old_secrets(2), WARN),
        (judging.origin("https://watch.clinic.health", ["watch.clinic.health"], is_production=True), GOOD),
        (judging.origin("https://watch.clinic.health", [".clinic.health"], is_production=True), GOOD),
        (judging.origin("https://watch.clinic.health", ["clinic.health"], is_production=True), BAD),
        (judging.origin("https://vigil.example", ["vigil.example"], is_production=True), BAD),
        (judging.origin("https://watch.clinic.health", ["*"], is_production=True), BAD),
        (judging.origin("http://127.0.0.1:8000", ["127.0.0.1"], is_production=False), GOOD),
        (judging.tls(**ASKED), GOOD),
        (judging.tls(**{**ASKED, "arrives_secure": False}), BAD),
        (judging.tls(**{**ASKED, "hsts": 0}), BAD),
        (judging.tls(**{**ASKED, "is_production": False}), WARN),
        (judging.sender("clinic@clinic.health", is_production=True), GOOD),
        (judging.sender("Vigil <clinic@demo.example>", is_production=True), BAD),
        (judging.sender("clinic@demo.example", is_production=False), GOOD),
        (judging.drift(timedelta(seconds=-2)), GOOD),
        (judging.drift(timedelta(seconds=-3)), WARN),
        (judging.drift(timedelta(seconds=31)), BAD),
        (judging.migrations([]), GOOD),
        (judging.migrations(["clinic 0001", "clinic 0002"]), BAD),
        (judging.guards([]), GOOD),
        (judging.guards(["vigil_keep_x"]), BAD),
        (judging.row_security(is_on=True, has_role=True, is_owner=False), GOOD),
        (judging.row_security(is_on=True, has_role=True, is_owner=True), WARN),
        (judging.row_security(is_on=True, has_role=False, is_owner=True), BAD),
        (judging.row_security(is_on=True, has_role=False, is_owner=False), BAD),
        (judging.row_security(is_on=False, has_role=True, is_owner=True), WARN),
        (judging.row_security(is_on=False, has_role=True, is_owner=False), BAD),
        (judging.debug(True), BAD),
        (judging.debug(False), GOOD),
    ],
)
def test_each_judgement(found: Finding, state: str) -> None:
    assert found.state == state
    assert bool(found.todo) == (state != GOOD)
    assert STRONG not in found.words


@pytest.mark.django_db
def test_the_page_comes_whatever_is_down(cast: Cast, sign_in: Callable[..., Client], monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    def gone() -> Finding:
        raise OperationalError("host=db password=hunter2")

    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = "django.core.mail.backends.smtp.EmailBackend", "127.0.0.1", 1
    settings.REDIS_URL = "redis://:hunter2@127.0.0.1:1/0"
    monkeypatch.setattr(selfcheck, "pending_migrations", gone)
    response = sign_in(cast.admin).get(reverse("operator", args=["riverside"]))
    told = response.content.decode()
    assert response.status_code == 200
    for words in (
        "failed (OperationalError)",
        "failed (ConnectionError)",
        "failed (ConnectionRefusedError)",
        "Start Redis",
        "all stand",
        "Last drill",
    ):
        assert words in told
    assert "hunter2" not in told
    assert settings.SECRET_KEY not in told


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["desk", "support", "nurse", "prescriber", "auditor"])
def test_it_is_the_administrators(who: str, cast: Cast, sign_in: Callable[..., Client]) -> None:
    assert sign_in(cast.person(who)).get(reverse("operator", args=["riverside"])).status_code == 403
    assert sign_in(cast.stranger).get(reverse("operator", args=["riverside"])).status_code == 404


@pytest.mark.django_db
def test_the_same_in_a_terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandError, match=r"Bad: .*redis"):
        call_command("check_operation")
    told = capsys.readouterr().out
    assert "bad   Redis: failed (ConnectionError)  → Start Redis" in told
    monkeypatch.setattr(parts, "PARTS", ())
    monkeypatch.setattr(selfcheck, "record", list)
    monkeypatch.setattr(selfcheck, "mail_server", lambda: Finding(GOOD, "answers"))
    call_command("check_operation")
