"""What the reports keep: the rounds of the self-audit and their findings, exports and their files, the ledger of what has left the site."""

from reports.models.disclosures import Disclosure
from reports.models.exports import Export, ExportPart
from reports.models.self_audit import AuditFinding, FindingCheck, SelfAudit

__all__ = ["AuditFinding", "Disclosure", "Export", "ExportPart", "FindingCheck", "SelfAudit"]
