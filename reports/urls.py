"""Addresses of the compliance reports."""

from django.urls import path

from reports import audit_views, views

urlpatterns = [
    path("<slug:site>/reports/", views.reports, name="reports"),
    path("<slug:site>/reports/compliance.json", views.report_json, name="report_json"),
    path("<slug:site>/reports/self-audit/", audit_views.self_audit, name="self_audit"),
    path("<slug:site>/reports/self-audit/<int:pk>/", audit_views.self_audit_finding, name="self_audit_finding"),
    path("<slug:site>/reports/self-audit/<int:pk>/plan/", audit_views.self_audit_plan, name="self_audit_plan"),
    path("<slug:site>/reports/self-audit/<int:pk>/close/", audit_views.self_audit_close, name="self_audit_close"),
    path("<slug:site>/reports/<slug:code>/", views.report_list, name="report_list"),
    path("<slug:site>/reports/<slug:code>.csv", views.report_csv, name="report_csv"),
    path("<slug:site>/reports/<slug:code>.xlsx", views.report_xlsx, name="report_xlsx"),
]
