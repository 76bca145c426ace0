"""In tests an undefined variable in a template of ours is an error; those of libraries stay empty as usual."""

import inspect
from pathlib import Path


class UndefinedVariable(Exception):
    """A template of ours names a variable that its context doesn't hold."""


class Undefined(str):
    """Stands in `string_if_invalid`: Django asks it for "%s" and then formats the variable's name into it."""

    ours: Path

    def __new__(cls, ours: Path) -> "Undefined":
        made = super().__new__(cls, "")
        made.ours = ours
        return made

    def __bool__(self) -> bool:
        return True

    def __contains__(self, part: object) -> bool:
        return part == "%s"

    def __mod__(self, variable: object) -> str:
        origin = rendering_template()
        if origin is not None and origin.is_relative_to(self.ours):
            raise UndefinedVariable(f"{origin.relative_to(self.ours)}: undefined variable {variable}")
        return ""


def rendering_template() -> Path | None:
    """The file of the innermost template node on the stack."""
    frame = inspect.currentframe()
    while frame is not None:
        origin = getattr(frame.f_locals.get("self"), "origin", None)
        name = getattr(origin, "name", None)
        if isinstance(name, str):
            return Path(name)
        frame = frame.f_back
    return None
