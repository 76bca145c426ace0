"""Small secrets that the app itself must read again, sealed by the installation's secret key and bound to their place."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

NONCE = 12


def key_of(secret: str, place: str) -> AESGCM:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"vigil sealed {place.partition(':')[0]}".encode())
    return AESGCM(derived.derive(secret.encode()))


def sealed(text: str, *, place: str) -> bytes:
    """`place` is `kind:id`; what is sealed for one place opens at no other."""
    nonce = os.urandom(NONCE)
    return nonce + key_of(settings.SECRET_KEY, place).encrypt(nonce, text.encode(), place.encode())


def opened(box: bytes | memoryview, *, place: str) -> str | None:
    """None where neither the present secret key nor an old one opens it."""
    raw = bytes(box)
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            return key_of(secret, place).decrypt(raw[:NONCE], raw[NONCE:], place.encode()).decode()
        except InvalidTag:
            continue
    return None
