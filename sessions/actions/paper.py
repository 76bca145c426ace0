"""Typing in what was written on paper: devices, checks and taps of a dark hour at once, with the true times, and a photo of the sheet (MON-7)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from uuid import UUID, uuid5

from django.db import transaction

from clinic import audit
from clinic.actions.attachments import keep_file
from clinic.findings import Refused, refuse
from clinic.models import Attachment, Membership, User
from sessions.actions.dosing import Given, record_device
from sessions.actions.facts import new_fact, same_post
from sessions.actions.life import locked
from sessions.actions.watch import Check, Event, record_event, record_observation
from sessions.models import SessionEvent, TreatmentSession

PHOTO_TYPES = ("image/jpeg", "image/png", "application/pdf")


@dataclass(frozen=True, kw_only=True)
class Paper:
    """What one sheet says. `written_by` held the pen; whoever posts it types."""

    written_by: User
    devices: tuple[Given, ...] = ()
    checks: tuple[Check, ...] = ()
    events: tuple[Event, ...] = ()
    photo: tuple[str, bytes] | None = None


@transaction.atomic
def enter_paper(session: TreatmentSession, *, paper: Paper, client_key: UUID, by: User, membership: Membership, now: datetime) -> SessionEvent:
    """Keep everything that a sheet says, or nothing of it; each is the same act as at the screen, with its own time.

    Gates are not asked again: a device that went past one leaves its breaches, and one that is written down late waits for a
    second person (OUT-4). Raises Refused for an empty sheet, for times and values that can't be (with the row they stand in),
    and when the record is closed.
    """
    row = locked(session)
    earlier = same_post(SessionEvent, client_key, row)
    if earlier is not None:
        return earlier
    if not (paper.devices or paper.checks or paper.events):
        raise refuse("MON-7", "Nothing was typed in yet.", code="paper.empty")
    keep_rows(row, paper, client_key=client_key, by=by, membership=membership, now=now)
    kept = keep_photo(row, paper, by=by, now=now)
    return sheet_entered(row, paper, kept, client_key=client_key, by=by, now=now)


def keep_rows(row: TreatmentSession, paper: Paper, *, client_key: UUID, by: User, membership: Membership, now: datetime) -> None:
    """Each row by its own act, in order of time: devices first, so that the checks know which minute they belong to (MON-3)."""

    def key(word: str, number: int) -> UUID:
        return uuid5(client_key, f"{word} {number}")

    for number, given in enumerate(sorted(paper.devices, key=lambda one: one.given_at)):
        seen = replace(given, observed_by=given.observed_by or paper.written_by)
        act = partial(record_device, row, given=seen, client_key=key("device", number), by=by, membership=membership, now=now)
        told("device", given.given_at, act, row)
    for number, check in enumerate(sorted(paper.checks, key=lambda one: one.observed_at)):
        mine = replace(check, client_key=key("check", number), observed_by=paper.written_by)
        told("check", check.observed_at, partial(record_observation, row, check=mine, by=by, now=now), row)
    for number, event in enumerate(sorted(paper.events, key=lambda one: one.observed_at)):
        tap = replace(event, client_key=key("event", number))
        told("entry", event.observed_at, partial(record_event, row, event=tap, by=by, now=now), row)


def told(word: str, at: datetime, act: Callable[[], object], row: TreatmentSession) -> None:
    """Do one row's act; a refusal says which row it is."""
    try:
        act()
    except Refused as refused:
        place = f"The {word} of {at.astimezone(row.site.zone):%H:%M}: "
        raise Refused(replace(finding, text=place + finding.text, field="") for finding in refused.findings) from refused


def keep_photo(row: TreatmentSession, paper: Paper, *, by: User, now: datetime) -> Attachment | None:
    """The photo or scan of the sheet, as a file of the session: PNG, JPEG or PDF, 5 MB at most, its type told by its content."""
    if paper.photo is None:
        return None
    file_name, content = paper.photo
    return keep_file(row.site, target=row, file_name=file_name, content=content, by=by, now=now, types=PHOTO_TYPES)


def sheet_entered(row: TreatmentSession, paper: Paper, kept: Attachment | None, *, client_key: UUID, by: User, now: datetime) -> SessionEvent:
    """One line of the record that says whose sheet it was, who typed it, and what came of it."""
    said = [counted(len(paper.devices), "device"), counted(len(paper.checks), "check"), counted(len(paper.events), "other entry", "other entries")]
    what = ", ".join(part for part in (*said, "photo kept" if kept else "no photo") if part)
    made = new_fact(
        SessionEvent,
        row,
        observed_at=now,
        by=by,
        now=now,
        client_key=client_key,
        observed_by=paper.written_by,
        kind=SessionEvent.Kind.PAPER,
        what=what,
    )
    audit.record(
        action="paper.entered", target=made, by=by, now=now, site=row.site, patient_pk=row.patient_id,
        changes={"session": row.pk, "written_by": paper.written_by.pk, "photo": kept.pk if kept else None, "what": what},
    )  # fmt: skip
    return made


def counted(count: int, word: str, many: str = "") -> str:
    if not count:
        return ""
    return f"{count} {word}" if count == 1 else f"{count} {many or word + 's'}"
