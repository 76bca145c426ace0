"""Which visits are looked at: those of a prescriber, a monitor, an indication, a phase; each as an id or a code that names nobody and nothing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar

from patients.rules.course import MDSI, TRD, Phase
from reports.rules.facts import Keys

# An address is read by proxies and shared in mails: it names no diagnosis.
INDICATION_OF_CODE = {"1": TRD, "2": MDSI}
PHASE_OF_CODE = {str(number): phase for number, phase in enumerate(Phase, start=1)}


@dataclass(frozen=True, slots=True)
class Narrowing:
    """None or empty: all of them. Ids are users'."""

    prescriber: int | None = None
    monitor: int | None = None
    indication: str = ""
    phase: str = ""

    @property
    def as_codes(self) -> dict[str, int | str]:
        """What an address or an export keeps: those that are set."""
        codes = {"prescriber": self.prescriber, "monitor": self.monitor, "indication": self.indication, "phase": self.phase}
        return {name: code for name, code in codes.items() if code}


def narrowing_of(codes: Mapping[str, object]) -> Narrowing:
    """From kept codes."""
    prescriber, monitor = (int(str(codes[name])) if codes.get(name) else None for name in ("prescriber", "monitor"))
    return Narrowing(prescriber, monitor, str(codes.get("indication") or ""), str(codes.get("phase") or ""))


class Kept(Protocol):
    """A visit that keeps its keys: its facts, or what a summary tells of it."""

    @property
    def keys(self) -> Keys: ...


V = TypeVar("V", bound=Kept)


def fits(visit: Kept, chosen: Narrowing) -> bool:
    keys = visit.keys
    return (
        chosen.prescriber in (None, keys.prescriber)
        and chosen.monitor in (None, keys.monitor)
        and (not chosen.indication or INDICATION_OF_CODE[chosen.indication] == keys.indication)
        and (not chosen.phase or PHASE_OF_CODE[chosen.phase].value == keys.phase)
    )


def narrowed(visits: Iterable[V], chosen: Narrowing) -> list[V]:
    """In their order."""
    return list(visits) if not chosen.as_codes else [visit for visit in visits if fits(visit, chosen)]
