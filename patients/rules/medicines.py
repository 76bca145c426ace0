"""Medicines that call for closer watching (PAT-6)."""

from collections.abc import Iterable

from clinic.findings import Finding, Level

# By the id of patients.models.chart.MedicineClass; alcohol is asked at each visit, not kept on the chart.
WATCHED: dict[str, str] = {
    "benzodiazepine": "a benzodiazepine",
    "hypnotic": "a non-benzodiazepine hypnotic",
    "opioid": "an opioid",
    "stimulant": "a psychostimulant",
    "maoi": "an MAOI",
    "cns_depressant": "another CNS depressant",
}


def medicine_findings(classes: Iterable[str]) -> list[Finding]:
    """A note for each watched class among the medicines taken now (PAT-6): closer watching, no ban."""
    taken = set(classes)
    return [
        Finding("PAT-6", Level.NOTE, f"Takes {words}: watch closely.", code=f"PAT-6.{medicine_class}", field="medicines")
        for medicine_class, words in WATCHED.items()
        if medicine_class in taken
    ]
