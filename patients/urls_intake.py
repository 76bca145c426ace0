"""Addresses of the intake: the list, the acts on one, authorisations, moves between settings."""

from django.urls import path

from patients.views import intake, moves

urlpatterns = [
    path("<slug:site>/intake/", intake.intake_list, name="intake_list"),
    path("<slug:site>/patients/<int:pk>/intake/", intake.intake_new, name="intake_new"),
    path("<slug:site>/intake/<int:pk>/step/", intake.intake_step, name="intake_step"),
    path("<slug:site>/intake-steps/<int:pk>/back/", intake.intake_step_back, name="intake_step_back"),
    path("<slug:site>/intake/<int:pk>/owner/", intake.intake_give, name="intake_give"),
    path("<slug:site>/intake/<int:pk>/drop/", intake.intake_drop, name="intake_drop"),
    path("<slug:site>/intake/<int:pk>/finish/", intake.intake_finish, name="intake_finish"),
    path("<slug:site>/intake/<int:pk>/reopen/", intake.intake_reopen, name="intake_reopen"),
    path("<slug:site>/patients/<int:pk>/authorisations/new/", moves.authorisation_new, name="authorisation_new"),
    path("<slug:site>/authorisations/<int:pk>/", moves.authorisation_correct, name="authorisation_correct"),
    path("<slug:site>/patients/<int:pk>/move/", moves.transfer_out, name="transfer_out"),
    path("<slug:site>/moves/<int:pk>/told/", moves.transfer_told, name="transfer_told"),
    path("<slug:site>/moves/<int:pk>/off/", moves.transfer_call_off, name="transfer_call_off"),
    path("<slug:site>/courses/<int:pk>/elsewhere/", moves.course_elsewhere, name="course_elsewhere"),
]
