"""Every room's urls. What has a fixed first word stands before the rooms, whose paths begin with a site's slug."""

from allauth.account import urls as account
from allauth.mfa import urls as mfa
from django.urls import include, path

from config import health
from config.operating.views import operator

# Of the sign-in library's pages only these. Above all not its page of e-mail addresses: whoever finds a tablet open could add
# an address, have a new password sent there, and sign as that person (OUT-2).
ACCOUNT_PAGES = {
    "account_login",
    "account_logout",
    "account_inactive",
    "account_signup",
    "account_reauthenticate",
    "account_change_password",
    "account_set_password",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
}

handler500 = "config.operating.errors.fault"

# All of them: of the second factor each page is about one's own, and asks for the password again before it changes anything.
FACTOR_PAGES = mfa.urlpatterns

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("<slug:site>/operator/", operator, name="operator"),
    path("accounts/", include([page for page in account.urlpatterns if page.name in ACCOUNT_PAGES])),
    path("", include("desk.urls_locked")),
    path("accounts/second-step/", include(FACTOR_PAGES)),
    path("", include("reminders.urls")),
    path("", include("desk.urls")),  # the board before the rest: each pattern that doesn't fit costs
    path("", include("clinic.urls")),
    path("", include("patients.urls")),
    path("", include("sessions.urls")),
    path("", include("reports.urls")),
]
