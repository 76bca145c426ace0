"""Addresses of the patients' room; the list and the chart themselves are in desk/, since they show sessions too."""

from django.urls import include, path

from patients.views import chart, courses, facts, importing, patient, readers, scores

urlpatterns = [
    path("", include("patients.urls_intake")),
    path("<slug:site>/patients/new/", patient.patient_new, name="patient_new"),
    path("<slug:site>/patients/import/", importing.patient_import, name="patient_import"),
    path("<slug:site>/patients/<int:pk>/edit/", patient.patient_edit, name="patient_edit"),
    path("<slug:site>/patients/<int:pk>/readers/", readers.patient_readers, name="patient_readers"),
    path("<slug:site>/patients/<int:pk>/status/", patient.patient_status, name="patient_status"),
    path("<slug:site>/patients/<int:pk>/contacts/new/", patient.contact_new, name="contact_new"),
    path("<slug:site>/contacts/<int:pk>/", patient.contact_edit, name="contact_edit"),
    path("<slug:site>/patients/<int:pk>/enrolment/", facts.enrolment_new, name="enrolment_new"),
    path("<slug:site>/enrolments/<int:pk>/proof/", facts.enrolment_proof, name="enrolment_proof"),
    path("<slug:site>/patients/<int:pk>/screening/", facts.screening_new, name="screening_new"),
    path("<slug:site>/screenings/<int:pk>/correct/", facts.screening_correct, name="screening_correct"),
    path("<slug:site>/patients/<int:pk>/consent/", facts.consent_new, name="consent_new"),
    path("<slug:site>/patients/<int:pk>/medicines/new/", chart.medicine_new, name="medicine_new"),
    path("<slug:site>/medicines/<int:pk>/stop/", chart.medicine_stop, name="medicine_stop"),
    path("<slug:site>/patients/<int:pk>/trials/new/", chart.trial_new, name="trial_new"),
    path("<slug:site>/trials/<int:pk>/", chart.trial_edit, name="trial_edit"),
    path("<slug:site>/patients/<int:pk>/limits/new/", chart.standing_new, name="standing_new"),
    path("<slug:site>/limits/<int:pk>/end/", chart.standing_end, name="standing_end"),
    path("<slug:site>/patients/<int:pk>/scores/<slug:scale>/", scores.score_new, name="score_new"),
    path("<slug:site>/scores/<int:pk>/correct/", scores.score_correct, name="score_correct"),
    path("<slug:site>/scores/<int:pk>/take-back/", scores.score_take_back, name="score_take_back"),
    path("<slug:site>/scores/<int:pk>/risk/", scores.risk_answer, name="risk_answer"),
    path("<slug:site>/patients/<int:pk>/course/", courses.course_new, name="course_new"),
    path("<slug:site>/courses/<int:pk>/prescriber/", courses.course_prescriber, name="course_prescriber"),
    path("<slug:site>/courses/<int:pk>/end/", courses.course_end, name="course_end"),
    path("<slug:site>/courses/<int:pk>/order/", courses.order_new, name="order_new"),
    path("<slug:site>/courses/<int:pk>/spoken-order/", courses.order_spoken, name="order_spoken"),
    path("<slug:site>/orders/<int:pk>/cosign/", courses.order_cosign, name="order_cosign"),
    path("<slug:site>/orders/<int:pk>/cancel/", courses.order_cancel, name="order_cancel"),
]
