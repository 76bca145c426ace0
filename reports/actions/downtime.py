"""Set the passphrase of a site's packets; make one: drawn, locked, put into the site's folder under a name that names nobody."""

import hashlib
import io
import os
import secrets
from datetime import date, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction

from clinic import audit
from clinic.actions.writing import locked_site
from clinic.findings import Refused
from clinic.models import Site, User
from clinic.sealed import opened, sealed
from reports.models import DowntimeKit, DowntimePacket
from reports.queries.downtime import packet
from reports.rules.downtime import passphrase_findings


def place_of(site_pk: int) -> str:
    return f"downtime:{site_pk}"


@transaction.atomic
def set_passphrase(site: Site, *, passphrase: str, by: User, now: datetime) -> DowntimeKit:
    """Packets from now on open with this one; those that lie there keep theirs. Raises Refused for a weak one. It is logged nowhere."""
    if findings := passphrase_findings(passphrase):
        raise Refused(findings)
    row = locked_site(site)
    box = sealed(passphrase, place=place_of(row.pk))
    kit, _ = DowntimeKit.objects.update_or_create(site=row, defaults={"sealed": box, "set_at": now, "set_by": by})
    # Whoever has just set it sees within minutes that it works.
    DowntimePacket.objects.filter(site=row).update(made_at=None, day=None, file_name="", tried_at=None)
    audit.record(action="downtime.passphrase_set", target=kit, by=by, now=now, site=row)
    return kit


def make_packet(site: Site, *, kind: str, day: date, now: datetime) -> bool:
    """One packet, into the folder. A failure is told in its row, which the site's page and the operator's show. False where another has it."""
    if not claimed(site, kind, now):
        return False
    try:
        done = built(site, kind=kind, day=day, now=now)
    except Unmakeable as failure:
        DowntimePacket.objects.filter(site=site, kind=kind).update(why=str(failure)[:200])
        return False
    keep(site, kind=kind, day=day, now=now, done=done)
    clear(folder_of(site), today=day)
    return True


class Unmakeable(Exception):
    """Why a packet can't be made: a sentence without a patient's data."""


def claimed(site: Site, kind: str, now: datetime) -> bool:
    """Two workers never make the same one: whoever moves the time of the last try has it."""
    row, _ = DowntimePacket.objects.get_or_create(site=site, kind=kind)
    return bool(DowntimePacket.objects.filter(pk=row.pk, tried_at=row.tried_at).update(tried_at=now))


def built(site: Site, *, kind: str, day: date, now: datetime) -> dict[str, object]:
    from reports.papers.downtime import written

    kit = DowntimeKit.objects.filter(site=site).first()
    passphrase = opened(kit.sealed, place=place_of(site.pk)) if kit is not None else None
    if passphrase is None:
        raise Unmakeable("The passphrase can't be read any more. Set it again.")
    found = packet(site, kind=kind, day=day, now=now)
    clear_text, pages = written(found)
    content = locked(clear_text, passphrase)
    name = f"vigil-{day:%Y-%m-%d}-{kind}.pdf"
    try:
        put(folder_of(site), name, content)
    except OSError as bad:
        raise Unmakeable(f"The folder can't be written: {bad.strerror}.") from bad
    sessions = [one.session.pk for one in found.visits]
    return {"file_name": name, "pages": pages, "sha256": hashlib.sha256(content).hexdigest(), "sessions": sessions}


@transaction.atomic
def keep(site: Site, *, kind: str, day: date, now: datetime, done: dict[str, object]) -> None:
    """Whose record left the database is in the audit trail."""
    row = DowntimePacket.objects.select_for_update().get(site=site, kind=kind)
    sessions: list[int] = done["sessions"]  # type: ignore[assignment]
    row.made_at, row.day, row.sessions, row.why = now, day, len(sessions), ""
    row.file_name, row.pages, row.sha256 = str(done["file_name"]), int(str(done["pages"])), str(done["sha256"])
    row.save()
    changes = {"kind": kind, "day": str(day), "sessions": sessions, "sha256": row.sha256}
    audit.record(action="downtime.packet_made", target=row, by=None, now=now, site=site, changes=changes)


def locked(clear_text: bytes, passphrase: str) -> bytes:
    """AES-256, as every reader of PDFs opens it; nobody knows the second password."""
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(clear_text)))
    writer.encrypt(user_password=passphrase, owner_password=secrets.token_urlsafe(32), algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def folder_of(site: Site) -> Path:
    folder: Path = settings.VIGIL_DOWNTIME_DIR / site.slug
    return folder


def put(folder: Path, name: str, content: bytes) -> None:
    """Whole or not at all: whoever opens the folder at this moment finds the one before."""
    folder.mkdir(parents=True, exist_ok=True)
    passing = folder / f".{name}.{secrets.token_hex(4)}"
    try:
        with passing.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        passing.replace(folder / name)
    finally:
        passing.unlink(missing_ok=True)


def clear(folder: Path, *, today: date) -> None:
    """Packets of days gone by: their names tell the day."""
    oldest = f"vigil-{today - timedelta(days=settings.VIGIL_DOWNTIME_KEEP_DAYS):%Y-%m-%d}"
    for path in folder.glob("vigil-????-??-??-*.pdf"):
        if path.name < oldest:
            path.unlink(missing_ok=True)
