"""What a session is made of, as one value: doses, device, clocks, minimum watch, form owed or not. The only place of these numbers."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class TreatmentProtocol:
    """`first_dose_mg` is by indication; `doses_mg` are the usual ones, others need a reason (DOS-1)."""

    code: str
    version: int
    name: str
    device_mg: int
    sprays_per_device: int
    doses_mg: tuple[int, ...]
    first_dose_mg: tuple[tuple[str, int], ...]
    rest: timedelta
    minimum_watch: timedelta
    form_days: int
    owes_form: bool

    def devices_for(self, dose_mg: int) -> int:
        """How many devices make the dose (DOS-1). Raises ValueError for a dose that no whole number of devices makes."""
        devices, rest = divmod(dose_mg, self.device_mg)
        if rest or devices < 1:
            raise ValueError(f"{dose_mg} mg is not a whole number of {self.device_mg} mg devices.")
        return devices

    def first_dose(self, indication: str) -> int:
        """The label's first dose in mg (DOS-3, DOS-4)."""
        return dict(self.first_dose_mg)[indication]


# DOS-1, DOS-2, DOS-3, DOS-4, MON-1, PMF-1. Sources: PI and FDA, REMS update of 2024-12-31.
REMS_ESKETAMINE = TreatmentProtocol(
    code="rems-esketamine",
    version=1,
    name="Esketamine nasal spray under the REMS",
    device_mg=28,
    sprays_per_device=2,
    doses_mg=(56, 84),
    first_dose_mg=(("trd", 56), ("mdsi", 84)),
    rest=timedelta(minutes=5),
    minimum_watch=timedelta(minutes=120),
    form_days=7,
    owes_form=True,
)

PROTOCOLS: dict[tuple[str, int], TreatmentProtocol] = {(p.code, p.version): p for p in (REMS_ESKETAMINE,)}


def protocol_of(code: str, version: int) -> TreatmentProtocol:
    """The protocol that a session was made with. Raises KeyError for one that never was."""
    return PROTOCOLS[code, version]
