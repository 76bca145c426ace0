"""The canonical text of this room's signed records. A schema, once shipped, is frozen."""

from clinic.audit import chain_of
from clinic.models import AuditEntry, AuditReview, ProcedureSignOff

REVIEW_KIND, REVIEW_SCHEMA = "auditreview", 1
SIGN_OFF_KIND, SIGN_OFF_SCHEMA = "proceduresignoff", 1


def render_review(pk: int) -> str:
    """A review with the hash that its last entry has in the chain today: a chain rebuilt since breaks the signature too."""
    row = AuditReview.objects.select_related("site").get(pk=pk)
    entry = AuditEntry.objects.get(chain=chain_of(row.site), seq=row.up_to_seq)
    return "\n".join(
        (
            f"vigil-audit-review {REVIEW_SCHEMA}",
            f"site {row.site.uid}",
            f"key {row.client_key}",
            f"by {row.recorded_by_id}",
            f"at {row.recorded_at.isoformat()}",
            f"entries {row.since_seq} {row.up_to_seq}",
            f"hash {entry.hash} {row.up_to_hash}",
            f"note {row.note!r}",
        )
    )


def render_sign_off(pk: int) -> str:
    """The procedure's whole text with who has signed it."""
    row = ProcedureSignOff.objects.select_related("site", "version__procedure").get(pk=pk)
    version = row.version
    return "\n".join(
        (
            f"vigil-procedure-sign-off {SIGN_OFF_SCHEMA}",
            f"site {row.site.uid}",
            f"key {row.client_key}",
            f"by {row.recorded_by_id}",
            f"at {row.recorded_at.isoformat()}",
            f"procedure {version.procedure.title!r} {version.number} {version.effective_on.isoformat()}",
            f"text {version.text!r}",
        )
    )
