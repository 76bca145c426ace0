"""Seals a site's cells anew by the newest key, and says so in the site's audit trail: what, how many, from which key to which; never a value."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from django.db import models, transaction

from clinic import audit, cells, resealing
from clinic.models import Site


def rotate_site(site: Site, *, now: Callable[[], datetime]) -> dict[str, int]:
    """Rows changed by table. Each batch and its entry stand or fall together, so what was done before a stop is told too; begun again, it goes on.

    `now` is asked at each batch: many batches take long. Raises CannotSeal and DoesNotOpen.
    """
    done = {}
    for model in resealing.sealed_models():
        rows: models.QuerySet[Any] = model._base_manager.filter(site=site)
        done[model._meta.db_table] = sum(resealing.batches(rows, partial(tell, site, model, now)))
    return done


def tell(site: Site, model: type[models.Model], now: Callable[[], datetime], changed: resealing.Changed) -> None:
    """Last of a batch's transaction: the chain's head is locked behind the rows."""
    changes = {"table": model._meta.db_table, "rows": changed.rows, "cells_by_key_before": dict(changed.cells), "key": cells.newest()}
    audit.append(
        action="fields.resealed", target_kind=model._meta.model_name or "", target_pk="", by=None, now=now(), site=site, changes=told(changes)
    )


def told(changes: dict[str, Any]) -> dict[str, Any]:
    """As the canonical text writes it: a list of `key: count` for what is counted."""
    return {name: [f"{key}: {value[key]}" for key in sorted(value)] if isinstance(value, dict) else value for name, value in changes.items()}


@transaction.atomic
def end_rotation(done: dict[str, int], *, is_whole: bool, now: datetime) -> None:
    """The operator's own entry, of the whole installation: `is_whole` is False where it was stopped on its way."""
    changes = {"key": cells.newest(), "rows_by_table": done, "is_whole": is_whole}
    audit.append(action="fields.rotated", target_kind="installation", target_pk="", by=None, now=now, changes=told(changes))
