"""What the reports keep: the rounds of the self-audit and their findings, exports and their files, the ledger of what has left the site, packets for the dark day, summaries of the measures."""

from reports.models.disclosures import Disclosure
from reports.models.downtime import DowntimeKit, DowntimePacket
from reports.models.exports import Export, ExportPart
from reports.models.self_audit import AuditFinding, FindingCheck, SelfAudit
from reports.models.summaries import MonthSummary, SiteSummary, VisitSummary

__all__ = [
    "AuditFinding",
    "Disclosure",
    "DowntimeKit",
    "DowntimePacket",
    "Export",
    "ExportPart",
    "FindingCheck",
    "MonthSummary",
    "SelfAudit",
    "SiteSummary",
    "VisitSummary",
]
