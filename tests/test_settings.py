"""Settings: loud on a bad value, safe in production, and the record's engine as decided."""

import runpy
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.template import Context, Template
from django.template.loader import get_template

from config import environment as env
from config.logs import without_token
from config.undefined import Undefined, UndefinedVariable
from scripts.launcher.services import ROOT
from tests.support.production import PRODUCTION, Changes, environment_with


def run(*command: str, **changes: str | None) -> subprocess.CompletedProcess[str]:
    """A process of its own, as an operator starts it."""
    return subprocess.run([sys.executable, *command], cwd=ROOT, env=environment_with(changes), capture_output=True, text=True)


def test_production_passes_the_deployment_check_without_a_warning() -> None:
    done = run("-W", "error", "manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr
    assert "no issues (0 silenced)" in done.stdout + done.stderr


def test_a_missing_secret_stops_the_start_with_one_sentence() -> None:
    done = run("manage.py", "check", VIGIL_MODE=None, VIGIL_SECRET_KEY=None)
    assert done.returncode != 0
    assert "VIGIL_SECRET_KEY" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("name", ["VIGIL_SECRET_KEY", "VIGIL_ALLOWED_HOSTS", "VIGIL_ORIGIN", "VIGIL_SMTP_HOST", "VIGIL_MAIL_FROM", "REDIS_URL"])
def test_production_refuses_to_start_without(settings_of: Callable[..., dict[str, Any]], name: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=f"{name}: is not set"):
        settings_of(**{name: None})


def test_the_second_line_stands_without_a_word(settings_of: Callable[..., dict[str, Any]]) -> None:
    assert settings_of()["VIGIL_ROW_SECURITY"] is True
    assert settings_of(VIGIL_ROW_SECURITY="no")["VIGIL_ROW_SECURITY"] is False


def test_production_is_the_mode_without_a_word(settings_of: Callable[..., dict[str, Any]]) -> None:
    assert settings_of(VIGIL_MODE=None)["IS_PRODUCTION"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("VIGIL_MODE", "staging"),
        ("VIGIL_SECRET_KEY", "short"),
        ("VIGIL_SECRET_KEY", "a" * 60),
        ("VIGIL_ORIGIN", "http://vigil.example"),
        ("VIGIL_ORIGIN", "https://vigil.example/app"),
        ("VIGIL_ORIGIN", "vigil.example"),
        ("DATABASE_URL", "mysql://u:p@h/db"),
        ("DATABASE_URL", "sqlite://:memory:"),
        ("REDIS_URL", "amqp://broker"),
        ("VIGIL_SMTP_PORT", "mail"),
        ("VIGIL_SMTP_PORT", "70000"),
        ("VIGIL_SMTP_SECURITY", "maybe"),
        ("VIGIL_LOG_LEVEL", "LOUD"),
        ("VIGIL_PROXIES", "-1"),
        ("VIGIL_PROXY_NETWORKS", "10.0.0.0/8,proxy"),
        ("VIGIL_MONITOR_TOKEN", "monitor"),
        ("VIGIL_LOG_FORMAT", "xml"),
    ],
)
def test_a_bad_value_is_named_with_what_is_expected(settings_of: Callable[..., dict[str, Any]], name: str, value: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=f"{name}:? .*Expected"):
        settings_of(**{name: value})


def test_no_variable_opens_the_clock_or_the_demonstration_logins_in_production(settings_of: Callable[..., dict[str, Any]]) -> None:
    found = settings_of(
        VIGIL_CLOCK_MAY_MOVE="yes", VIGIL_DEMONSTRATION_LOGINS="yes", VIGIL_DEMONSTRATION_PASSWORD="open-sesame", VIGIL_TEST_BEAT_SECONDS="1"
    )
    assert not any(found[name] for name in ("VIGIL_CLOCK_MAY_MOVE", "VIGIL_DEMONSTRATION_LOGINS", "VIGIL_DEMONSTRATION_PASSWORD", "DEBUG"))
    assert found["VIGIL_BEAT_SCHEDULE"]["sessions.tasks.watch"]["schedule"] == 60


def test_argon2_comes_first_in_production(settings_of: Callable[..., dict[str, Any]]) -> None:
    assert settings_of()["PASSWORD_HASHERS"][0].endswith("Argon2PasswordHasher")


def test_cookies_of_production_are_of_this_host_alone(settings_of: Callable[..., dict[str, Any]], settings: Any) -> None:
    found = settings_of()
    for one in ("SESSION", "CSRF"):
        assert found[f"{one}_COOKIE_NAME"].startswith("__Host-")
        assert found[f"{one}_COOKIE_SECURE"] is found[f"{one}_COOKIE_HTTPONLY"] is True
    settings.SESSION_COOKIE_SECURE = True
    words, tablet, visits = (
        runpy.run_path(str(ROOT / path)) for path in ("config/messages.py", "clinic/locking/tablet.py", "reminders/known_devices.py")
    )
    names = (words["HostCookieStorage"].cookie_name, tablet["COOKIE"], visits["COOKIE"])
    assert all(name.startswith("__Host-") for name in names)
    assert found["PASSWORD_RESET_TIMEOUT"] <= 3600


def test_the_policy_of_content_has_no_gap(settings_of: Callable[..., dict[str, Any]]) -> None:
    told = settings_of()["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]
    assert [told[name] for name in ("default-src", "object-src", "base-uri", "frame-ancestors")] == [["'none'"]] * 4
    assert not any("unsafe" in source or source in ("*", "https:", "http:") for sources in told.values() for source in sources)


def test_sqlite_is_safe_against_power_loss_and_concurrent_writers(settings_of: Callable[..., dict[str, Any]], tmp_path: Path) -> None:
    found = settings_of(DATABASE_URL=None, VIGIL_DATA_DIR=str(tmp_path))["DATABASES"]["default"]
    assert found["NAME"] == str(tmp_path / "vigil.sqlite3")
    assert found["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in found["OPTIONS"]["init_command"]
    assert "synchronous=FULL" in found["OPTIONS"]["init_command"]


def test_a_demonstration_needs_nothing_set(settings_of: Callable[..., dict[str, Any]], tmp_path: Path) -> None:
    nothing: Changes = dict.fromkeys(PRODUCTION)
    found = settings_of(**{**nothing, "VIGIL_MODE": "demonstration", "VIGIL_DATA_DIR": str(tmp_path)})
    assert found["VIGIL_DEMONSTRATION"]
    assert found["EMAIL_BACKEND"].endswith("filebased.EmailBackend")


@pytest.mark.parametrize(("value", "expected"), [("yes", True), ("TRUE", True), ("0", False), ("off", False)])
def test_flags(monkeypatch: pytest.MonkeyPatch, value: str, expected: bool) -> None:
    monkeypatch.setenv("VIGIL_X", value)
    assert env.flag("VIGIL_X", not expected) is expected


def test_a_flag_that_is_neither_yes_nor_no_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIGIL_X", "perhaps")
    with pytest.raises(ImproperlyConfigured, match="VIGIL_X"):
        env.flag("VIGIL_X", True)


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("/v/abc.def/confirm", "/v/…/confirm"),
        ("GET /r/secret 200", "GET /r/… 200"),
        ("/riverside/v/", "/riverside/v/"),
        ("Not Found: /v/abc?x=1", "Not Found: /v/…?x=1"),
        ("Referer checking failed - https://vigil.example/v/abc/ does", "Referer checking failed - https://vigil.example/v/…/ does"),
        ("/join/s3cret_token/", "/join/…/"),
        ("GET /f/s3cret-token.ics HTTP/1.1", "GET /f/… HTTP/1.1"),
        ("/accounts/password/reset/key/1-set-abc/", "/accounts/password/reset/key/…/"),
    ],
)
def test_tokens_never_reach_a_log(told: str, kept: str) -> None:
    assert without_token(told) == kept


def test_an_undefined_variable_of_our_templates_is_an_error(tmp_path: Path) -> None:
    undefined = Undefined(ROOT / "templates")
    assert undefined % "nothing" == ""
    assert Template("[{{ nothing }}]").render(Context()) == "[]"
    (tmp_path / "ours.html").write_text("{{ nothing }}")
    get_template("base.html")
    from django.template import Engine

    engine = Engine(dirs=[str(tmp_path)], string_if_invalid=Undefined(tmp_path))
    with pytest.raises(UndefinedVariable, match="nothing"):
        engine.get_template("ours.html").render(Context())
