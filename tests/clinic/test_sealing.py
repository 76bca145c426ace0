"""The streams of a backup: a few blocks in memory, and a changed or cut one is never taken."""

import io

import pytest
from pyrage import x25519

from clinic.backups.failure import BackupFailed, told_by
from clinic.backups.sealing import Measuring, Packing, Unpacking, seal, unseal

pytestmark = pytest.mark.engine_free
KEY = x25519.Identity.generate()


class Zeros:
    """A stream of that many zeros, made as it is read."""

    def __init__(self, size: int) -> None:
        self.left = size

    def read(self, size: int = -1) -> bytes:
        given = min(size, self.left)
        self.left -= given
        return bytes(given)


class Widest:
    """Forgets what it is given, but for the widest block."""

    def __init__(self) -> None:
        self.widest, self.size = 0, 0

    def write(self, block: bytes) -> int:
        self.widest, self.size = max(self.widest, len(block)), self.size + len(block)
        return len(block)

    def flush(self) -> None:
        pass


def sealed(text: bytes) -> bytes:
    out = io.BytesIO()
    seal(Packing(io.BytesIO(text)), Measuring(out), [KEY.to_public()])
    return out.getvalue()


def opened(box: bytes) -> bytes:
    out = io.BytesIO()
    unpacking = Unpacking(out)
    unseal(io.BytesIO(box), unpacking, [KEY])
    unpacking.end()
    return out.getvalue()


def test_no_block_is_wide_however_long_the_stream() -> None:
    passed = Widest()
    seal(Zeros(24_000_000), passed, [KEY.to_public()])
    assert passed.size > 24_000_000
    assert passed.widest < 200_000
    assert len(Packing(Zeros(1_000_000)).read(100)) == 100


@pytest.mark.parametrize("text", [b"", b"a", b"The record" * 20_000])
def test_what_was_sealed_comes_back(text: bytes) -> None:
    assert opened(sealed(text)) == text


def test_a_changed_or_cut_stream_is_refused() -> None:
    box = sealed(bytes(range(256)) * 900)
    for place in range(200, len(box), max(1, len(box) // 40)):
        with pytest.raises(BackupFailed):
            opened(box[:place] + bytes([box[place] ^ 1]) + box[place + 1 :])
        with pytest.raises(BackupFailed):
            opened(box[:place])


def test_a_programs_words_are_told_without_a_row() -> None:
    said = b'pg_restore: from TOC entry\npg_restore: error: COPY failed for table "x": ERROR:  duplicate key\nDETAIL:  Key (name)=(Zaunkonig)\n'
    assert told_by("pg_restore", said) == 'pg_restore: COPY failed for table "x": ERROR:  duplicate key'
    assert told_by("pg_dump", b"") == "pg_dump: it ended without a word"
