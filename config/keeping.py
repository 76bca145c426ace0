"""Where backups and downtime packets go, for whom they are sealed, and when they are made (docs/backup.md, docs/downtime.md)."""

from pathlib import Path

from config import environment as env

__all__ = [
    "VIGIL_BACKUPS", "VIGIL_BACKUP_DATABASE_URL", "VIGIL_BACKUP_DIR", "VIGIL_BACKUP_HOUR", "VIGIL_BACKUP_KEEP_DAYS", "VIGIL_BACKUP_RECIPIENTS",
    "VIGIL_DOWNTIME_DIR", "VIGIL_DOWNTIME_KEEP_DAYS",
]  # fmt: skip

BEAT = {"clinic.tasks.tend_backups": 600, "reports.tasks.make_packets": 300}
DATA = env.folder("VIGIL_DATA_DIR", Path(__file__).resolve().parent.parent / "var")

VIGIL_BACKUP_DIR: Path = env.folder("VIGIL_BACKUP_DIR", DATA / "backups")
VIGIL_BACKUP_RECIPIENTS: list[str] = env.words("VIGIL_BACKUP_RECIPIENTS")
# By another role than the web's, where that may not read every row or make a scratch database.
VIGIL_BACKUP_DATABASE_URL: str = env.text("VIGIL_BACKUP_DATABASE_URL")
VIGIL_BACKUP_HOUR: int = env.whole("VIGIL_BACKUP_HOUR", 8, most=23)
VIGIL_BACKUP_KEEP_DAYS: int = env.whole("VIGIL_BACKUP_KEEP_DAYS", 30, least=1)
VIGIL_BACKUPS: bool = env.flag("VIGIL_BACKUPS", env.text("VIGIL_MODE") != "test")
# A folder that clinic computers reach without Vigil; one folder a site within it.
VIGIL_DOWNTIME_DIR: Path = env.folder("VIGIL_DOWNTIME_DIR", DATA / "downtime")
VIGIL_DOWNTIME_KEEP_DAYS: int = env.whole("VIGIL_DOWNTIME_KEEP_DAYS", 3, least=1)
