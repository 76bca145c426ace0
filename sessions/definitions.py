"""The monitoring form's definitions: files shipped with Vigil, and those that an installation adds (docs/forms.md)."""

import hashlib
import tomllib
from datetime import date
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from sessions.rules.definition import BadDefinition, Definition, parse
from sessions.rules.proposals import SOURCES

SHIPPED = Path(__file__).parent / "form_definitions"


def folders() -> tuple[Path, ...]:
    """Where definitions lie: ours, and the installation's own beside its data."""
    return SHIPPED, Path(settings.VIGIL_DATA_DIR) / "form_definitions"


def read(path: Path) -> Definition:
    """One definition. Raises BadDefinition that names the file."""
    content = path.read_bytes()
    try:
        return parse(tomllib.loads(content.decode()), sources=frozenset(SOURCES), sha256=hashlib.sha256(content).hexdigest())
    except (ValueError, TypeError, AttributeError) as error:
        raise BadDefinition(f"{path.name}: {error}") from error


@lru_cache(maxsize=4)
def load(places: tuple[Path, ...]) -> tuple[Definition, ...]:
    """Every definition, oldest first; read once per process: a new file counts from the next start. Raises BadDefinition."""
    found = [read(path) for place in places for path in sorted(place.glob("*.toml"))]
    for attribute in ("code", "effective_on"):
        values = [getattr(definition, attribute) for definition in found]
        twice = [str(value) for value in values if values.count(value) > 1]
        if twice:
            raise BadDefinition(f"Two definitions have the same {attribute}: {twice[0]}.")
    return tuple(sorted(found, key=lambda definition: definition.effective_on))


def every() -> tuple[Definition, ...]:
    return load(folders())


def in_force_on(day: date) -> Definition:
    """The version of a session's day; the oldest one for a day before any (PMF-4)."""
    begun = [definition for definition in every() if definition.effective_on <= day]
    return begun[-1] if begun else every()[0]


def of_code(code: str) -> Definition:
    """A version by its code. Raises LookupError for one that this installation no longer has."""
    for definition in every():
        if definition.code == code:
            return definition
    raise LookupError(f"The form definition {code} isn't installed here.")
