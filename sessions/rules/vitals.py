"""Which readings are impossible, which are asked about once more, and which are missing (MON-4, MON-7)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from clinic.findings import Finding, Level


@dataclass(frozen=True, slots=True)
class Reading:
    """One number of a check: what can be, and what is usual enough not to be asked about."""

    field: str
    label: str
    unit: str
    least: int
    most: int
    likely_least: int
    likely_most: int

    @property
    def name(self) -> str:
        """As it stands inside a sentence: "SpO₂" keeps its capitals."""
        return self.label if self.label[:2].isupper() or self.label.startswith("SpO") else self.label.lower()


READINGS: tuple[Reading, ...] = (
    Reading("systolic", "Systolic", "mmHg", 40, 300, 80, 220),
    Reading("diastolic", "Diastolic", "mmHg", 20, 200, 40, 130),
    Reading("pulse", "Pulse", "per minute", 20, 250, 40, 140),
    Reading("spo2", "SpO₂", "%", 50, 100, 85, 100),
    Reading("breaths", "Breaths", "per minute", 3, 60, 8, 30),
    Reading("sedation", "MOAA/S", "", 0, 5, 0, 5),
    Reading("cadss", "CADSS", "", 0, 92, 0, 80),
)
BY_FIELD: dict[str, Reading] = {reading.field: reading for reading in READINGS}

# What a full check holds; breaths and CADSS are taken where the site takes them (MON-4).
REQUIRED: tuple[tuple[str, str], ...] = (
    ("systolic", "Systolic"),
    ("diastolic", "Diastolic"),
    ("pulse", "Pulse"),
    ("spo2", "SpO₂"),
    ("breathing", "Breathing"),
    ("sedation", "Sedation"),
    ("dissociation", "Dissociation"),
    ("nausea", "Nausea"),
)
LEAST_PULSE_PRESSURE = 15


def impossible(values: Mapping[str, int | None]) -> list[Finding]:
    """Readings that nobody can have: a slip of the finger. They are refused (MON-4); numbers in the units of `READINGS`."""
    findings = []
    for reading in READINGS:
        value = values.get(reading.field)
        if value is not None and not reading.least <= value <= reading.most:
            text = f"{value} can't be a {reading.name}: {reading.least} to {reading.most}."
            findings.append(Finding("MON-4", Level.BLOCK, text, code=f"impossible.{reading.field}", field=reading.field))
    systolic, diastolic = values.get("systolic"), values.get("diastolic")
    if systolic is not None and diastolic is not None and systolic <= diastolic:
        text = f"{systolic}/{diastolic} can't be: the first number must be the larger."
        findings.append(Finding("MON-4", Level.BLOCK, text, code="impossible.pressure", field="diastolic"))
    return findings


def unlikely(values: Mapping[str, int | None]) -> list[Finding]:
    """Readings that can be but are rarely meant: asked about once, then kept as they are (MON-4)."""
    findings = []
    for reading in READINGS:
        value = values.get(reading.field)
        if value is None or not reading.least <= value <= reading.most:
            continue
        if not reading.likely_least <= value <= reading.likely_most:
            text = f"{reading.label} {value} is rare. Is it right?"
            findings.append(Finding("MON-4", Level.NOTE, text, code=f"unlikely.{reading.field}", field=reading.field))
    systolic, diastolic = values.get("systolic"), values.get("diastolic")
    if systolic is not None and diastolic is not None and 0 < systolic - diastolic < LEAST_PULSE_PRESSURE:
        text = f"{systolic}/{diastolic} lie close together. Is it right?"
        findings.append(Finding("MON-4", Level.NOTE, text, code="unlikely.pressure", field="diastolic"))
    return findings


def missing(values: Mapping[str, object], not_obtained: Mapping[str, str], required: Iterable[tuple[str, str]] = REQUIRED) -> list[Finding]:
    """What a check lacks: each value is there, or "not obtained" with a reason (MON-7). Nothing is silently empty."""
    findings = []
    for field, label in required:
        is_there = values.get(field) not in (None, "")
        if is_there and field in not_obtained:
            text = f"{label}: either a value or “not obtained”, not both."
            findings.append(Finding("MON-7", Level.BLOCK, text, code=f"both.{field}", field=field))
        if not is_there and not not_obtained.get(field, "").strip():
            text = f"{label}: why could it not be obtained?" if field in not_obtained else f"{label} is missing."
            findings.append(Finding("MON-7", Level.BLOCK, text, code=f"missing.{field}", field=field))
    return findings


SAME = "unlikely.same"


def is_same_reading(values: Mapping[str, object], previous: Mapping[str, object]) -> bool:
    """Whether a check repeats the one before it in every value: then it may have been copied, not measured. Most of a check must be there."""
    measured = [field for field in ("systolic", "diastolic", "pulse", "spo2") if values.get(field) is not None]
    fields = {*(reading.field for reading in READINGS), *(field for field, _ in REQUIRED)}
    return len(measured) >= 3 and all(blank_as_none(values.get(field)) == blank_as_none(previous.get(field)) for field in fields)


def blank_as_none(value: object) -> object:
    """Nothing chosen is nothing obtained; a nought is a value."""
    return None if value == "" else value


def repeated(values: Mapping[str, object], previous: Mapping[str, object], seen_at: str) -> list[Finding]:
    """Asked about once, then kept as it is (the copy-forward guard); `seen_at` is the other check's time on the wall."""
    if not is_same_reading(values, previous):
        return []
    return [Finding("MON-4", Level.NOTE, f"Same as at {seen_at}: measured again?", code=SAME)]
