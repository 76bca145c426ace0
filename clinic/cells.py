"""A column's text sealed for its own row: AES-256-GCM by keys that stand outside of the database (docs/adr/0033)."""

import hmac
import json
import os
import unicodedata
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import SuspiciousOperation

PREFIX = "sealed:1:"
BYTES_PREFIX = b"vigil sealed 1:"
NONCE = 12
# As the first of VIGIL_FIELD_KEYS: what was sealed still opens, and nothing new is sealed.
PLAIN = "plain"


class DoesNotOpen(Exception):
    """Moved from another row or column, changed, or sealed by a key that isn't named here. Says where, never what."""


class Stored(str):
    """Text just as it stands in its column."""

    __slots__ = ()


@dataclass(frozen=True)
class Place:
    """The one cell that a text is sealed for: `row` is a number of its own that the row has before it is stored."""

    table: str
    column: str
    site: int
    row: str

    def bound(self, key_id: str) -> bytes:
        return json.dumps(["vigil cell 1", self.table, self.column, self.site, self.row, key_id]).encode()

    def __str__(self) -> str:
        return f"{self.table}.{self.column} of {self.row} at site {self.site}"


def key_ids() -> list[str]:
    """In the order of the setting, the newest first; `plain` among them."""
    return [key_id for key_id, _ in settings.VIGIL_FIELD_KEYS]


def may_stand() -> bool:
    """Whether a column may hold sealed cells, whatever is written now."""
    return bool(settings.VIGIL_FIELD_KEYS)


def newest() -> str:
    return key_ids()[0] if settings.VIGIL_FIELD_KEYS else PLAIN


def is_on() -> bool:
    """Whether what is written now is sealed."""
    return newest() != PLAIN


@lru_cache(maxsize=64)
def derived(key: bytes, purpose: str) -> bytes:
    """Sealing and finding again each have a key of their own."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"vigil field {purpose}".encode()).derive(key)


@lru_cache(maxsize=64)
def cipher(key: bytes) -> AESGCM:
    return AESGCM(derived(key, "cell"))


def key_of(cell: str) -> str:
    """The id of the key that a stored text was sealed by."""
    return cell[len(PREFIX) :].partition(":")[0] if cell.startswith(PREFIX) else PLAIN


def seal(text: str, place: Place) -> Stored:
    """The text as it is to be stored; empty stays empty, so that conditions on emptiness hold.

    Words that only look like a cell get a blank before them: a text of a patient's must never be lost, whatever it says (MSG-2).
    """
    key_id = newest()
    if not text or key_id == PLAIN:
        return Stored(f" {text}" if text.startswith(PREFIX) else text)
    return Stored(f"{PREFIX}{key_id}:{urlsafe_b64encode(boxed(text.encode(), place, key_id)).decode()}")


def boxed(words: bytes, place: Place, key_id: str) -> bytes:
    nonce = os.urandom(NONCE)
    return nonce + cipher(dict(settings.VIGIL_FIELD_KEYS)[key_id]).encrypt(nonce, words, place.bound(key_id))


def unboxed(box: bytes, place: Place, key_id: str) -> bytes:
    """Raises DoesNotOpen."""
    key = dict(settings.VIGIL_FIELD_KEYS).get(key_id)
    if not key:
        raise DoesNotOpen(f"{place} is sealed by the key {key_id!r}, which VIGIL_FIELD_KEYS doesn't name.")
    try:
        return cipher(key).decrypt(box[:NONCE], box[NONCE:], place.bound(key_id))
    except (InvalidTag, ValueError) as error:
        raise DoesNotOpen(f"{place} doesn't open by the key {key_id!r}: another key of that name, or the cell was changed or moved here.") from error


def open_sealed(cell: str, place: Place) -> str:
    """The text of a stored cell. Raises DoesNotOpen."""
    key_id = key_of(cell)
    if key_id == PLAIN:
        return str(cell)
    try:
        box = urlsafe_b64decode(cell.rpartition(":")[2])
    except ValueError:
        box = b""
    return unboxed(box, place, key_id).decode()


def seal_bytes(content: bytes, place: Place) -> bytes:
    """A file's content as it is to be stored: a mark with the key's id before the box."""
    if not content or not is_on():
        if content.startswith(BYTES_PREFIX):
            raise SuspiciousOperation("Looks like a sealed file, and is none of ours.")
        return content
    return BYTES_PREFIX + f"{newest()}:".encode() + boxed(content, place, newest())


def open_bytes(content: bytes, place: Place) -> bytes:
    """Raises DoesNotOpen."""
    if not content.startswith(BYTES_PREFIX):
        return content
    key_id, _, box = content[len(BYTES_PREFIX) :].partition(b":")
    return unboxed(box, place, key_id.decode("ascii", "replace"))


def index_by(key_id: str, text: str, *, table: str, column: str, site: int) -> str:
    """A mark by which equal texts of one column and site are found, and nothing else is learned. Blanks around don't count, nor how an accent is written."""
    asked = json.dumps(["vigil index 1", table, column, site, unicodedata.normalize("NFC", text.strip())]).encode()
    return f"{key_id}:{hmac.digest(derived(dict(settings.VIGIL_FIELD_KEYS)[key_id], 'index'), asked, sha256).hex()}"


def index_of(text: str, *, table: str, column: str, site: int) -> str | None:
    """What stands beside a sealed cell; None where nothing is sealed."""
    return index_by(newest(), text, table=table, column=column, site=site) if is_on() and text else None


def reach_marks(words: str) -> Sequence[str]:
    """Of a telephone number or an address, the same wherever it stands, by every key there is, the newest first."""
    return indexes_of(words, table="", column="reach", site=0) if words else ()


def indexes_of(text: str, *, table: str, column: str, site: int) -> Sequence[str]:
    """By every key that still may stand: while a rotation is under way the rows differ."""
    return [index_by(key_id, text, table=table, column=column, site=site) for key_id in key_ids() if key_id != PLAIN]
