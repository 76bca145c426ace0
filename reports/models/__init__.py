"""What the reports keep: the rounds of the self-audit and their findings."""

from reports.models.self_audit import AuditFinding, FindingCheck, SelfAudit

__all__ = ["AuditFinding", "FindingCheck", "SelfAudit"]
