"""Which engine's words a place understands."""

from types import ModuleType

from clinic.backups import postgresql, sqlite
from clinic.backups.places import Place

ENGINES: dict[str, ModuleType] = {"sqlite": sqlite, "postgresql": postgresql}


def engine_of(place: Place) -> ModuleType:
    return ENGINES[place.engine]
