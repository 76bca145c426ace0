"""Pages of the audit trail, found by where the last page ended: no count, no offset, so a long history costs nothing."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from django.apps import apps
from django.db.models import Q, QuerySet

from clinic.models import AuditEntry, Site
from clinic.queries.audit_filters import condition
from clinic.rules.opening import day_bounds
from clinic.sentences import sentence_of

PAGE = 50


@dataclass(frozen=True)
class Line:
    """One entry as the page writes it."""

    entry: AuditEntry
    words: str
    which: str
    changes: list[tuple[str, str]]


@dataclass(frozen=True)
class AuditPage:
    lines: list[Line]
    older: str


def entries_between(site: Site, since: date, until: date, asked: Mapping[str, Any]) -> QuerySet[AuditEntry]:
    """A range of local days, narrowed by what `clinic.queries.audit_filters` knows."""
    days = AuditEntry.objects.filter(site=site, happened_at__gte=day_bounds(since, site.zone)[0], happened_at__lt=day_bounds(until, site.zone)[1])
    return days.filter(condition(site, asked))


def audit_page(site: Site, *, since: date, until: date, before: str = "", asked: Mapping[str, Any] | None = None) -> AuditPage:
    """The newest entries of a range of local days; `before` is the `older` of the page before."""
    entries = entries_between(site, since, until, asked or {})
    mark = mark_of(before)
    if mark is not None:
        entries = entries.filter(Q(happened_at__lt=mark[0]) | Q(happened_at=mark[0], pk__lt=mark[1]))
    rows = list(entries.select_related("actor").order_by("-happened_at", "-pk")[: PAGE + 1])
    older = f"{rows[PAGE - 1].happened_at.isoformat()}_{rows[PAGE - 1].pk}" if len(rows) > PAGE else ""
    return AuditPage([Line(row, sentence_of(row.action), kind_words(row.target_kind), changes_of(row.body)) for row in rows[:PAGE]], older)


@cache
def kind_words(kind: str) -> str:
    """`treatmentsession` as "treatment session"."""
    return next((str(model._meta.verbose_name) for model in apps.get_models() if model._meta.model_name == kind), kind)


def mark_of(before: str) -> tuple[datetime, int] | None:
    """Where the page before ended; anything that isn't such a mark means the first page."""
    moment, _, pk = before.rpartition("_")
    try:
        at = datetime.fromisoformat(moment.replace(" ", "+"))
    except ValueError:
        return None
    # Neither an offset that PostgreSQL doesn't know nor a year that overflows on its way to UTC.
    is_ours = at.tzinfo is not None and at.utcoffset() == timedelta(0) and 1 < at.year < 9999
    return (at, int(pk)) if is_ours and pk.isascii() and pk.isdigit() and len(pk) <= 18 else None


def changes_of(body: str) -> list[tuple[str, str]]:
    """The changed fields that an entry's body holds (schema 1: `change <name> <json>`)."""
    found = []
    for line in body.split("\n"):
        if line.startswith("change "):
            _, name, value = line.split(" ", 2)
            found.append((name.replace("_", " "), spelled(json.loads(value))))
    return found


def spelled(value: object) -> str:
    """A stored value in words; a pair is before → after."""
    if isinstance(value, list):
        return (" → " if len(value) == 2 else ", ").join(spelled(one) for one in value)
    return {None: "–", True: "yes", False: "no", "": "–"}.get(value, str(value)) if isinstance(value, bool | str | None) else str(value)
