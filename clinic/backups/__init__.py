"""Backup and return: saved as a whole, sealed with age, read back and proven; by the standard tools too (docs/backup.md)."""

from clinic.backups.failure import BackupFailed
from clinic.backups.making import Made, make
from clinic.backups.places import Place
from clinic.backups.proving import Proof, prove
from clinic.backups.returning import restore, restored_in_scratch

__all__ = ["BackupFailed", "Made", "Place", "Proof", "make", "prove", "restore", "restored_in_scratch"]
