"""Which words stand: a site's newest version of a kind in a language, or those that Vigil brings."""

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db.models import QuerySet

from clinic.prepared import prepared
from reminders.models import Wording

FOLDER = Path(__file__).parents[1] / "wordings"


@dataclass(frozen=True)
class Words:
    """The parts of a wording, with placeholders. `version` 0: as shipped."""

    subject: str
    body: str
    text: str
    version: int = 0


# From a site's number, a kind, a language and a moment to what is in force.
WordsFor = Callable[[int, str, str, datetime], Words]


@lru_cache
def file_of(kind: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{kind}.toml").read_text(encoding="utf-8"))


@lru_cache
def shipped(kind: str, language: str) -> Words:
    """The words that Vigil brings; English for a language that it doesn't speak."""
    words = file_of(kind)
    said = words.get(language, words["en"])
    return Words(said["subject"], said["body"].strip(), said["text"])


@prepared
def newest(site_pk: int, kind: str, language: str, now: datetime) -> QuerySet[Wording]:
    rows = Wording.objects.filter(site_id=site_pk, kind=kind, language=language, effective_at__lte=now)
    return rows.order_by("-effective_at", "-version")


def words_for(site_pk: int, kind: str, language: str, now: datetime) -> Words:
    """What is in force at a moment."""
    row = newest.first(site_pk, kind, language, now)
    if row is None or row.is_shipped:
        return shipped(kind, language)
    return Words(row.subject, row.body, row.text, row.version)


def history(site_pk: int, kind: str) -> list[Wording]:
    """The last versions of a kind in both languages, the newest first."""
    return list(Wording.objects.filter(site_id=site_pk, kind=kind).select_related("recorded_by").order_by("-recorded_at", "-pk")[:20])


def own_kinds(site_pk: int, now: datetime) -> dict[str, Wording]:
    """The version in force by `kind language`, where the site has words of its own."""
    rows = Wording.objects.filter(site_id=site_pk, effective_at__lte=now).order_by("effective_at", "version")
    newest = {f"{row.kind} {row.language}": row for row in rows.only("kind", "language", "version", "is_shipped", "effective_at")}
    return {key: row for key, row in newest.items() if not row.is_shipped}
