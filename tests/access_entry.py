"""A line of tests/access_table.py: the methods of a url, the permissions it needs, the kind of row it names."""

from dataclasses import dataclass

from clinic.roles import Permission as P


@dataclass(frozen=True)
class Entry:
    """`of` is a kind of tests.access_objects; `needs` are all required."""

    methods: tuple[str, ...]
    needs: tuple[P, ...]
    of: str = ""


def page(*needs: P, of: str = "") -> Entry:
    return Entry(("GET",), needs, of)


def act(*needs: P, of: str = "") -> Entry:
    return Entry(("POST",), needs, of)


def form(*needs: P, of: str = "") -> Entry:
    return Entry(("GET", "POST"), needs, of)
