"""A request's id: made here or a named proxy's, on every answer, in every line, on the page of a fault."""

import json
import logging
import logging.config
import re

import pytest
from django.conf import settings
from django.test import Client
from pytest_django import Settings

from config.logs import JsonFormatter, RequestFilter, TokenFilter, current

GIVEN = {"X-Request-ID": "from-the-proxy-1"}


@pytest.mark.django_db
def test_every_answer_has_an_id_and_only_a_named_proxy_may_choose_it(client: Client, settings: Settings) -> None:
    made = [client.get("/healthz")["X-Request-ID"] for _ in range(2)]
    assert made[0] != made[1]
    assert all(re.fullmatch("[0-9a-f]{16}", one) for one in made)
    assert client.get("/healthz", headers=GIVEN)["X-Request-ID"] not in GIVEN.values()  # no proxy was named
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert client.get("/healthz", headers=GIVEN)["X-Request-ID"] == "from-the-proxy-1"
    assert client.get("/healthz", headers=GIVEN, REMOTE_ADDR="203.0.113.7")["X-Request-ID"] not in GIVEN.values()
    for junk in ("short", "x" * 65, "two words 12345", 'quote"12345678', "line\n12345678"):
        assert client.get("/healthz", HTTP_X_REQUEST_ID=junk)["X-Request-ID"] != junk


@pytest.mark.engine_free
def test_a_line_is_one_json_object_with_its_id_and_no_secret() -> None:
    refused = "refused\nDETAIL:  Key (email)=(zoe@example.org) already exists. /v/s3cret/confirm"
    try:
        raise ValueError(refused)
    except ValueError as error:
        record = logging.LogRecord(
            "django.request", logging.ERROR, "x.py", 1, "Fault at %s", ("/v/s3cret/confirm",), (ValueError, error, error.__traceback__)
        )
    token = current.set("abc123")
    try:
        assert TokenFilter().filter(record)
        assert RequestFilter().filter(record)
    finally:
        current.reset(token)
    line = JsonFormatter().format(record)
    told = json.loads(line)
    assert "\n" not in line
    assert (told["level"], told["logger"], told["request_id"], told["text"]) == ("ERROR", "django.request", "abc123", "Fault at /v/…/confirm")
    assert "ValueError" in told["trace"]
    assert "zoe" not in line
    assert "s3cret" not in line
    plain = logging.config.DictConfigurator(settings.LOGGING).configure_formatter(dict(settings.LOGGING["formatters"]["plain"]))
    forged = logging.makeLogRecord({"msg": "typed\n12:00 ERROR forged", "created": 0, "request_id": "-", "levelname": "INFO", "name": "x"})
    assert plain.format(forged) == "1970-01-01T00:00:00Z INFO x: typed\\n12:00 ERROR forged [-]"


@pytest.mark.django_db
def test_the_page_of_a_fault_shows_the_id_and_no_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    from clinic.views import join

    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("Zoe Zimmer")

    monkeypatch.setattr(join, "invitation_for", fails, raising=False)
    monkeypatch.setattr("django.core.handlers.base.BaseHandler.resolve_request", lambda *_: fails())
    response = Client(raise_request_exception=False).get("/join/abc/")
    told = response.content.decode()
    assert response.status_code == 500
    assert response["X-Request-ID"] in told
    assert "Zoe" not in told
    assert "Traceback" not in told


@pytest.mark.engine_free
@pytest.mark.parametrize("told", ["{}", "Task failed: {!r}", "Task failed: IntegrityError({!r})\nTraceback (most recent call last):"])
def test_no_line_holds_a_row_that_the_database_told(told: str) -> None:
    row = 'null value in column "mrn"\nDETAIL:  Failing row contains (1, Zoe\nZimmer, 12).\nCONTEXT:  SQL statement of Zoe'
    record = logging.LogRecord("celery", logging.ERROR, "x.py", 1, "%s", (told.format(row),), None)
    assert TokenFilter().filter(record)
    assert [word for word in ("Zoe", "Zimmer") if word in record.getMessage()] == []
    assert "mrn" in record.getMessage()
    assert ("Traceback" in record.getMessage()) == ("Traceback" in told)
