"""Streams: sealed with age for recipients, packed, measured; a few blocks in memory however large the database is."""

import hashlib
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Protocol

from pyrage import DecryptError, IdentityError, RecipientError, decrypt_io, encrypt_io, x25519

from clinic.backups.failure import BackupFailed

BLOCK = 64 * 1024
GZIP = 31  # zlib's word for "with a header that gunzip knows"
PACKED = 4


class Reader(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


class Writer(Protocol):
    def write(self, block: bytes, /) -> int: ...

    def flush(self) -> None: ...


class Measuring:
    """Writes on, and knows the length and the SHA-256 of all it wrote."""

    def __init__(self, to: Writer) -> None:
        self.to, self.digest, self.size = to, hashlib.sha256(), 0

    def write(self, block: bytes) -> int:
        self.digest.update(block)
        self.size += len(block)
        self.to.write(block)
        return len(block)

    def flush(self) -> None:
        self.to.flush()


class Packing:
    """Reads a stream and gives it gzipped."""

    def __init__(self, source: Reader) -> None:
        self.source, self.packer, self.waiting, self.is_over = source, zlib.compressobj(PACKED, wbits=GZIP), bytearray(), False

    def read(self, size: int = BLOCK) -> bytes:
        while not self.is_over and len(self.waiting) < size:
            block = self.source.read(BLOCK)
            self.is_over = not block
            self.waiting += self.packer.compress(block) if block else self.packer.flush()
        given = bytes(self.waiting[:size])
        del self.waiting[:size]
        return given


class Unpacking:
    """Takes gzip and writes what was packed."""

    def __init__(self, to: Writer) -> None:
        self.to, self.unpacker = to, zlib.decompressobj(wbits=GZIP)

    def write(self, block: bytes) -> int:
        try:
            self.to.write(self.unpacker.decompress(block))
        except zlib.error as bad:
            raise BackupFailed("The backup is damaged.") from bad
        return len(block)

    def flush(self) -> None:
        self.to.flush()

    def end(self) -> None:
        if not self.unpacker.eof:
            raise BackupFailed("The backup ends too early.")


def recipients_of(words: Iterable[str]) -> list[Any]:
    try:
        return [x25519.Recipient.from_str(word) for word in words]
    except RecipientError as bad:
        raise BackupFailed("VIGIL_BACKUP_RECIPIENTS: expected age recipients with commas between (age1…), as `age-keygen` prints them.") from bad


def identities_in(path: Path) -> list[Any]:
    """The keys of an identity file, as `age-keygen -o` writes it."""
    try:
        lines = [line.strip() for line in path.read_text().splitlines()]
        found = [x25519.Identity.from_str(line) for line in lines if line and not line.startswith("#")]
    except (OSError, UnicodeDecodeError, IdentityError) as bad:
        raise BackupFailed(f"{path} is no identity file of age (lines that begin with AGE-SECRET-KEY-1).") from bad
    if not found:
        raise BackupFailed(f"{path} holds no key.")
    return found


def seal(source: Reader, to: Writer, recipients: list[Any]) -> None:
    """Without recipients it is copied as it is."""
    if recipients:
        encrypt_io(source, to, recipients)
        return
    while block := source.read(BLOCK):
        to.write(block)


def unseal(source: Reader, to: Writer, identities: list[Any] | None) -> None:
    """Raises BackupFailed where no key opens it, or where it was changed or cut off."""
    if identities is None:
        seal(source, to, [])
        return
    try:
        decrypt_io(source, to, identities)
    except OSError as bad:
        # Without a number it is age's own: a block that was changed, or the end that is missing.
        raise BackupFailed(
            f"What was opened can't be written: {bad.strerror}" if bad.errno else f"The backup was changed or cut off ({bad})."
        ) from bad
    except DecryptError as bad:
        raise BackupFailed(f"The backup can't be opened: the key isn't one of its recipients', or the file was changed ({bad}).") from bad


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
