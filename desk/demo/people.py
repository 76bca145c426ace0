"""Plainly fictional patients: everybody is called after birds, trees and weather."""

import random
from dataclasses import dataclass
from datetime import date, timedelta

FIRST = (
    "Amber", "Basil", "Clover", "Dahlia", "Ember", "Fern", "Garnet", "Hazel", "Iris", "Jasper", "Kestrel", "Laurel", "Maple", "Nettle", "Olive",
    "Poppy", "Quill", "Rowan", "Sage", "Tansy", "Umber", "Violet", "Willow", "Yarrow", "Zinnia", "Aster", "Briar", "Cedar", "Élodie", "Flint",
)  # fmt: skip
LAST = (
    "Sparrow", "Finch", "Heron", "Wren", "Plover", "Magpie", "Dunlin", "Siskin", "Curlew", "Avocet", "Osprey", "Puffin", "Thrush", "Linnet", "Snipe",
    "Brook", "Meadow", "Thistle", "Bramble", "Pebble", "Drizzle", "Sundew", "Teasel", "Bracken", "Sorrel",
    "Lindenleaf", "Mistral", "Tern", "Starling", "Núñez-Rook",
)  # fmt: skip
# 61 % female, median age 42, 64 % between 26 and 55 (rulebook, "Numbers for realistic demonstration data").
AGES = ((18, 25, 14), (26, 41, 34), (42, 55, 30), (56, 78, 22))


@dataclass(frozen=True)
class Person:
    first: str
    last: str
    sex: str
    birth_on: date
    language: str
    can_be_pregnant: bool

    @property
    def mailbox(self) -> str:
        return f"patient.{self.birth_on:%y%m%d}"


def persons(count: int, dice: random.Random, today: date) -> list[Person]:
    """`count` different people of today's ages."""
    names = [(first, last) for first in FIRST for last in LAST]
    dice.shuffle(names)
    return [person(first, last, dice, today) for first, last in names[:count]]


def person(first: str, last: str, dice: random.Random, today: date) -> Person:
    low, high, _ = dice.choices(AGES, weights=[weight for *_, weight in AGES])[0]
    birth_on = today - timedelta(days=int(365.25 * dice.randint(low, high)) + dice.randint(1, 360))
    sex = "female" if dice.random() < 0.61 else "male"
    age = (today - birth_on).days // 365
    return Person(first, last, sex, birth_on, "es" if dice.random() < 0.15 else "en", sex == "female" and age < 50)
