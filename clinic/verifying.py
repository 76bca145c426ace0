"""Verifies this process's whole database: checks and guards, migrations, audit trail, signatures, and what a manifest promises."""

from django.core.checks import ERROR, run_checks
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from clinic import chain, signatures
from clinic.backups.engines import engine_of
from clinic.backups.manifest import Contents, differences
from clinic.backups.places import Place
from clinic.backups.proving import Proof
from clinic.models import Signature


def verified_database(wanted: Contents | None = None) -> Proof:
    """Everything that doesn't hold, in words. Another version's tables can't be read: then its rows are compared alone."""
    found = engine_of(Place.in_use()).contents(Place.in_use())
    faults = differences(wanted, found) if wanted is not None else []
    rows = sum(found.tables.values())
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if unknown := executor.loader.applied_migrations.keys() - executor.loader.disk_migrations.keys():
        faults.append(f"{len(unknown)} of its migrations are of a newer version than this one")
    if waiting or unknown:
        return Proof(rows, 0, 0, faults, waiting=len(waiting))
    faults += [str(check.msg) for check in run_checks(databases=["default"]) if check.level >= ERROR]
    verdicts = [chain.verified(name) for name in chain.chains()]
    faults += [f"the audit trail {one.chain} is broken at entry {one.broken_seq}: {one.reason}" for one in verdicts if not one.is_whole]
    signed = Signature.objects.all()
    faults += [f"signature {one.signature.pk}: {one.reason}" for one in signatures.broken(signed)]
    return Proof(rows, sum(one.entries for one in verdicts), signed.count(), faults)
