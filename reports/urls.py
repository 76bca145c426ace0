"""Addresses of the compliance reports."""

from django.urls import path

from reports.views import auditors, binders, disclosures, downtime, exports, measures, network, overview, self_audit, sites, trails

urlpatterns = [
    path("<slug:site>/reports/", overview.reports, name="reports"),
    path("<slug:site>/settings/downtime/", downtime.downtime, name="downtime"),
    path("<slug:site>/reports/sites/", sites.report_sites, name="report_sites"),
    path("<slug:site>/reports/network/", network.report_network, name="report_network"),
    path("<slug:site>/reports/measures/", measures.measures, name="measures"),
    path("<slug:site>/reports/compliance.json", measures.report_json, name="report_json"),
    path("<slug:site>/reports/self-audit/", self_audit.self_audit, name="self_audit"),
    path("<slug:site>/reports/self-audit/<int:pk>/", self_audit.self_audit_finding, name="self_audit_finding"),
    path("<slug:site>/reports/self-audit/<int:pk>/plan/", self_audit.self_audit_plan, name="self_audit_plan"),
    path("<slug:site>/reports/self-audit/<int:pk>/close/", self_audit.self_audit_close, name="self_audit_close"),
    path("<slug:site>/reports/binder/", binders.binder, name="binder"),
    path("<slug:site>/reports/audit-trail/", trails.audit_export, name="audit_export"),
    path("<slug:site>/auditors/", auditors.auditors, name="auditors"),
    path("<slug:site>/auditors/<int:pk>/", auditors.auditor_grant, name="auditor_grant"),
    path("<slug:site>/auditors/<int:pk>/revoke/", auditors.auditor_revoke, name="auditor_revoke"),
    path("<slug:site>/audited/", auditors.audited, name="audited"),
    path("<slug:site>/audited/binder/", auditors.audited_binder, name="audited_binder"),
    path("<slug:site>/reports/exports/", exports.exports, name="exports"),
    path("<slug:site>/reports/exports/<int:pk>/", exports.export, name="export"),
    path("<slug:site>/reports/exports/<int:pk>/cancel/", exports.export_cancel, name="export_cancel"),
    path("<slug:site>/reports/exports/<int:pk>/again/", exports.export_again, name="export_again"),
    path("<slug:site>/reports/exports/<int:pk>/file/", exports.export_file, name="export_file"),
    path("<slug:site>/reports/disclosures/", disclosures.disclosures, name="disclosures"),
    path("<slug:site>/reports/<slug:code>/", measures.report_list, name="report_list"),
]
