"""How people sign in: by invitation, never by signing up themselves."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class Adapter(DefaultAccountAdapter):
    """Sign-in library's hooks of ours."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are made by an administrator of a site (SET-10 decides what each may do)."""
        return False
