"""Makes an audit binder: one archive with the PDF, the data, a manifest. The same state of the record gives the same bytes."""

import hashlib
import json
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from reports.kinds import GaveUp, Progress
from reports.queries.binder import Scope, State, house_papers, papers_in_turn, state_of
from reports.queries.binder.scope import is_still
from reports.verify_binder import MANIFEST

SCHEMA = 1
TRIES = 3
STAMP = (1980, 1, 1, 0, 0, 0)
README = """An audit binder of Vigil.

binder.pdf       cover, contents, every session, the site
data/*.csv       the same as data; times are the site's, with their offset from UTC
binder.json      what it was made from
MANIFEST.sha256  the SHA-256 of every file

To check it: python verify_binder.py <this archive>, or unpack it and run: sha256sum -c MANIFEST.sha256
The SHA-256 of the whole archive stands in the audit trail of the site that made it.
"""


class Restless(GaveUp):
    """The record of these sessions was written to each time while the binder was being made."""


@dataclass(frozen=True)
class Made:
    """What was made, and the state that it speaks of."""

    state: State
    sessions: int
    pages: int


def make_binder(scope_now: Callable[[], Scope], into: BinaryIO, *, progress: Progress = lambda done, total: None) -> Made:
    """Writes the archive into a file that is open for bytes. `scope_now` names the sessions afresh for each try; `progress` may raise to stop.

    A binder speaks of one state: where somebody writes about these patients or the house meanwhile, it is made anew. Raises
    Restless after three tries.
    """
    for _ in range(TRIES):
        # The state first: what is booked or written after it, this time's sessions among it, makes the binder anew.
        state = state_of(scope_now().site)
        scope = scope_now()
        into.seek(0)
        into.truncate()
        made = once(scope, state, into, progress)
        if is_still(scope, state):
            return made
    raise Restless("Somebody was writing about these sessions all the while. Try again when the floor is quiet.")


def once(scope: Scope, state: State, into: BinaryIO, progress: Progress) -> Made:
    from reports.papers.binder_pdf import BinderPdf  # with its PDF library: used here alone, keeps the web small
    from reports.papers.sheets import Sheets
    from reports.papers.words import Clock

    total = len(scope.keys)
    progress(0, total)
    house = house_papers(scope)
    with tempfile.TemporaryDirectory(prefix="vigil-binder-") as place:
        folder = Path(place)
        with (folder / "binder.pdf").open("wb") as out, Sheets(folder, Clock(scope.site.zone)) as sheets:
            pdf = BinderPdf(out, scope, state, house)
            for one in papers_in_turn(scope, house, state):
                pdf.session(one)
                sheets.add(one)
                progress(one.number, total)
            sheets.add_house(house)
            progress(total, total)  # to close a large one takes its time: the lease begins anew
            pages = pdf.finish()
        progress(total, total)
        (folder / "binder.json").write_text(told(scope, state, pages))
        (folder / "README.txt").write_text(README)
        pack(folder, into)
    return Made(state, total, pages)


def told(scope: Scope, state: State, pages: int) -> str:
    """What the binder is about, for programs; nobody's name."""
    about = {
        "schema": SCHEMA, "site": str(scope.site.uid), "patient": str(scope.patient.uid) if scope.patient is not None else None,
        "first": scope.first.isoformat(), "last": scope.last.isoformat(), "sessions": len(scope.keys), "pages": pages,
        **({"auditor_grant": scope.grant.pk, "seed": scope.grant.seed, "drawn_sha256": scope.grant.drawn_sha256} if scope.grant is not None else {}),
        "audit_entry": state.seq, "audit_hash": state.hash,
    }  # fmt: skip
    return json.dumps(about, indent=1, sort_keys=True) + "\n"


def pack(folder: Path, into: BinaryIO) -> None:
    """Fixed order, times and rights; the manifest last, as sha256sum writes it."""
    files = {("data/" if path.suffix == ".csv" else "") + path.name: path for path in folder.iterdir()}
    lines = []
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name in sorted(files):
            digest = hashlib.sha256()
            with files[name].open("rb") as source, archive.open(entry(name), "w", force_zip64=True) as out:
                while block := source.read(1 << 20):
                    digest.update(block)
                    out.write(block)
            lines.append(f"{digest.hexdigest()}  {name}\n")
        archive.writestr(entry(MANIFEST), "".join(lines))


def entry(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, STAMP)
    info.compress_type, info.create_system, info.external_attr = zipfile.ZIP_DEFLATED, 3, 0o644 << 16
    return info
