"""What providers tell us: who signed it, and what it says, each provider in its own words."""

import json
import re
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest

from reminders.channels.arrivals import Arrival
from reminders.channels.providers import HTTP, TWILIO
from reminders.rules import signing
from reminders.rules.returns import Report, keyed_report, twilio_report

NUMBER = re.compile(r"\+?[0-9A-Za-z]{2,20}")
WORD = re.compile(r"[\w.:-]{1,80}", re.ASCII)
LONGEST_BODY = 4000
# Twilio confirms these words itself, and refuses what we would send after them.
CONFIRMED_BY_TWILIO = {"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"}


class Unreadable(Exception):
    """Signed, and yet not what the provider is known to say."""


@dataclass(frozen=True)
class Told:
    """A report about one of our messages, by the key that it was sent under."""

    key: str
    report: Report


def is_signed(request: HttpRequest, provider: str, *, now: datetime) -> bool:
    """Whether the provider sent this; never where its secret isn't set."""
    if provider == TWILIO and settings.VIGIL_TWILIO_TOKEN:
        url = settings.VIGIL_ORIGIN + request.get_full_path()
        expected = signing.twilio_signature(settings.VIGIL_TWILIO_TOKEN, url, dict(request.POST.lists()))
        return signing.is_same(expected, request.headers.get("X-Twilio-Signature", ""))
    if provider == HTTP and settings.VIGIL_TEXT_TOKEN:
        moment = request.headers.get("X-Vigil-Timestamp", "")
        expected = signing.keyed_signature(settings.VIGIL_TEXT_TOKEN, moment, request.body)
        return signing.is_same(expected, request.headers.get("X-Vigil-Signature", "")) and signing.is_fresh(moment, now=now)
    return False


def arrival_of(request: HttpRequest, provider: str) -> Arrival:
    """The text that a signed call tells of. Raises Unreadable."""
    if provider == TWILIO:
        told = request.POST
        body = told.get("Body", "")
        is_answered = bool(told.get("OptOutType")) or body.strip().upper() in CONFIRMED_BY_TWILIO
        return arrival(provider, told.get("MessageSid"), told.get("To"), told.get("From"), body, is_answered=is_answered)
    said = json_of(request)
    return arrival(provider, said.get("id"), said.get("to"), said.get("from"), said.get("body"), is_answered=False)


def arrival(provider: str, provider_id: object, to: object, number: object, body: object, *, is_answered: bool) -> Arrival:
    return Arrival(provider, word(provider_id, WORD), word(to, NUMBER), word(number, NUMBER), words(body), is_answered)


def told_of(request: HttpRequest, provider: str) -> Told:
    """The report that a signed call brings. Raises Unreadable."""
    if provider == TWILIO:
        told = request.POST
        return Told(
            word(request.GET.get("key"), WORD), twilio_report(word(told.get("MessageStatus"), WORD)[:20], words(told.get("ErrorCode", ""))[:20])
        )
    said = json_of(request)
    report = keyed_report(
        word(said.get("status"), WORD)[:20],
        words(said.get("code", ""))[:20],
        is_permanent=said.get("permanent") is True,
        is_opt_out=said.get("opted_out") is True,
    )
    return Told(word(said.get("key"), WORD), report)


def json_of(request: HttpRequest) -> dict[str, object]:
    try:
        said = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise Unreadable from error
    if not isinstance(said, dict):
        raise Unreadable
    return said


def word(value: object, pattern: re.Pattern[str]) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise Unreadable
    return value


def words(value: object) -> str:
    """Any text, as a database can keep it."""
    if not isinstance(value, str):
        raise Unreadable
    return value.replace("\x00", "").encode("utf-8", "replace").decode()[:LONGEST_BODY]
