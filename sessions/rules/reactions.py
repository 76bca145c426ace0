"""Sedation, dissociation and breathing trouble: whether, from when, and until when, by what was recorded (MON-4, MON-8, PMF-2)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sessions.rules.form_facts import FormFacts, Reading

# True: the reading shows it; False: it doesn't; None: it doesn't say.
Sign = Callable[[Reading], bool | None]


@dataclass(frozen=True, slots=True)
class Reaction:
    """What speaks for it. `has_happened` None: nothing recorded says either way."""

    has_happened: bool | None
    began_at: datetime | None
    ended_at: datetime | None
    evidence: tuple[str, ...]


def is_sedated(reading: Reading) -> bool | None:
    """Below 5 on MOAA/S (MON-4)."""
    return None if reading.sedation is None else reading.sedation < 5


def is_dissociated(reading: Reading) -> bool | None:
    return None if not reading.dissociation else reading.dissociation != "none"


def breathes_badly(reading: Reading) -> bool | None:
    return None if not reading.breathing else reading.breathing != "normal"


SIGNS: dict[str, tuple[Sign, Callable[[Reading], str]]] = {
    "sedation": (is_sedated, lambda reading: f"MOAA/S {reading.sedation}"),
    "dissociation": (is_dissociated, lambda reading: f"dissociation {reading.dissociation}"),
    "breathing": (breathes_badly, lambda reading: f"breathing {reading.breathing}"),
}


def reaction(facts: FormFacts, name: str) -> Reaction:
    """One of `sedation`, `dissociation`, `breathing`: one-tap events and the readings after the first device together.

    It began at the earliest sign of it. It ended at the first "ended", or the first clear reading, after the last sign;
    what came back counts as one reaction.
    """
    sign, wording = SIGNS[name]
    said = [(reading, sign(reading)) for reading in facts.watched]
    began = [event.at for event in facts.events if event.kind == f"{name}_began"]
    ended = [event.at for event in facts.events if event.kind == f"{name}_ended"]
    shown = [reading.at for reading, is_there in said if is_there]
    clear = [reading.at for reading, is_there in said if is_there is False]
    lines = [(reading.at, wording(reading)) for reading, is_there in said if is_there is not None]
    lines += [(at, f"{name} began") for at in began] + [(at, f"{name} ended") for at in ended]
    evidence = tuple(f"{facts.clock(at)} {text}" for at, text in sorted(lines))
    signs = began + shown
    if not signs:
        # An "ended" without a beginning says that there was one, not from when.
        return Reaction(True if ended else (False if clear else None), None, min(ended, default=None), evidence)
    last = max(signs)
    return Reaction(True, min(signs), min((at for at in ended + clear if at >= last and at not in shown), default=None), evidence)
