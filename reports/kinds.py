"""What can be exported: each kind says who may, how it is called and how its file is written."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from clinic.roles import Permission
from reports.models import Export

Progress = Callable[[int, int | None], None]


@dataclass(frozen=True, slots=True)
class Built:
    """What a builder has written. `rows` are what the ledger counts; `patient_pk` where it is one patient's record."""

    file_name: str
    content_type: str
    rows: int
    names_patients: bool = True
    patient_pk: int | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    """`build(export, into, progress)` writes the file into `into`, a file on disk opened for bytes, and says what it was.

    It calls `progress(done, total)` between its chunks, at least once a minute; the call raises Stopped when the export was cancelled
    or another worker has taken it over, and nothing need be tidied then. It may raise GaveUp, with words for who asked. It may run twice: it writes nothing but the file.
    `words(filters)` name it for the list and the ledger, without a patient's name; `is_small(export)`: it may be built while the page waits.
    """

    code: str
    permission: Permission
    words: Callable[[Mapping[str, Any]], str]
    build: Callable[[Export, BinaryIO, Progress], Built]
    is_small: Callable[[Export], bool] = lambda export: False


class Stopped(Exception):
    """Nobody waits for this file any more."""


class GaveUp(Exception):
    """There is no file although nothing broke; its words go to who asked."""


_kinds: dict[str, Kind] = {}


def register_kind(kind: Kind) -> None:
    """Called from `apps.py`."""
    _kinds[kind.code] = kind


def kind_of(code: str) -> Kind:
    """Raises LookupError for one that nobody has registered."""
    return _kinds[code]


def is_known(code: str) -> bool:
    return code in _kinds
