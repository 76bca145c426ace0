"""Checks an audit binder offline: `python verify_binder.py binder.zip`. Needs Python alone, and says the first difference.

It compares every file of the archive with the manifest, and the manifest with its own list: nothing missing, nothing more,
nothing changed. Prints the SHA-256 of the whole archive, to compare with the audit entry of the site that made it.
"""

import hashlib
import re
import sys
import zipfile
from pathlib import Path

MANIFEST = "MANIFEST.sha256"
LINE = re.compile(r"([0-9a-f]{64})  ([A-Za-z0-9._/-]+)")
BLOCK = 1 << 20


class NotIntact(Exception):
    """The first difference, in words."""


def verified(path: str | Path) -> tuple[int, str]:
    """How many files were checked, and the archive's own SHA-256. Raises NotIntact."""
    try:
        with zipfile.ZipFile(path) as archive:
            return check(archive), digest_of(path)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, OSError, EOFError, ValueError, NotImplementedError, RuntimeError) as problem:
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
    except (zipfile.BadZipFile, EOFError, OSError, ValueError) as problem:
        raise NotIntact(f"{name} can't be read: {problem}") from problem
    except Exception as problem:  # zlib.error has no common ancestor with the others
        if type(problem).__name__ != "error":
            raise
        raise NotIntact(f"{name} can't be read: {problem}") from problem
    return digest.hexdigest()


def digest_of(path: str | Path) -> str:
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


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
    say(f"Intact: {count} files as the manifest says.\nSHA-256 of the archive: {digest}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
