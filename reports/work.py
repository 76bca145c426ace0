"""Builds one export from beginning to end: take it, write its file on disk, keep it. The same for a worker and for a page that waits."""

import logging
import tempfile
import time
from collections.abc import Callable
from datetime import datetime

from reports.actions import building
from reports.kinds import GaveUp, Stopped, kind_of
from reports.models import Export

log = logging.getLogger(__name__)
# Telling the progress costs a write: twice a second is enough for an eye, and for a cancel button.
EVERY = 0.5

Clock = Callable[[], datetime]


def build(pk: int, clock: Clock) -> None:
    """Nothing happens where it is another worker's or has ended. A builder that breaks leaves a failed row, never a running one."""
    export = building.take_export(pk, now=clock())
    if export is None:
        return
    try:
        with tempfile.TemporaryFile(prefix="vigil-export-") as into:
            built = kind_of(export.kind).build(export, into, paced(export, clock))
            building.keep_built(export, built, into, now=clock())
    except Stopped:
        log.info("export %s was stopped", pk)
    except GaveUp as told:
        building.fail_export(export, why=str(told), now=clock())
    except Exception:
        log.exception("export %s broke", pk)
        building.fail_export(export, now=clock())


def paced(export: Export, clock: Clock) -> Callable[[int, int | None], None]:
    """Writes the first progress at once, later ones so often."""
    last = [float("-inf")]

    def progress(done: int, total: int | None) -> None:
        if time.monotonic() - last[0] >= EVERY:
            building.note_progress(export, done, total, now=clock())
            last[0] = time.monotonic()

    return progress
