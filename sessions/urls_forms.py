"""Addresses of the monitoring form and the filing desk."""

from django.urls import path

from sessions.views import filing, form, form_acts, form_blanks, form_papers

urlpatterns = [
    path("<slug:site>/filing/", filing.filing, name="filing"),
    path("<slug:site>/filing/blanks/", form_blanks.form_blank, name="form_blank"),
    path("<slug:site>/filing/blanks/<int:pk>/", form_blanks.form_map, name="form_map"),
    path("<slug:site>/forms/<int:pk>/", form.form, name="form"),
    path("<slug:site>/forms/<int:pk>/confirm/", form_acts.form_confirm, name="form_confirm"),
    path("<slug:site>/forms/<int:pk>/send/", form_acts.form_send, name="form_send"),
    path("<slug:site>/forms/<int:pk>/prove/", form_acts.form_prove, name="form_prove"),
    path("<slug:site>/forms/<int:pk>/fail/", form_acts.form_fail, name="form_fail"),
    path("<slug:site>/forms/<int:pk>/amend/", form_acts.form_amend, name="form_amend"),
    path("<slug:site>/forms/<int:pk>/print/", form_papers.form_print, name="form_print"),
    path("<slug:site>/forms/<int:pk>/official/", form_papers.form_official, name="form_official"),
    path("<slug:site>/forms/<int:pk>/companion/", form_papers.form_companion, name="form_companion"),
    path("<slug:site>/receipts/<int:pk>/", form_papers.form_receipt, name="form_receipt"),
]
