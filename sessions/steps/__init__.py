"""The steps of the flowsheet, one module each: arrive, prepare, dose, watch, leave, form.

Each module has `TEMPLATE` (its fragment, whose root is `<section id="step-<name>">`) and
`context(picture, *, request, now, bound_form=None) -> dict`. The flowsheet renders the open step with it, and the step's own
views answer 422 with the same fragment and the same context around the bound form.
"""

from importlib import import_module
from types import ModuleType

# Name, its label on the stepper, and the parts of the picture that the step shows.
STEPS: tuple[tuple[str, str], ...] = (
    ("arrive", "Arrive"),
    ("prepare", "Prepare"),
    ("dose", "Dose"),
    ("watch", "Watch"),
    ("leave", "Leave"),
    ("form", "Form"),
)
NAMES = tuple(name for name, _ in STEPS)


def step(name: str) -> ModuleType:
    """The module of a step. Raises KeyError for a name that isn't one."""
    if name not in NAMES:
        raise KeyError(name)
    return import_module(f"sessions.steps.{name}")
