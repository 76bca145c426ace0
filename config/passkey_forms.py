"""The sign-in library's forms of passkeys, for answers that somebody made up: a wrong answer, never a fault of the server."""

from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import forms
from django.forms import HiddenInput, JSONField

from clinic.identity import BROKEN_ANSWERS


class CredentialField(JSONField):
    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except RecursionError as broken:
            raise get_adapter().validation_error("incorrect_code") from broken


def hidden() -> CredentialField:
    return CredentialField(required=True, widget=HiddenInput)


class Guarded:
    """Its parsers raise many things on a made-up answer."""

    def clean_credential(self) -> Authenticator:
        try:
            return super().clean_credential()  # type: ignore[misc,no-any-return]
        except BROKEN_ANSWERS as broken:
            raise get_adapter().validation_error("incorrect_code") from broken


class LoginForm(Guarded, forms.LoginWebAuthnForm):  # type: ignore[misc]
    credential = hidden()


class AuthenticateForm(Guarded, forms.AuthenticateWebAuthnForm):  # type: ignore[misc]
    credential = hidden()


class ReauthenticateForm(Guarded, forms.ReauthenticateWebAuthnForm):  # type: ignore[misc]
    credential = hidden()


class AddForm(forms.AddWebAuthnForm):  # type: ignore[misc]
    credential = hidden()

    def clean(self) -> dict[str, Any]:
        try:
            return super().clean()  # type: ignore[no-any-return]
        except BROKEN_ANSWERS as broken:
            raise get_adapter().validation_error("incorrect_code") from broken
