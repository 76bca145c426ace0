"""The audit trail as an export: the entries of a range of days as the page filters them, with their numbers and hashes."""

from collections.abc import Mapping
from datetime import date
from typing import Any, BinaryIO

from clinic.chain import CHUNK
from clinic.models import AuditEntry, Site
from clinic.queries.audit import changes_of, entries_between, kind_words
from clinic.queries.audit_filters import kind_choices
from clinic.roles import Permission
from clinic.sentences import sentence_of
from patients.models import Patient
from reports.kinds import Built, Kind, Progress
from reports.models import Export
from reports.sheets import CONTENT_TYPES, Cell, open_sheet

SMALL = 500
HEADER = ("number", "when", "who", "what", "act", "which", "its number", "patient", "changed", "hash of the one before", "hash")


def found_by(export: Export) -> Any:
    given = export.filters
    return entries_between(export.site, date.fromisoformat(given["first"]), date.fromisoformat(given["last"]), given)


def words(filters: Mapping[str, Any]) -> str:
    kind = dict(kind_choices()).get(str(filters.get("kind") or ""), "")
    of = f", patient {filters['patient']}" if filters.get("patient") else ""
    return f"Audit trail · {kind}{of} · {date.fromisoformat(filters['first']):%-d %b %Y} to {date.fromisoformat(filters['last']):%-d %b %Y}"


def is_small(export: Export) -> bool:
    return bool(found_by(export).order_by()[: SMALL + 1].count() <= SMALL)


def build(export: Export, into: BinaryIO, progress: Progress) -> Built:
    """In the order in which it happened; a chunk in memory at a time, found by where the last one ended."""
    given, entries, rows, after = export.filters, found_by(export).select_related("actor").order_by("seq"), 0, 0
    total = found_by(export).order_by().count()
    sheet = open_sheet(given["as"], into, HEADER)
    progress(0, total)
    while some := list(entries.filter(seq__gt=after)[:CHUNK]):
        for entry in some:
            sheet.write(cells(export.site, entry))
        rows, after = rows + len(some), some[-1].seq
        progress(rows, total)
    sheet.close([("site", export.site.name), ("from", date.fromisoformat(given["first"])), ("to", date.fromisoformat(given["last"]))])
    # A number that nobody of the site has finds nothing, and stands in no ledger.
    patient = Patient.objects.filter(site=export.site, pk=given.get("patient")).values_list("pk", flat=True).first()
    return Built(f"{export.site.slug}-audit-{given['first']}-{given['last']}.{given['as']}", CONTENT_TYPES[given["as"]], rows, patient_pk=patient)


def cells(site: Site, entry: AuditEntry) -> tuple[Cell, ...]:
    """Times on the site's wall, as its other tables have them."""
    return (
        entry.seq, entry.happened_at.astimezone(site.zone).replace(tzinfo=None, microsecond=0), entry.actor.printed_name if entry.actor else "The app itself",
        sentence_of(entry.action), entry.action, kind_words(entry.target_kind), entry.target_pk, entry.patient_pk,
        "; ".join(f"{name}: {value}" for name, value in changes_of(entry.body)), entry.prev_hash, entry.hash,
    )  # fmt: skip


KIND = Kind("trail", Permission.VIEW_AUDIT, words, build, is_small)
