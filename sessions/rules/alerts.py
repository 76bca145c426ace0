"""Which readings call somebody, how loudly, and what closes an alert (MON-5, MON-6)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

REPEAT_AFTER = timedelta(minutes=5)
# A reading takes its minute: so long after its time a repeat that isn't there has not been taken.
ESCALATES_AFTER = timedelta(minutes=2)


class Tier(StrEnum):
    HIGH = "high"
    CRITICAL = "critical"


@dataclass(frozen=True, slots=True)
class Limits:
    """A site's limits, with one patient's standing ones in their place (MON-6, PAT-8). Pressure in mmHg, SpO₂ in %."""

    high_systolic: int
    high_diastolic: int
    critical_systolic: int
    critical_diastolic: int
    low_spo2: int
    critical_spo2: int
    critical_moaas: int


@dataclass(frozen=True, slots=True)
class Beyond:
    """One thing of a reading that lies beyond the limits. `what` stays the same from reading to reading, so a repeat finds it."""

    what: str
    tier: Tier
    text: str


# MON-5: any of these calls the prescriber at once.
URGENT_SIGNS: tuple[tuple[str, str], ...] = (
    ("chest_pain", "Chest pain"),
    ("breathlessness", "Breathlessness"),
    ("headache", "Sudden severe headache"),
    ("vision", "Visual change"),
    ("seizure", "Seizure"),
    ("consciousness", "Reduced consciousness"),
    ("focal", "Focal deficit"),
)
_SIGN_WORDS = dict(URGENT_SIGNS)


def pressure_beyond(values: Mapping[str, object], limits: Limits) -> Beyond | None:
    """Pressure above the limits; one finding for both numbers."""
    systolic, diastolic = number(values, "systolic"), number(values, "diastolic")
    if systolic is None and diastolic is None:
        return None
    upper, lower = systolic or 0, diastolic or 0
    text = f"Pressure {systolic or '–'}/{diastolic or '–'}"
    if upper > limits.critical_systolic or lower > limits.critical_diastolic:
        return Beyond("pressure", Tier.CRITICAL, f"{text}, above {limits.critical_systolic}/{limits.critical_diastolic}")
    if upper > limits.high_systolic or lower > limits.high_diastolic:
        return Beyond("pressure", Tier.HIGH, f"{text}, above {limits.high_systolic}/{limits.high_diastolic}")
    return None


def spo2_beyond(values: Mapping[str, object], limits: Limits) -> Beyond | None:
    """SpO₂ below the limits."""
    spo2 = number(values, "spo2")
    if spo2 is None:
        return None
    if spo2 < limits.critical_spo2:
        return Beyond("spo2", Tier.CRITICAL, f"SpO₂ {spo2} %, below {limits.critical_spo2} %")
    return Beyond("spo2", Tier.HIGH, f"SpO₂ {spo2} %, below {limits.low_spo2} %") if spo2 < limits.low_spo2 else None


def sedation_beyond(values: Mapping[str, object], limits: Limits) -> Beyond | None:
    """Deep sedation: MOAA/S at or below the site's limit is critical."""
    sedation = number(values, "sedation")
    if sedation is None or sedation > limits.critical_moaas:
        return None
    return Beyond("sedation", Tier.CRITICAL, f"Sedation MOAA/S {sedation}")


def breathing_beyond(values: Mapping[str, object], limits: Limits) -> Beyond | None:
    """Laboured breathing is critical; slow or shallow breathing is high (MON-4, respiratory depression)."""
    if values.get("breathing") == "laboured":
        return Beyond("breathing", Tier.CRITICAL, "Laboured breathing")
    return Beyond("breathing", Tier.HIGH, "Slow or shallow breathing") if values.get("breathing") == "shallow" else None


JUDGES: tuple[Callable[[Mapping[str, object], Limits], Beyond | None], ...] = (pressure_beyond, spo2_beyond, sedation_beyond, breathing_beyond)


def beyond_limits(values: Mapping[str, object], urgent_signs: Iterable[str], limits: Limits) -> list[Beyond]:
    """Everything of one check that calls somebody, critical first (MON-6). A value that wasn't obtained says nothing."""
    found = [beyond for judge in JUDGES if (beyond := judge(values, limits)) is not None]
    found += [Beyond(sign, Tier.CRITICAL, _SIGN_WORDS[sign]) for sign in urgent_signs if sign in _SIGN_WORDS]
    return sorted(found, key=lambda beyond: beyond.tier is not Tier.CRITICAL)


def still_beyond(beyond: Beyond, open_whats: Iterable[str]) -> Beyond:
    """The same again at a repeat: it has escalated to the prescriber (MON-6)."""
    if beyond.what not in set(open_whats) or beyond.tier is Tier.CRITICAL:
        return beyond
    return Beyond(beyond.what, beyond.tier, f"{beyond.text}, again: tell the prescriber")


def is_bad_repeat(what: str, observed_at: datetime, open_alerts: Iterable[tuple[str, datetime]]) -> bool:
    """Whether a reading beyond the limits repeats one of the same kind that was taken before it and stands open (MON-6)."""
    return any(kind == what and seen_at < observed_at for kind, seen_at in open_alerts)


# What must have been obtained for a later check to say that an alert of this kind is over.
FIELDS_OF: dict[str, tuple[str, ...]] = {
    "pressure": ("systolic", "diastolic"),
    "spo2": ("spo2",),
    "sedation": ("sedation",),
    "breathing": ("breathing",),
}


def is_good_repeat(what: str, values: Mapping[str, object], beyond: Iterable[Beyond]) -> bool:
    """Whether a later check closes an alert: obtained, and within the limits (MON-6).

    An urgent sign has no number that could show it gone: only a prescriber's note closes it.
    """
    fields = FIELDS_OF.get(what)
    if fields is None:
        return False
    return is_repeated(what, values) and what not in {found.what for found in beyond}


def is_repeated(what: str, values: Mapping[str, object]) -> bool:
    """Whether a later check has looked again at what an alert is about; "not obtained" is no repeat (MON-6, MON-7)."""
    return all(values.get(field) not in (None, "") for field in FIELDS_OF.get(what, ()))


def repeat_due_at(beyond: Beyond, observed_at: datetime) -> datetime | None:
    """High: repeat in five minutes; critical: no repeat first, the prescriber at once (MON-6)."""
    return observed_at + REPEAT_AFTER if beyond.tier is Tier.HIGH else None


def calls_prescriber(*, tier: str, repeat_due_at: datetime | None, escalated_at: datetime | None, now: datetime) -> bool:
    """Whether an open alert waits for the prescriber: critical at once; high when its repeat was bad, or not taken in time (MON-6).

    A good repeat closes, so an alert that is still open past its repeat has had none.
    """
    if tier == Tier.CRITICAL or escalated_at is not None:
        return True
    return repeat_due_at is not None and now > repeat_due_at + ESCALATES_AFTER


def number(values: Mapping[str, object], field: str) -> int | None:
    value = values.get(field)
    return value if isinstance(value, int) else None
