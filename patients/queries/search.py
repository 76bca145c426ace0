"""Patients of a site, by name, birth date or MRN: forgiving of case, accents, order and typos. The only reader of folded names."""

from collections.abc import Sequence
from datetime import date

from django.db.models import QuerySet

from clinic.cells import may_stand
from clinic.fields import opened_values
from clinic.models import Site
from patients.models import Patient
from patients.rules.names import are_alike, folded_name
from patients.rules.seeking import Sought, plain, understand

# One slip in four letters, two in seven; shorter words must be typed right.
LIKE_ENOUGH = 0.7
SHORTEST_TYPO = 4
TREATED_NOW = (Patient.Status.ACTIVE, Patient.Status.PAUSED)


def patients_of(site: Site, status: str = "") -> QuerySet[Patient]:
    """A site's patients by name; `status` is one status, "all", or empty for those under treatment."""
    rows = Patient.objects.filter(site=site).order_by("name_folded", "pk")
    if status == "all":
        return rows
    return rows.filter(status=status) if status in Patient.Status.values else rows.filter(status__in=TREATED_NOW)


def found_patients(rows: QuerySet[Patient], text: str, today: date) -> list[int]:
    """Pks of the rows that fit what was typed, the best first. Compares in Python, over the names of one site."""
    sought = understand(text, today)
    if sought.is_empty:
        return []
    # What isn't asked for isn't opened.
    born = ("birth_on",) if sought.births or sought.runs else ()
    numbers = ("mrn",) if sought.numbers or sought.runs else ()
    scored = []
    for pk, name, *more in opened_values(rows, "name_folded", *born, *numbers):
        scored.append((score(sought, name, more[-1] if numbers else "", more[0] if born else None), name, pk))
    return [pk for _, _, pk in sorted((-points, name, pk) for points, name, pk in scored if points > 0)]


def namesakes(site: Site, *, last_name: str, first_name: str, birth_on: date) -> list[Patient]:
    """Patients of the site born on that day whose name could be the same: asked about before somebody is registered twice."""
    name = folded_name(last_name, first_name)
    return [patient for patient in born_on(patients_of(site, "all"), birth_on) if are_alike(patient.name_folded, name)]


def by_name(rows: QuerySet[Patient]) -> QuerySet[Patient] | list[int]:
    """In order of names: the database's where it reads them, else all are opened; the rows, or their keys."""
    if not may_stand():
        return rows
    return [pk for _, pk in sorted((name, pk) for pk, name in opened_values(rows.order_by(), "name_folded"))]


def born_on(rows: QuerySet[Patient], day: date) -> QuerySet[Patient]:
    if not may_stand():
        return rows.filter(birth_on=day)
    return rows.filter(pk__in=[pk for pk, birth_on in opened_values(rows.order_by(), "birth_on") if birth_on == day])


def score(sought: Sought, name_folded: str, mrn: str, birth_on: date | None) -> float:
    """How well a patient fits, 0 for not at all: every part must fit, the worst word counts."""
    number = plain(mrn)
    if sought.births and birth_on not in sought.births:
        return 0.0
    if any(birth_on not in births and run not in number for run, births in sought.runs):
        return 0.0
    if any(part not in number for part in sought.numbers):
        return 0.0
    return name_score(sought.words, name_folded) if sought.words else 1.0


def name_score(words: Sequence[str], name_folded: str) -> float:
    """The worst of the words' likenesses, each with the part of the name that it fits best; "mac donald" also fits "macdonald"."""
    parts = with_joined(name_folded.replace(",", "").split())
    worst = worst_likeness(words, parts)
    if worst > 0 or len(words) < 2:
        return worst
    pairs = ([*words[:at], words[at] + words[at + 1], *words[at + 2 :]] for at in range(len(words) - 1))
    return max(worst_likeness(joined, parts) for joined in pairs) * 0.95


def worst_likeness(words: Sequence[str], parts: Sequence[str]) -> float:
    return min(max((likeness(word, part) for part in parts), default=0.0) for word in words)


def with_joined(parts: list[str]) -> list[str]:
    """The parts, and neighbours run together: "delacruz" and "dela" fit "de la cruz"."""
    return parts + ["".join(parts[at : at + length]) for length in (2, 3) for at in range(len(parts) - length + 1)]


def likeness(word: str, part: str) -> float:
    if part == word:
        return 1.0
    if part.startswith(word):
        return 0.97
    if len(word) < SHORTEST_TYPO:
        return 0.0
    from rapidfuzz.distance import DamerauLevenshtein  # 4 MB that a worker needs for a misspelt name alone

    alike = max(DamerauLevenshtein.normalized_similarity(word, part), DamerauLevenshtein.normalized_similarity(word, part[: len(word)]) * 0.98)
    return alike if alike >= LIKE_ENOUGH else 0.0
