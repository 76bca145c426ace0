"""Where a person is signed in now, and what happened to their account lately; for their own eyes."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils.crypto import constant_time_compare

from clinic import clock
from clinic.models import AuditEntry, User
from clinic.sentences import sentence_of

# What a sign-in remembers of itself, in its own session: whatever becomes of the session's key, it is found and ended.
TOLD = "vigil.sign_in"
BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("CriOS", "Chrome"), ("Safari", "Safari"))
MACHINES = (
    ("iPad", "iPad"),
    ("iPhone", "iPhone"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux"),
)
SHOWN = 20


@dataclass(frozen=True)
class SignIn:
    """One sign-in that still holds."""

    mark: str
    device: str
    address: str
    since: datetime | None
    is_this: bool


@dataclass(frozen=True)
class Happened:
    at: datetime
    words: str


def device_of(user_agent: str) -> str:
    """`Chrome on Windows`, as far as a browser tells."""
    browser = next((name for mark, name in BROWSERS if re.search(rf"\b{mark}\b", user_agent)), "A browser")
    machine = next((name for mark, name in MACHINES if mark in user_agent), "")
    return f"{browser} on {machine}" if machine else browser


def sessions_of(user: User) -> Iterator[tuple[str, dict[str, Any]]]:
    """(key, content) of each session that signs this person in. All of half a day are looked through: a clinic has some hundred."""
    for row in Session.objects.filter(expire_date__gt=clock.now() - clock.offset()).order_by("-expire_date", "pk").iterator():
        content = row.get_decoded()
        if content.get(SESSION_KEY) == str(user.pk) and constant_time_compare(content.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash()):
            yield row.session_key, content


def mark_of(session_key: str) -> str:
    """Names a session on a page without being its key."""
    return hashlib.sha256(f"sign-in {session_key}".encode()).hexdigest()[:24]


def sign_ins_of(user: User, session_key: str | None) -> list[SignIn]:
    """The one that was used last stands first."""
    found = []
    for key, content in sessions_of(user):
        told = content.get(TOLD) or {}
        since = datetime.fromisoformat(told["at"]) if told else None
        found.append(SignIn(mark_of(key), device_of(told.get("agent", "")), told.get("address", ""), since, key == session_key))
    return found


def happened_to(user: User) -> list[Happened]:
    """The last entries of the audit trail about this account."""
    rows = AuditEntry.objects.filter(site__isnull=True, target_kind="user", target_pk=str(user.pk), action__startswith="account.")
    return [Happened(at, sentence_of(action)) for at, action in rows.order_by("-happened_at", "-pk").values_list("happened_at", "action")[:SHOWN]]
