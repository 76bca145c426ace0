"""What the rooms above tell the ground floor at start: how to render signed content, who may see a file, where a notice leads."""

from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db.models.expressions import BaseExpression
from django.http import HttpRequest

from clinic.cells import DoesNotOpen

Renderer = Callable[[int], str]
BatchRenderer = Callable[[Collection[int]], Mapping[int, str]]
Door = Callable[[HttpRequest, int], object]
Address = Callable[[str, int], str]
Mark = Callable[[datetime], BaseExpression]
Calls = Callable[[HttpRequest], Iterable[object]]
Scope = Callable[[Any, Any], bool]

_renderers: dict[tuple[str, int], Renderer] = {}
_batch_renderers: dict[tuple[str, int], BatchRenderer] = {}
_doors: dict[str, Door] = {}
_addresses: dict[str, Address] = {}
_marks: dict[str, Mark] = {}
_calls: dict[str, Calls] = {}
_scopes: dict[str, Scope] = {}
_auditor_pages: dict[str, bool] = {}


def register_renderer(target_kind: str, schema: int, renderer: Renderer, many: BatchRenderer | None = None) -> None:
    """`renderer(pk)` gives the canonical text of a record as it stood when it was signed. A schema, once shipped, is frozen.

    `many(pks)` gives the texts of many records by a few queries, for `verify_signatures`; a record that can't be rendered is left out.
    """
    _renderers[target_kind, schema] = renderer
    if many is not None:
        _batch_renderers[target_kind, schema] = many


def renderer_for(target_kind: str, schema: int) -> Renderer:
    """Raises LookupError where no room has registered the kind and schema."""
    return _renderers[target_kind, schema]


def rendered(target_kind: str, schema: int, pks: Collection[int]) -> Mapping[int, str]:
    """The canonical texts of these records; without those that can't be rendered (any more)."""
    if (target_kind, schema) in _batch_renderers:
        with suppress(DoesNotOpen):  # one of them: the others are rendered one by one
            return _batch_renderers[target_kind, schema](pks)
    texts = {pk: text_or_none(target_kind, schema, pk) for pk in pks}
    return {pk: text for pk, text in texts.items() if text is not None}


def text_or_none(target_kind: str, schema: int, pk: int) -> str | None:
    """A missing row, an unknown kind or a value that no longer reads as itself or opens: there is no text to compare with."""
    try:
        return renderer_for(target_kind, schema)(pk)
    except (LookupError, ValueError, ObjectDoesNotExist, DoesNotOpen):
        return None


def register_door(target_kind: str, door: Door) -> None:
    """`door(request, pk)` returns the target or raises 404 or 403; attachments of the target go through it."""
    _doors[target_kind] = door


def door_for(target_kind: str) -> Door | None:
    return _doors.get(target_kind)


def register_address(target_kind: str, address: Address) -> None:
    """`address(site_slug, pk)` is the page that a notice about the target leads to."""
    _addresses[target_kind] = address


def address_for(target_kind: str) -> Address | None:
    return _addresses.get(target_kind)


def register_mark(name: str, mark: Mark) -> None:
    """`mark(now)` is a yes or no about `OuterRef("site_id")`: the site's door reads it with the membership, without a query of its own."""
    _marks[name] = mark


def marks(now: datetime) -> dict[str, BaseExpression]:
    return {name: mark(now) for name, mark in _marks.items()}


def register_calls(name: str, mark: Mark, calls: Calls) -> None:
    """`calls(request)` are lines that must be loud on every page of the site; asked only where their mark has said that there are any."""
    register_mark(name, mark)
    _calls[name] = calls


def is_loud(membership: object) -> bool:
    """Whether the site's door has seen any call."""
    return any(getattr(membership, name, False) for name in _calls)


def calls(request: HttpRequest) -> list[object]:
    membership = request.membership  # type: ignore[attr-defined]
    return [line for name, source in _calls.items() if getattr(membership, name, False) for line in source(request)]


def register_scope(target_kind: str, scope: Scope) -> None:
    """`scope(grant, row)`: whether a row of this kind lies within an auditor's grant. A kind without one lies within none."""
    _scopes[target_kind] = scope


def scope_for(target_kind: str) -> Scope | None:
    return _scopes.get(target_kind)


def register_auditor_pages(*names: str, are_views: bool = True) -> None:
    """Pages that an auditor with a grant may ask for; those that aren't views are polls of one."""
    _auditor_pages.update(dict.fromkeys(names, are_views))


def is_auditor_page(name: str) -> bool:
    return name in _auditor_pages


def is_viewed(name: str) -> bool:
    return _auditor_pages.get(name, False)
