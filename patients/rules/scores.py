"""Rating scales as data: what is asked, what a total means, and when the suicide item is positive (DOS-3, DOS-4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

OLDEST = timedelta(days=5 * 366)
TO_FOLLOW = "site"


@dataclass(frozen=True, slots=True)
class Item:
    """One question by its topic; `choices` are the words of the answers 0, 1, 2 …, empty where the sheet names none."""

    id: str
    topic: str
    choices: tuple[str, ...]

    @property
    def highest(self) -> int:
        return len(self.choices) - 1


@dataclass(frozen=True, slots=True)
class Band:
    """A total up to `at_most` is called `name`."""

    name: str
    at_most: int


@dataclass(frozen=True, slots=True)
class Scale:
    """One instrument and version. `beside` are asked too and count in no total; `suicide_from` None: the site says from which answer."""

    code: str
    version: int
    name: str
    about: str
    items: tuple[Item, ...]
    beside: tuple[Item, ...]
    bands: tuple[Band, ...]
    suicide_item: str
    suicide_from: int | None
    remission_at_most: int
    remission_told: str

    @property
    def asked(self) -> tuple[Item, ...]:
        return (*self.items, *self.beside)

    @property
    def highest(self) -> int:
        return sum(item.highest for item in self.items)

    @property
    def suicide_number(self) -> int:
        """The number of the suicide item on the sheet."""
        return [item.id for item in self.items].index(self.suicide_item) + 1


def parse_scale(data: Mapping[str, Any]) -> Scale:
    """A definition as its file says it. Raises ValueError or LookupError for one that doesn't hold together."""
    general = tuple(data["choices"])
    scale = Scale(
        code=data["code"], version=data["version"], name=data["name"], about=data["about"],
        items=tuple(Item(row["id"], row["topic"], general) for row in data["items"]),
        beside=tuple(Item(row["id"], row["topic"], tuple(row["choices"])) for row in data.get("beside", ())),
        bands=tuple(Band(row["name"], row["at_most"]) for row in data["bands"]),
        suicide_item=data["suicide_item"], suicide_from=None if data["suicide_from"] == TO_FOLLOW else data["suicide_from"],
        remission_at_most=data["remission_at_most"], remission_told=data["remission_told"],
    )  # fmt: skip
    limits = [band.at_most for band in scale.bands]
    if limits != sorted(set(limits)) or limits[-1] != scale.highest or len({item.id for item in scale.asked}) != len(scale.asked):
        raise ValueError(f"{scale.code}: the bands must rise to the highest total, and every item needs an id of its own.")
    if scale.suicide_item not in {item.id for item in scale.items}:
        raise ValueError(f"{scale.code}: the suicide item is unknown.")
    return scale


def unanswered(scale: Scale, answers: Mapping[str, int]) -> tuple[Item, ...]:
    """Items of the total that have no answer, in their order."""
    return tuple(item for item in scale.items if item.id not in answers)


def total_of(scale: Scale, answers: Mapping[str, int]) -> int | None:
    """The sum; None while an item is missing: a missing answer is no zero."""
    return None if unanswered(scale, answers) else sum(answers[item.id] for item in scale.items)


def band_of(scale: Scale, total: int) -> str:
    """How a total is called."""
    return next(band.name for band in scale.bands if total <= band.at_most)


def suicide_threshold(scale: Scale, *, site_from: int) -> int:
    """From which answer the suicide item is positive: the scale's own, else the site's."""
    return site_from if scale.suicide_from is None else scale.suicide_from


def is_suicide_positive(scale: Scale, answers: Mapping[str, int], *, site_from: int) -> bool | None:
    """Whether the suicide item is positive; None where it wasn't answered."""
    answer = answers.get(scale.suicide_item)
    return None if answer is None else answer >= suicide_threshold(scale, site_from=site_from)


def score_problems(scale: Scale, answers: Mapping[str, int], *, is_incomplete: bool, on: date, today: date) -> dict[str, str]:
    """What can't be about a score, by field: an unknown item, an answer beyond the scale, an item missing unsaid, a day to come.

    `is_incomplete` says that the gaps are meant: the score is kept without a total.
    """
    asked = {item.id: item for item in scale.asked}
    problems = {name: "This item isn't on the scale." for name in answers if name not in asked}
    problems |= {
        item.id: f"Between 0 and {item.highest}." for item in scale.asked if item.id in answers and not 0 <= answers[item.id] <= item.highest
    }
    missing = unanswered(scale, answers)
    if len(missing) == len(scale.items):
        problems |= {missing[0].id: "Answer at least one item."}
    elif missing and not is_incomplete:
        problems |= {item.id: "Answer this item, or keep the score as incomplete." for item in missing}
    elif is_incomplete and not missing:
        problems["is_incomplete"] = "Every item is answered: the score is complete."
    if on > today:
        problems["observed_on"] = "This day hasn't come yet."
    elif on < today - OLDEST:
        problems["observed_on"] = "That is more than five years ago. Check the day."
    return problems
