"""What must be guarded, read off the models: a new model is guarded without anybody thinking of it."""

import hashlib
from dataclasses import dataclass
from functools import cache

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist, ImproperlyConfigured
from django.db import models

PREFIX = "vigil_"
MAX_NAME = 63  # PostgreSQL cuts longer names
# A patient who moves to another site gets a linked chart there: the one link that crosses on purpose.
MAY_CROSS_SITES = {("patients.patient", "moved_from")}
# What a person sees of their own from any site: their places, since which sites those are is asked before one is named; charts that they
# opened in an emergency, which stand at the chart's site.
OWN_ROWS = {"clinic.membership": "user_id", "patients.emergencyread": "reader_id"}


@dataclass(frozen=True)
class AppendOnly:
    """A table whose rows are added and never changed. `keys` are the column sets by which a row could be replaced."""

    table: str
    keys: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Link:
    """A foreign key from a row of a site to another row of a site."""

    table: str
    column: str
    target: str
    target_pk: str


@dataclass(frozen=True)
class Rows:
    """A table whose rows belong to a site each. `free`: some to none; `person`: the column of who may see their own from any site."""

    table: str
    free: bool
    person: str = ""


@dataclass(frozen=True)
class Plan:
    append_only: tuple[AppendOnly, ...]
    only_forward: tuple[str, ...]
    of_a_site: tuple[str, ...]
    links: tuple[Link, ...]
    rows: tuple[Rows, ...]


@dataclass(frozen=True)
class Guard:
    """One guard of one engine. Its name ends in a digest of its text, so an outdated guard counts as missing."""

    name: str
    table: str
    create: str
    drop: str
    columns: frozenset[tuple[str, str]]

    @property
    def keeps_history(self) -> bool:
        return self.name.startswith(f"{PREFIX}keep_")


def guard_name(kind: str, place: str, text: str) -> str:
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    return f"{PREFIX}{kind}_{place}"[: MAX_NAME - 9] + f"_{digest}"


@cache
def plan() -> Plan:
    found = [model for model in apps.get_models() if not model._meta.proxy and model._meta.managed]
    of_a_site = [model for model in found if site_field(model) is not None]
    kept = [model for model in found if getattr(model, "is_append_only", False)]
    return Plan(
        append_only=tuple(AppendOnly(model._meta.db_table, keys_of(model)) for model in kept),
        only_forward=(apps.get_model("clinic", "AuditHead")._meta.db_table,),
        of_a_site=tuple(model._meta.db_table for model in of_a_site if model not in kept),
        links=tuple(link for model in of_a_site for link in links_of(model)),
        rows=tuple(Rows(model._meta.db_table, site_field(model).null, OWN_ROWS.get(model._meta.label_lower, "")) for model in of_a_site),  # type: ignore[union-attr]
    )


def site_field(model: type[models.Model]) -> models.Field | None:  # type: ignore[type-arg]
    """The model's `site`, if it has one that leads to clinic.Site."""
    try:
        field = model._meta.get_field("site")
    except FieldDoesNotExist:
        return None
    return field if field.related_model is apps.get_model("clinic", "Site") else None  # type: ignore[return-value]


def links_of(model: type[models.Model]) -> list[Link]:
    links = []
    for field in model._meta.concrete_fields:
        target = field.related_model
        if not isinstance(target, type) or not issubclass(target, models.Model) or (model._meta.label_lower, field.name) in MAY_CROSS_SITES:
            continue
        site = site_field(target)
        if site is not None and not site.null:
            links.append(Link(model._meta.db_table, column(field), target._meta.db_table, column(target._meta.pk)))
    return links


def keys_of(model: type[models.Model]) -> tuple[tuple[str, ...], ...]:
    """Every set of columns that the database keeps unique: by each of them `INSERT OR REPLACE` could push a row out."""
    meta = model._meta
    alone = [(column(field),) for field in meta.concrete_fields if field.unique]
    together = [tuple(column(meta.get_field(name)) for name in constraint.fields) for constraint in meta.total_unique_constraints]
    partial = [c.name for c in meta.constraints if isinstance(c, models.UniqueConstraint) and c not in meta.total_unique_constraints]
    if partial or meta.unique_together:
        raise ImproperlyConfigured(f"{meta.label}: an append-only model can't have conditional unique constraints or unique_together: {partial}")
    return (*alone, *together)


def column(field: object) -> str:
    return str(field.column)  # type: ignore[attr-defined]
