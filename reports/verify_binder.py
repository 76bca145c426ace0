"""Checks an audit binder offline: `python verify_binder.py binder.zip`. Needs Python alone, and says the first difference.

It compares every file of the archive with the manifest beside it: nothing missing, nothing more, nothing changed. Whoever
changes a file could write a manifest to it, so it prints the SHA-256 of the whole archive too: only when the site that made
it has the same in its audit trail is it the site's own. Ends with 0 (as listed), 1 (not), 2 (there is no such file to read).
"""

import hashlib
import lzma
import re
import sys
import zipfile
import zlib
from pathlib import Path

MANIFEST = "MANIFEST.sha256"
LINE = re.compile(r"([0-9a-f]{64})  ([A-Za-z0-9._/-]+)")
BLOCK = 1 << 20
# What the standard library says of an archive that is damaged, encrypted (RuntimeError), or packed in a way that it doesn't know.
DAMAGE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, ValueError, OSError, RuntimeError)
COMPARE = "Compare it with the one in the site’s audit trail: the manifest alone proves no origin."


class NotIntact(Exception):
    """The first difference, in words."""


def verified(path: str | Path) -> tuple[int, str]:
    """How many files were checked, and the archive's own SHA-256. Raises NotIntact, and OSError where the file can't be read at all."""
    digest = digest_of(path)
    try:
        with zipfile.ZipFile(path) as archive:
            return check(archive), digest
    except DAMAGE as problem:
        raise NotIntact(f"The archive can't be read: {problem}") from problem


def check(archive: zipfile.ZipFile) -> int:
    names = archive.namelist()
    if len(set(names)) != len(names):
        raise NotIntact("A file stands in the archive twice.")
    if MANIFEST not in names:
        raise NotIntact(f"There is no {MANIFEST} in the archive.")
    expected = listed(archive.read(MANIFEST))
    for name in names:
        if name != MANIFEST and name not in expected:
            raise NotIntact(f"{name} isn't in the manifest.")
    for name, digest in expected.items():
        if name not in names:
            raise NotIntact(f"{name} is missing.")
        found = digest_in(archive, name)
        if found != digest:
            raise NotIntact(f"{name} was changed: its SHA-256 is {found}, the manifest says {digest}.")
    return len(expected)


def listed(manifest: bytes) -> dict[str, str]:
    """Name → SHA-256, as sha256sum writes it."""
    found: dict[str, str] = {}
    for number, line in enumerate(manifest.decode("ascii", "replace").splitlines(), 1):
        match = LINE.fullmatch(line)
        if match is None or match[2] in found:
            raise NotIntact(f"Line {number} of the manifest can't be read.")
        found[match[2]] = match[1]
    if not found:
        raise NotIntact("The manifest is empty.")
    return found


def digest_in(archive: zipfile.ZipFile, name: str) -> str:
    digest = hashlib.sha256()
    try:
        with archive.open(name) as file:
            while block := file.read(BLOCK):
                digest.update(block)
    except DAMAGE as problem:
        raise NotIntact(f"{name} can't be read: {problem}") from problem
    return digest.hexdigest()


def digest_of(path: str | Path) -> str:
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def verdict(count: int, digest: str) -> str:
    return f"Intact: {count} files as the manifest says.\nSHA-256 of the archive: {digest}\n{COMPARE}"


def say(words: str) -> None:
    sys.stdout.write(f"{words}\n")


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        say("Usage: python verify_binder.py binder.zip")
        return 2
    try:
        count, digest = verified(arguments[0])
    except NotIntact as difference:
        say(f"NOT INTACT: {difference}")
        return 1
    except OSError as problem:
        say(f"Not checked: {problem}")
        return 2
    say(verdict(count, digest))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
