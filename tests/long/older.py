"""A backup that an older version made comes back into this one, run by hand (it migrates one back and forth): pytest tests/long/older.py"""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from clinic.backups import Place, make
from clinic.backups.proving import manage
from clinic.models import Signature
from tests.cast import NOW
from tests.clinic.test_backup import clinic, elsewhere, identity, key
from tests.support.database import this_process_uses

__all__ = ["clinic", "elsewhere", "identity", "key"]

# Before seals of signatures, summaries, emergency reads, texts to the driver and decisions of a day.
OLDER = {
    "reports": "0004_downtime_packets", "reminders": "0005_addresses_that_work_after_all", "treatment_sessions": "0026_feeds_called_off",
    "patients": "0009_course_given_to_another_prescriber", "clinic": "0021_procedures_and_their_signatures",
}  # fmt: skip


@pytest.mark.timeout(1200)
def test_a_backup_of_an_older_version_is_brought_up_and_proven(clinic: Path, identity: Path, elsewhere: str, settings: Any) -> None:
    signatures, place = Signature.objects.count(), Place.in_use()
    connection.close()
    for app, name in OLDER.items():
        back = manage(place, "migrate", app, name, "--verbosity", "0")
        assert back.returncode == 0, back.stderr
    made = make(place, folder=clinic, recipients=settings.VIGIL_BACKUP_RECIPIENTS, now=NOW)
    assert {app: made.manifest.contents.migrations[app] for app in OLDER} == OLDER
    call_command("restore", str(made.path), "--identity", str(identity), "--into", elsewhere)
    returned = Place.of_url(elsewhere)
    for command in (["migrate", "--check"], ["verify_audit"], ["verify_signatures"]):
        done = manage(returned, *command)
        assert done.returncode == 0, done.stdout + done.stderr
    with this_process_uses(returned.name):
        assert Signature.objects.filter(seal_schema=1).count() == Signature.objects.count() == signatures > 0
