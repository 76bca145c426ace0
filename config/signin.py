"""How people sign in: by invitation, never by signing up themselves; failures are kept, and cost the same whoever was named."""

from datetime import UTC, datetime
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from django.db import transaction
from django.http import HttpRequest

from clinic import clock, second_factor
from clinic.actions.account import note_account
from clinic.models import User


class Adapter(DefaultAccountAdapter):
    """Sign-in library's hooks of ours."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are made by an administrator of a site (SET-10 decides what each may do)."""
        return False

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Who signed in just now isn't asked for the password at once again to set up the second step they were led to; who had one then is."""
        records = get_authentication_records(self.request, self.request.user)
        if not records or second_factor.had_one(self.request.user, datetime.fromtimestamp(records[0]["at"], UTC)):
            return bool(super().is_reauthentication_required(app=app, **kwargs))
        return bool(clock.now().timestamp() - records[-1]["at"] >= app_settings.REAUTHENTICATION_TIMEOUT)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """A wrong password is an entry of the audit trail. For nobody's address the same is written and undone: the time tells nothing."""
        user = User.objects.filter(email__iexact=str(credentials.get("email") or "")).first()
        with transaction.atomic():
            note_account("account.sign_in_failed", user, by=None, now=clock.now())
            if user is None:
                transaction.set_rollback(True)
