"""No row of the record is pushed out by another that takes its key, its number or its hidden number (SQLite's REPLACE calls no delete trigger)."""

import pytest
from django.db import IntegrityError, connection, transaction

from clinic import audit, chain
from clinic.models import AuditEntry, AuditHead
from tests.cast import Cast
from tests.clinic.test_audit import acts

ON_SQLITE = connection.vendor == "sqlite"
ENTRY = "SELECT {id}, chain, {seq}, prev_hash, hash, schema, 'forged', site_id, happened_at, actor_id, action, target_kind, target_pk, patient_pk FROM clinic_auditentry"
COLUMNS = "chain, seq, prev_hash, hash, schema, body, site_id, happened_at, actor_id, action, target_kind, target_pk, patient_pk"
HEADS = "INSERT OR REPLACE INTO clinic_audithead ({}) SELECT {} FROM clinic_audithead WHERE chain = 'site:{}'"
# On either engine; on SQLite alone. {0} and {1} are the primary keys of two sites.
ON_BOTH = [
    f"INSERT INTO clinic_auditentry (id, {COLUMNS}) {ENTRY.format(id='id + 1000', seq='seq')} WHERE seq = 2 ON CONFLICT (chain, seq) DO UPDATE SET body = 'forged'",
    "INSERT INTO clinic_audithead (chain, seq, hash) VALUES ('site:{0}', 0, 'forged') ON CONFLICT (chain) DO UPDATE SET seq = 0, hash = 'forged'",
    "UPDATE clinic_audithead SET hash = 'forged'",
    "UPDATE clinic_auditentry SET id = id + 1000",
]
ON_SQLITE_ALONE = [
    f"INSERT OR REPLACE INTO clinic_auditentry (id, {COLUMNS}) {ENTRY.format(id='id', seq='seq + 1000')} WHERE seq = 2",
    f"INSERT OR REPLACE INTO clinic_auditentry (id, {COLUMNS}) {ENTRY.format(id='NULL', seq='seq')} WHERE seq = 2",
    f"INSERT OR REPLACE INTO clinic_auditentry (id, {COLUMNS}) {ENTRY.format(id='CAST(id AS TEXT)', seq='CAST(seq AS TEXT)')} WHERE seq = 2",
    f"INSERT OR REPLACE INTO clinic_auditentry (rowid, {COLUMNS}) {ENTRY.format(id='rowid', seq='seq + 1000')} WHERE seq = 2",
    f"INSERT OR IGNORE INTO clinic_auditentry (id, {COLUMNS}) {ENTRY.format(id='id', seq='seq')} WHERE seq = 2",
    f"REPLACE INTO clinic_auditentry (id, {COLUMNS}) {ENTRY.format(id='id', seq='seq')} WHERE seq = 2",
    "UPDATE OR REPLACE clinic_auditentry SET seq = 3 WHERE seq = 2",
    HEADS.format("chain, seq, hash", "chain, 0, 'forged'", "{0}"),
    HEADS.format("rowid, chain, seq, hash", "rowid, 'house', 0, 'forged'", "{0}"),
    "UPDATE OR REPLACE clinic_audithead SET seq = seq + 1, rowid = (SELECT rowid FROM clinic_audithead WHERE chain = 'site:{1}') WHERE chain = 'site:{0}'",
    "UPDATE OR REPLACE clinic_audithead SET seq = seq + 1, chain = 'site:{1}' WHERE chain = 'site:{0}'",
]


@pytest.mark.parametrize("recursive", ["ON", "OFF"] if ON_SQLITE else [""])
def test_nothing_takes_the_place_of_an_entry_or_of_a_head(cast: Cast, recursive: str) -> None:
    """Whatever the connection says of recursive triggers: the guard is of the insert, not of the delete."""
    audit.append_many(acts(4), site=cast.riverside)
    audit.append_many(acts(2), site=cast.hillcrest)
    before = [list(model.objects.order_by("pk").values()) for model in (AuditEntry, AuditHead)]
    for sql in ON_BOTH + (ON_SQLITE_ALONE if ON_SQLITE else []):
        with connection.cursor() as cursor, pytest.raises(IntegrityError), transaction.atomic():
            if ON_SQLITE:
                cursor.execute(f"PRAGMA recursive_triggers = {recursive}")
            cursor.execute(sql.format(cast.riverside.pk, cast.hillcrest.pk))
            pytest.fail(sql)
    assert [list(model.objects.order_by("pk").values()) for model in (AuditEntry, AuditHead)] == before
    assert all(chain.verified(name).is_whole for name in chain.chains())
