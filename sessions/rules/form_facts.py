"""What stands about a session as the monitoring form needs it: plain values, nothing decided (PMF-4)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class PersonFact:
    name: str = ""
    phone: str = ""
    email: str = ""
    basis: str = ""


@dataclass(frozen=True, slots=True)
class DeviceFact:
    number: int
    at: datetime
    sprays: int
    lot: str


@dataclass(frozen=True, slots=True)
class Reading:
    """One standing observation. `not_obtained` maps a field to its reason (MON-7)."""

    at: datetime
    is_baseline: bool = False
    systolic: int | None = None
    diastolic: int | None = None
    spo2: int | None = None
    sedation: int | None = None
    dissociation: str = ""
    breathing: str = ""
    not_obtained: Mapping[str, str] = field(default_factory=dict)

    @property
    def pressure(self) -> str:
        """ "128/82"; empty unless both were obtained."""
        return f"{self.systolic}/{self.diastolic}" if self.systolic is not None and self.diastolic is not None else ""


@dataclass(frozen=True, slots=True)
class EventFact:
    at: datetime
    kind: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class MedicineFact:
    name: str
    medicine_class: str
    dose: str = ""


@dataclass(frozen=True, slots=True)
class PatientFact:
    first_name: str
    last_name: str
    birth_on: date
    sex: str
    middle_initial: str = ""


@dataclass(frozen=True, slots=True)
class AskedFact:
    """The standing pre-dose answers of this visit; `at` is the latest round (PRE-4)."""

    at: datetime
    by: str
    answers: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class SeriousFact:
    """A serious event that a person has recorded; `criteria` are the form's outcome words (PMF-6)."""

    kind: str
    began_at: datetime
    narrative: str
    criteria: tuple[str, ...]
    is_resolved: bool
    is_during: bool


@dataclass(frozen=True, slots=True)
class FormFacts:
    """Times are aware; `zone` is the site's, for the words of the evidence."""

    zone: ZoneInfo
    patient: PatientFact
    site_name: str
    site_address: str
    treatment_on: date
    given_mg: int = 0
    monitor: PersonFact = PersonFact()
    devices: tuple[DeviceFact, ...] = ()
    readings: tuple[Reading, ...] = ()
    events: tuple[EventFact, ...] = ()
    alerts: tuple[str, ...] = ()
    asked: AskedFact | None = None
    medicines: tuple[MedicineFact, ...] = ()
    ended_at: datetime | None = None
    ended_how: str = ""
    checks_from_last: bool = False
    predose_systolic: int = 140
    predose_diastolic: int = 90
    earlier_here: int = 0
    earlier_elsewhere: int = 0
    enrolled_on: date | None = None
    rems_id: str = ""
    serious: tuple[SeriousFact, ...] = ()

    @property
    def sprayed(self) -> tuple[DeviceFact, ...]:
        """Any spray counts (DOS-2)."""
        return tuple(device for device in self.devices if device.sprays > 0)

    @property
    def first_device_at(self) -> datetime | None:
        return min((device.at for device in self.sprayed), default=None)

    @property
    def check_start(self) -> datetime | None:
        """From which device the checks count (MON-3)."""
        times = [device.at for device in self.sprayed]
        if not times:
            return None
        return max(times) if self.checks_from_last else min(times)

    @property
    def watched(self) -> tuple[Reading, ...]:
        """Readings after the first device, in order of time."""
        start = self.first_device_at
        return tuple(reading for reading in self.readings if start is not None and reading.at >= start and not reading.is_baseline)

    def clock(self, moment: datetime) -> str:
        """ "14:05" on the site's wall."""
        return f"{moment.astimezone(self.zone):%H:%M}"

    def minutes_in(self, moment: datetime) -> int:
        """Whole minutes from the first device, rounded down; negative before it. Raises ValueError without a device."""
        start = self.first_device_at
        if start is None:
            raise ValueError("No device was used.")
        return int((moment - start).total_seconds() // 60)

    def minutes_until(self, moment: datetime) -> int:
        """Whole minutes from the first device, rounded up: two hours and a second are not within two hours."""
        start = self.first_device_at
        if start is None:
            raise ValueError("No device was used.")
        return -int((start - moment).total_seconds() // 60)
