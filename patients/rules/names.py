"""Names of people: folding for search and order, likeness of two patients of one day (PRE-5), what can't be a name."""

import unicodedata
from difflib import SequenceMatcher

FOLDED_LENGTH = 200
# Letters that Unicode doesn't take apart into a base and a mark.
_LIGATURES = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h", "ŧ": "t", "ŋ": "ng", "ĸ": "k"}
)
_APOSTROPHES = dict.fromkeys(map(ord, "'’‘ʼ`´.·"))
# Invisible characters that languages need within words; every other format character could disguise a name.
_JOINERS = "\u200c\u200d"
ALIKE = 0.84


def fold(text: str) -> str:
    """Without accents, case, ligatures and punctuation, with single blanks: "Élodie  O’Brien-Łoś" becomes "elodie obrien los"."""
    lowered = unicodedata.normalize("NFKD", text).casefold().translate(_LIGATURES).translate(_APOSTROPHES)
    kept = (character if character.isalnum() else " " for character in unicodedata.normalize("NFKD", lowered) if not unicodedata.combining(character))
    return " ".join("".join(kept).split())


def folded_name(last_name: str, first_name: str, middle_initial: str = "") -> str:
    """What `Patient.name_folded` holds: last, then first, folded; searched and sorted on."""
    given = fold(f"{first_name} {middle_initial}")
    return f"{fold(last_name)}, {given}"[:FOLDED_LENGTH]


def name_problem(text: str) -> str:
    """Why a text can't be a person's name, as a sentence; empty when it can."""
    if any(unicodedata.category(character) in ("Cc", "Cf", "Co", "Cs", "Cn") and character not in _JOINERS for character in text):
        return "Contains invisible characters. Type the name again."
    if not any(character.isalpha() for character in text):
        return "A name needs at least one letter."
    return ""


def are_alike(one: str, other: str) -> bool:
    """Whether two folded names (`folded_name`) could be mistaken for each other on one day (PRE-5).

    The same last name, first and last exchanged, or nearly the same spelling of both.
    """
    last_one, _, first_one = one.partition(", ")
    last_other, _, first_other = other.partition(", ")
    if last_one == last_other:
        return True
    if (last_one, first_one) == (first_other, last_other):
        return True
    likeness = SequenceMatcher(None, f"{last_one} {first_one}", f"{last_other} {first_other}", autojunk=False).ratio()
    return likeness >= ALIKE


def alike_pairs(names: dict[int, str]) -> dict[int, list[int]]:
    """For each patient of a day (pk to folded name) the others that are alike; only those that have any (PRE-5)."""
    found = {pk: [other for other, other_name in names.items() if other != pk and are_alike(name, other_name)] for pk, name in names.items()}
    return {pk: others for pk, others in found.items() if others}
