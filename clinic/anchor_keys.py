"""The key that signs anchors: Ed25519, in a file outside of the database. Who verifies needs its public half alone."""

import base64
import hashlib
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings

PUBLIC = "vigil-ed25519:"


class NoKey(Exception):
    """There is no usable key; its words say which file and why."""


@dataclass(frozen=True)
class PublicKey:
    key: Ed25519PublicKey

    @property
    def text(self) -> str:
        return PUBLIC + base64.urlsafe_b64encode(self.key.public_bytes_raw()).decode()

    @property
    def name(self) -> str:
        """What a line calls its key."""
        return hashlib.sha256(self.key.public_bytes_raw()).hexdigest()[:16]

    def holds(self, told: str, signature: str) -> bool:
        try:
            self.key.verify(base64.urlsafe_b64decode(signature), told.encode())
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True)
class SigningKey:
    key: Ed25519PrivateKey

    @property
    def public(self) -> PublicKey:
        return PublicKey(self.key.public_key())

    def sign(self, told: str) -> str:
        return base64.urlsafe_b64encode(self.key.sign(told.encode())).decode()


def public_key(text: str) -> PublicKey:
    """`vigil-ed25519:…`, as `manage.py anchor_key` prints it. Raises NoKey."""
    try:
        return PublicKey(Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(text.strip().removeprefix(PUBLIC))))
    except ValueError:
        raise NoKey("That is no public key of anchors: it begins with vigil-ed25519: and has 44 characters more.") from None


def key_file() -> Path:
    return Path(settings.VIGIL_ANCHOR_KEY_FILE)


def signing_key() -> SigningKey:
    """The installation's own. A demonstration makes one for itself. Raises NoKey."""
    path = key_file()
    if not path.exists() and not settings.IS_PRODUCTION:
        with suppress(NoKey):  # another process was quicker
            make_key()
    try:
        return SigningKey(Ed25519PrivateKey.from_private_bytes(base64.urlsafe_b64decode(path.read_text().strip())))
    except OSError as error:
        raise NoKey(f"{path} can't be read ({type(error).__name__}). Make a key: manage.py anchor_key --make") from None
    except ValueError:
        raise NoKey(f"{path} holds no key of anchors.") from None


def make_key() -> SigningKey:
    """A new key in its file, for the owner's eyes alone; a file that is there is never written over."""
    path, key = key_file(), Ed25519PrivateKey.generate()
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        write_key(path, key)
    except FileExistsError:
        raise NoKey(f"{path} is there already.") from None
    return SigningKey(key)


def write_key(path: Path, key: Ed25519PrivateKey) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(base64.urlsafe_b64encode(key.private_bytes_raw()).decode() + "\n")
        file.flush()
        os.fsync(file.fileno())


def renew_key() -> tuple[SigningKey, SigningKey]:
    """The old key and the new one in its place. The old one's public half is kept beside, since older anchors are signed by it. Raises NoKey."""
    path, old, key = key_file(), signing_key(), Ed25519PrivateKey.generate()
    passing = path.with_name(f"{path.name}.new")
    passing.unlink(missing_ok=True)
    write_key(passing, key)
    with former_file().open("a") as file:
        file.write(f"{old.public.text}\n")
    passing.replace(path)
    return old, SigningKey(key)


def former_file() -> Path:
    return key_file().with_name(f"{key_file().name}.former")


def known_keys() -> list[PublicKey]:
    """The installation's own public keys: the present one, then the former ones. Raises NoKey."""
    former = former_file().read_text().split() if former_file().exists() else []
    return [signing_key().public, *(public_key(line) for line in former)]
