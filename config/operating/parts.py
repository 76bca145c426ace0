"""The parts without which the installation does not do its work: database, Redis, worker and beat, disk, backup."""

import os
import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import DataError, ProgrammingError, connection

from clinic import clock, scope
from clinic.models import Heartbeat
from clinic.queries.backups import last_backup
from config.operating.asking import BAD, GOOD, WARN, Finding, Part

if TYPE_CHECKING:
    import redis

TICK = "tick"
# Beat sends a tick every 20 s; a worker in the middle of a batch takes it up to a minute later.
SILENT_AFTER = timedelta(seconds=180)
QUEUE = "celery"
NOT_GRANTED = "Run `manage.py migrate` as the tables’ owner: it says what is missing (docs/operating.md, Two logins of PostgreSQL)."
LEAST_FREE, LITTLE_FREE = 500 * 2**20, 2 * 2**30


def database() -> Finding:
    """As a page asks it: on PostgreSQL by the role that owns nothing. No web is ready that may not take it on, or to which nothing is granted."""
    try:
        with scope.closed(), connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM clinic_heartbeat LIMIT 1")
    except (DataError, ProgrammingError):
        return Finding(BAD, f"{connection.display_name} answers, but shows a page nothing", NOT_GRANTED)
    return Finding(GOOD, f"{connection.display_name} answers")


def broker() -> Finding:
    with client() as found:
        found.ping()
    return Finding(GOOD, "answers")


def client() -> "redis.Redis":
    import redis  # 6 MB, for whom is asked how the house is

    return redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1)


def heartbeat() -> Finding:
    """Beat sends a tick, a worker writes it down: both are alive, and the broker between them."""
    at = Heartbeat.objects.filter(name=TICK).values_list("beat_at", flat=True).first()
    return judged_heartbeat(at, now=clock.now(), waiting=waiting_tasks)


def judged_heartbeat(at: datetime | None, *, now: datetime, waiting) -> Finding:  # type: ignore[no-untyped-def]
    """Who is to blame for a silence stands in the queue: full, no worker takes from it; empty, no beat fills it."""
    if at is not None and now - at <= SILENT_AFTER:
        return Finding(GOOD, f"last tick {whole_seconds(now - at)} s ago")
    since = "never" if at is None else f"{whole_seconds(now - at)} s ago"
    queued = waiting()
    if queued is None:
        return Finding(BAD, f"last tick {since}; the queue can't be read", "Start Redis; then worker and beat go on by themselves.")
    if queued:
        return Finding(BAD, f"last tick {since}; {queued} tasks wait", "No worker takes tasks: start a worker, or more of them.")
    return Finding(BAD, f"last tick {since}; nothing waits", "Beat sends no ticks: start beat (or a worker that has just died again).")


def waiting_tasks() -> int | None:
    from redis import RedisError

    try:
        with client() as found:
            return int(found.llen(QUEUE))  # type: ignore[arg-type]
    except (RedisError, OSError):
        return None


def whole_seconds(span: timedelta) -> int:
    return max(0, int(span.total_seconds()))


def disk() -> Finding:
    """The data folder's disk; SQLite's file lies there. Where the folder may only be read, nothing is kept on it."""
    folder = Path(settings.VIGIL_DATA_DIR)
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    words = f"{free / 2**30:.1f} GB free"
    if free < LEAST_FREE:
        return Finding(BAD, words, "Free space now: the database stops when the disk is full.")
    if free < LITTLE_FREE:
        return Finding(WARN, words, "Free space before it is full.")
    if "sqlite" in connection.settings_dict["ENGINE"] and not os.access(Path(str(connection.settings_dict["NAME"])).parent, os.W_OK):
        return Finding(BAD, "the database’s folder can’t be written", "Give the service’s user the folder of the database.")
    return Finding(GOOD, words)


def backup() -> Finding:
    """The last good backup. A demonstration and a test have nothing to lose."""
    found = last_backup(clock.now())
    failed = f"; the last try failed: {found.failed.why}" if found.failed is not None else ""
    if found.age is None:
        return Finding(BAD if settings.IS_PRODUCTION else WARN, f"none yet{failed}", "Set up backups (docs/operating.md); nothing could be restored.")
    words = f"{hours(found.age)} old{failed}"
    if found.is_late:
        return Finding(BAD if settings.IS_PRODUCTION else WARN, words, "Look why backups have stopped; make one by hand with manage.py backup.")
    return Finding(WARN if failed else GOOD, words, "Look why the last one failed." if failed else "")


def hours(span: timedelta) -> str:
    return f"{whole_seconds(span) // 3600} h"


PARTS = (
    Part("database", "Database", database, "Start the database, or look at DATABASE_URL."),
    Part("redis", "Redis", broker, "Start Redis, or look at REDIS_URL. Staff can work on; messages wait."),
    Part("heartbeat", "Worker and beat", heartbeat, "Look at database and Redis first."),
    Part("disk", "Disk", disk, "Look at the folder VIGIL_DATA_DIR."),
    Part("backup", "Last backup", backup, "Look at the database first."),
)
