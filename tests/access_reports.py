"""Who may open what of the reports and of what they rest on: the part of tests/access_table.py that an auditor asks about."""

from clinic.roles import Permission as P
from tests.access_entry import act, form, page

REPORTS = {
    "reports": page(P.VIEW_REPORTS),
    "report_sites": page(P.VIEW_REPORTS),
    "report_network": page(P.VIEW_REPORTS),
    "measures": page(P.VIEW_REPORTS),
    "self_audit": page(P.VIEW_REPORTS),
    "self_audit_finding": page(P.VIEW_REPORTS, of="finding"),
    "self_audit_plan": act(P.ANSWER_AUDIT, of="finding"),
    "self_audit_close": act(P.ANSWER_AUDIT, of="finding"),
    "audit_export": form(P.VIEW_AUDIT, P.EXPORT),
    "binder": form(P.VIEW_REPORTS, P.EXPORT),
    "auditors": form(P.MANAGE_STAFF),
    "auditor_grant": page(P.MANAGE_STAFF, of="auditor grant"),
    "auditor_revoke": act(P.MANAGE_STAFF, of="auditor grant"),
    "audited": page(P.VIEW_RECORD),
    "audited_binder": page(P.VIEW_RECORD),
    "report_list": page(P.VIEW_REPORTS, of="measure"),
    "report_json": page(P.VIEW_REPORTS, P.EXPORT),
    "exports": form(P.VIEW_REPORTS, P.EXPORT),
    "export": page(P.VIEW_REPORTS, P.EXPORT, of="export"),
    "export_cancel": act(P.VIEW_REPORTS, P.EXPORT, of="export"),
    "export_again": act(P.VIEW_REPORTS, P.EXPORT, of="export"),
    "export_file": page(P.VIEW_REPORTS, P.EXPORT, of="export"),
    "disclosures": page(P.VIEW_AUDIT),
    "downtime": form(P.MANAGE_SITE),
    "procedures": page(P.VIEW_STAFF),
    "new_procedure": form(P.MANAGE_SITE),
    "procedure": page(P.VIEW_STAFF, of="procedure"),
    "procedure_version": act(P.MANAGE_SITE, of="procedure"),
    "procedure_sign": act(P.MOVE_DUTY, of="procedure"),
    "procedure_retire": act(P.MANAGE_SITE, of="procedure"),
}
