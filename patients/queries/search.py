"""Patients of a site, by name, birth date or MRN: forgiving of case, accents, order and typos. The only reader of folded names."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.db.models import QuerySet

from clinic.models import Site
from patients.models import Patient
from patients.rules.names import are_alike, folded_name
from patients.rules.seeking import Sought, plain, understand

# One slip in four letters, two in seven; shorter words must be typed right.
LIKE_ENOUGH = 0.7
SHORTEST_TYPO = 4
MRN = Patient._meta.get_field("mrn")
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
    people: Iterable[tuple[int, str, date, str]]
    if sought.numbers or sought.runs:
        found = rows.values_list("pk", "name_folded", "birth_on", "mrn", "site_id", "uid")
        people = ((pk, name, birth_on, MRN.opened(mrn, site=site, row=uid)) for pk, name, birth_on, mrn, site, uid in found)
    else:
        people = ((pk, name, birth_on, "") for pk, name, birth_on in rows.values_list("pk", "name_folded", "birth_on"))
    scored = ((score(sought, name, mrn, birth_on), name, pk) for pk, name, birth_on, mrn in people)
    return [pk for _, _, pk in sorted((-points, name, pk) for points, name, pk in scored if points > 0)]


def namesakes(site: Site, *, last_name: str, first_name: str, birth_on: date) -> list[Patient]:
    """Patients of the site born on that day whose name could be the same: asked about before somebody is registered twice."""
    name = folded_name(last_name, first_name)
    return [patient for patient in patients_of(site, "all").filter(birth_on=birth_on) if are_alike(patient.name_folded, name)]


def score(sought: Sought, name_folded: str, mrn: str, birth_on: date) -> float:
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
