"""Why a backup or a return can't be: one plain sentence, without a patient's data, for a terminal, a row and a page."""

import re


class BackupFailed(Exception):
    pass


def told_by(program: str, said: bytes) -> str:
    """The first error of PostgreSQL's programs. Details and contexts follow on lines of their own and may quote rows: they are left out."""
    lines = said.decode(errors="replace").splitlines()
    first = next((line for line in lines if "error:" in line or "ERROR:" in line), "it ended without a word")
    plain = re.sub(r"^\S+: error: ", "", first)
    return f"{program}: {plain}"[:200]
