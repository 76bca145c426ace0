"""Numbers of another site in a query or a body: each choice of each form of every page refuses them, and no page shows what they name."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.http import HttpResponse
from django.template.context import Context
from django.urls import resolve, reverse
from django.utils.datastructures import MultiValueDict

from tests.access_table import PAGES
from tests.test_access_matrix import CANARY, STAFF, World, undone, world  # noqa: F401  (a fixture)

pytestmark = pytest.mark.django_db
WITH_A_PAGE = sorted(name for name, entry in PAGES.items() if "GET" in entry.methods)
TAKING = sorted(name for name, entry in PAGES.items() if {"GET", "POST"} <= set(entry.methods))
ASKED = re.compile(r"GET(?:\.get|\.getlist)?[(\[]\"(\w+)\"")


def able_client(name: str, world: World) -> Any:  # noqa: F811
    return world.clients[next(who for who in STAFF if world.may(who, PAGES[name]))]


def url_of(name: str, world: World) -> str:  # noqa: F811
    return reverse(name, kwargs={"site": "riverside", **world.here[PAGES[name].of]})


def forms_of(response: HttpResponse) -> Iterator[forms.BaseForm]:
    """Every form that the page was drawn with, once."""
    seen: set[int] = set()
    for context in getattr(response, "context", None) or []:
        for layer in context.dicts if isinstance(context, Context) else [context]:
            for value in layer.values():
                if isinstance(value, forms.BaseForm) and id(value) not in seen:
                    seen.add(id(value))
                    yield value


def foreign_numbers(field: forms.Field, world: World) -> list[int]:  # noqa: F811
    """Rows of the other site that this choice could be tricked with; nothing for choices that name no row."""
    if isinstance(field, forms.ModelChoiceField):
        model = field.queryset.model
        has_site = any(one.name == "site" for one in model._meta.fields)
        rows = model.objects.filter(site=world.cast.hillcrest) if has_site else model.objects.filter(memberships__site=world.cast.hillcrest)
        return list(rows.exclude(pk__in=field.queryset.values("pk")).values_list("pk", flat=True)[:1])
    values = [str(value) for value, _ in getattr(field, "choices", []) if str(value)]
    if not values or not all(value.isdigit() for value in values):
        return []
    there = sorted({row["pk"] for row in world.there.values() if isinstance(row.get("pk"), int)})
    return [pk for pk in there if str(pk) not in values][-2:]


def filled(form: forms.BaseForm) -> dict[str, Any]:
    return {form.add_prefix(name): form[name].value() for name in form.fields if form[name].value() not in (None, "")}


@pytest.mark.parametrize("name", TAKING)
def test_no_choice_takes_a_row_of_another_site(name: str, world: World) -> None:  # noqa: F811
    client, url = able_client(name, world), url_of(name, world)
    with undone():
        found = list(forms_of(client.get(url)))
    strays = []
    for form in found:
        for field, number in [(field, number) for field, one in form.fields.items() for number in foreign_numbers(one, world)]:
            with undone():
                response = client.post(url, {**filled(form), form.add_prefix(field): number})
            errors = [one.errors for one in forms_of(response) if one.is_bound]
            is_refused = response.status_code == 404 or (response.status_code == 422 and any(field in one for one in errors))
            strays += [] if is_refused else [f"{field}={number}: {response.status_code} {errors}"]
    assert strays == []


@pytest.mark.parametrize("name", WITH_A_PAGE)
def test_no_query_shows_a_row_of_another_site(name: str, world: World) -> None:  # noqa: F811
    """Whatever names its module reads from the address."""
    url = url_of(name, world)
    module = resolve(url).func.__module__
    names = set(ASKED.findall(Path(f"{module.replace('.', '/')}.py").read_text()))
    theirs = {str(world.there[kind]["pk"]) for kind in ("patient", "session", "booked session", "chair", "member", "course", "emergency")}
    for number in sorted(theirs) if names else []:
        with undone():
            response = able_client(name, world).get(url, MultiValueDict({one: [number] for one in names}))
        assert response.status_code in (200, 204, 303, 404, 422), (names, number)
        assert CANARY not in response.content.decode(errors="replace")
