"""Carries a round of anchors to one place: a file, a mailbox or a page. Said twice, it does no harm: the lines are the same."""

import hashlib
import os
import smtplib
from pathlib import Path
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

from django.core.mail import send_mail

from clinic.models import AnchorRound

SECONDS = 10


class NotTaken(Exception):
    """A place did not take the round; its words hold no secret."""


def name_of(place: str) -> str:
    """How the database calls a place: an address may hold a secret."""
    return hashlib.sha256(place.encode()).hexdigest()


def shown(place: str) -> str:
    """How a page calls a place, without what may be secret in it: a file by its name, a page by its host."""
    parts = urlsplit(place)
    if parts.scheme == "https":
        return f"https://{parts.hostname}/…"
    return Path(unquote(parts.path)).name if parts.scheme == "file" else unquote(parts.path)


def carry(row: AnchorRound, place: str, public: str) -> None:
    """Raises NotTaken. Network and disk: never inside of a transaction."""
    carriers = {"file": to_file, "mailto": to_mailbox, "https": to_page}
    try:
        carriers[urlsplit(place).scheme](row, place, public)
    except (OSError, smtplib.SMTPException) as error:
        raise NotTaken(type(error).__name__) from None


def to_file(row: AnchorRound, place: str, public: str) -> None:
    """Appended and on the disk, or an error: a file on another machine's share, or on one that can only be added to."""
    path = Path(url2pathname(urlsplit(place).path))
    known = path.read_text().splitlines() if path.exists() else []
    lines = [line for line in (f"# {public}", *row.lines.splitlines()) if line not in known]
    if lines:
        with path.open("a") as file:
            file.write("".join(f"{line}\n" for line in lines))
            file.flush()
            os.fsync(file.fileno())


def to_mailbox(row: AnchorRound, place: str, public: str) -> None:
    words = f"Keep this mail. It proves the audit trail as it stood.\n\n{row.lines}\n# {public}\n"
    if send_mail(f"Anchors {row.day.isoformat()}, round {row.number}", words, None, [unquote(urlsplit(place).path)]) != 1:
        raise NotTaken("the mail server")


def to_page(row: AnchorRound, place: str, public: str) -> None:
    import urllib3

    headers = {"Content-Type": "text/plain; charset=utf-8", "Idempotency-Key": f"vigil-anchors-{row.number}"}
    try:
        answer = urllib3.request(
            "POST", place, body=f"{row.lines}\n# {public}\n".encode(), headers=headers, timeout=SECONDS, retries=False, redirect=False
        )
    except urllib3.exceptions.HTTPError as error:
        raise NotTaken(type(error).__name__) from None
    if not 200 <= answer.status < 300:
        raise NotTaken(f"it answered {answer.status}")
