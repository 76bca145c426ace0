"""What the rooms above tell the ground floor at start: how to render signed content, who may see a file, where a notice leads."""

from collections.abc import Callable

from django.http import HttpRequest

Renderer = Callable[[int], str]
Door = Callable[[HttpRequest, int], object]
Address = Callable[[str, int], str]

_renderers: dict[tuple[str, int], Renderer] = {}
_doors: dict[str, Door] = {}
_addresses: dict[str, Address] = {}


def register_renderer(target_kind: str, schema: int, renderer: Renderer) -> None:
    """`renderer(pk)` gives the canonical text of a record as it stood when it was signed. A schema, once shipped, is frozen."""
    _renderers[target_kind, schema] = renderer


def renderer_for(target_kind: str, schema: int) -> Renderer:
    return _renderers[target_kind, schema]


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
