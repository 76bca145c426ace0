"""Addresses of the compliance reports."""

from django.urls import path

from reports import views

urlpatterns = [
    path("<slug:site>/reports/", views.reports, name="reports"),
    path("<slug:site>/reports/compliance.json", views.report_json, name="report_json"),
    path("<slug:site>/reports/<slug:code>/", views.report_list, name="report_list"),
    path("<slug:site>/reports/<slug:code>.csv", views.report_csv, name="report_csv"),
    path("<slug:site>/reports/<slug:code>.xlsx", views.report_xlsx, name="report_xlsx"),
]
