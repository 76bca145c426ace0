"""Second factors: their secrets encrypted at rest, and what their library asks of us."""

import base64
from functools import cache

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction

from clinic.qr import qr_svg

PURPOSE = b"vigil second factors 1"


def key_of(secret: str) -> bytes:
    """A key of its own for this purpose alone, out of the installation's secret."""
    return base64.urlsafe_b64encode(HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(secret.encode()))


@cache
def boxes(secrets: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key_of(secret)) for secret in secrets])


def box() -> MultiFernet:
    """The first key locks, all open: after VIGIL_SECRET_KEY is renewed the old one stays in VIGIL_OLD_SECRET_KEYS until all is locked anew."""
    return boxes((settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


class Adapter(DefaultMFAAdapter):
    """The second-factor library's hooks of ours."""

    def encrypt(self, text: str) -> str:
        return box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        try:
            return box().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            raise ImproperlyConfigured("A second factor was locked with a key that isn't here any more: name it in VIGIL_OLD_SECRET_KEYS.") from None

    def build_totp_svg(self, url: str) -> str:
        """Drawn here: the secret leaves the house for the person's telephone alone."""
        return str(qr_svg(url))

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": "Vigil"}

    def generate_authenticator_name(self, user, type: Authenticator.Type) -> str:  # type: ignore[no-untyped-def]
        return "My passkey"


def relock() -> int:
    """Lock every secret with the newest key; a run that broke off is simply begun again. Returns how many."""
    locked = Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN).order_by("pk").values_list("pk", flat=True)
    return sum(relock_one(pk) for pk in list(locked))


@transaction.atomic
def relock_one(pk: int) -> bool:
    """Under the row's lock: a recovery code that is used at this moment stays used."""
    row = Authenticator.objects.select_for_update().filter(pk=pk).first()
    names = [name for name in ("secret", "seed") if row is not None and name in row.data]
    if row is None or not names:
        return False
    row.data.update({name: box().rotate(row.data[name].encode()).decode() for name in names})
    row.save(update_fields=["data"])
    return True
