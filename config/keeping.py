"""Where backups and downtime packets go, for whom they are sealed, and when they are made (docs/backup.md, docs/downtime.md)."""

from pathlib import Path

from config import environment as env

BEAT = {"clinic.tasks.tend_backups": 600, "clinic.tasks.tell_of_closed": 60, "reports.tasks.make_packets": 300}
DATA = env.folder("VIGIL_DATA_DIR", Path(__file__).resolve().parent.parent / "var")

BACKUP_DIR = env.folder("VIGIL_BACKUP_DIR", DATA / "backups")
BACKUP_RECIPIENTS = env.words("VIGIL_BACKUP_RECIPIENTS")
# By another role than the web's, where that may not read every row or make a scratch database.
BACKUP_DATABASE_URL = env.text("VIGIL_BACKUP_DATABASE_URL")
BACKUP_HOUR = env.whole("VIGIL_BACKUP_HOUR", 8, most=23)
BACKUP_KEEP_DAYS = env.whole("VIGIL_BACKUP_KEEP_DAYS", 30, least=1)
BACKUPS = env.flag("VIGIL_BACKUPS", env.text("VIGIL_MODE") != "test")
# What identifies a patient may be sealed cell by cell (docs/adr/0033): the newest key first; without one nothing is.
FIELD_KEYS = env.ring("VIGIL_FIELD_KEYS")
# A folder that clinic computers reach without Vigil; one folder a site within it.
DOWNTIME_DIR = env.folder("VIGIL_DOWNTIME_DIR", DATA / "downtime")
DOWNTIME_KEEP_DAYS = env.whole("VIGIL_DOWNTIME_KEEP_DAYS", 3, least=1)
