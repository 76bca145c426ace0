"""`python -m pytest tests/long/tampering.py -s`: no forgery by one hand in a chain of 10,000 is overlooked, at any of its places (ENTRIES=10000).

Every letter of every column of every entry is changed in memory. In the database, at every entry: a column, the row dropped, exchanged with the next,
a copy and a well-made one put in behind it. `chain.verified` walks from the first entry on; what stands before a forgery was proven whole, so each is
judged from two entries before it.
"""

import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.db import connection, transaction

from clinic import audit, chain, guards
from clinic.audit import Act
from clinic.models import AuditEntry
from tests.cast import NOW, Cast
from tests.clinic.test_tampering import NUMBERS, SHIFT, TEXTS, World

LENGTH = int(os.environ.get("ENTRIES", "10000"))
AHEAD = 3


@pytest.fixture
def world(cast: Cast) -> World:
    made = World(cast, LENGTH)
    assert chain.verified(made.name) == chain.Verdict(made.name, LENGTH)
    return made


@pytest.mark.timeout(24 * 3600)
def test_any_letter_of_any_entry(world: World) -> None:
    """One bit of each letter. A name of the chain that is changed takes the entry out of it, which is a row dropped."""
    count, last = 0, ""
    for seq, entry in enumerate(AuditEntry.objects.filter(chain=world.name).order_by("seq").iterator(chunk_size=500), start=1):
        assert chain.fault(entry, seq, last) == ""
        for column in TEXTS:
            value = getattr(entry, column)
            for changed in one_bit_off(value):
                setattr(entry, column, changed)
                assert chain.fault(entry, seq, last), (seq, column, changed)
                count += 1
            setattr(entry, column, value)
        last = entry.hash
    assert seq == LENGTH
    print(f"{count} letters of {LENGTH} entries: each found")


def one_bit_off(text: str) -> Iterator[str]:
    for place, letter in enumerate(text):
        yield f"{text[:place]}{chr(ord(letter) ^ 1)}{text[place + 1 :]}"


Forgery = Callable[[World, int, random.Random], object]


def a_column(world: World, seq: int, dice: random.Random) -> None:
    column = dice.choice((*TEXTS, *NUMBERS, "happened_at"))
    if column in TEXTS:
        value = world.row(seq).values_list(column, flat=True).get() or "-"
        place = dice.randrange(len(value))
        world.row(seq).update(**{column: value[:place] + chr(ord(value[place]) ^ 1) + value[place + 1 :]})
    elif column == "happened_at":
        world.row(seq).update(happened_at=NOW + timedelta(seconds=seq - 1, microseconds=dice.choice((-1, 1, 10**9))))
    else:
        now = world.row(seq).values_list(column, flat=True).get()
        others = {"site_id": [None, int(world.other[5:])], "actor_id": [None, *world.users], "schema": [0, 2]}.get(column, [-1, SHIFT])
        world.row(seq).update(**{column: dice.choice([one for one in others if one != now])})


def moved_up(world: World, seq: int, by: int) -> None:
    """The numbers of the next entries, as far as they are judged; the last of them makes room."""
    numbers = list(range(seq + 1, min(seq + AHEAD, LENGTH) + 1))
    if by > 0:
        numbers.reverse()
        if seq + AHEAD < LENGTH:
            world.row(numbers.pop(0)).delete()
    for number in numbers:
        world.row(number).update(seq=number + by)


def dropped(world: World, seq: int, dice: random.Random) -> None:
    world.row(seq).delete()


def dropped_and_closed(world: World, seq: int, dice: random.Random) -> None:
    world.row(seq).delete()
    moved_up(world, seq, -1)


def exchanged(world: World, seq: int, dice: random.Random) -> None:
    other = dice.choice([n for n in (seq + 1, seq - 1, dice.randint(1, LENGTH)) if 0 < n <= LENGTH and n != seq])
    one, two = world.row(seq).get().pk, world.row(other).get().pk
    for pk, number in ((one, SHIFT), (two, seq), (one, other)):
        AuditEntry.objects.filter(pk=pk).update(seq=number)


def copied(world: World, seq: int, dice: random.Random) -> None:
    row = world.row(dice.randint(1, LENGTH)).get()
    moved_up(world, seq, +1)
    row.pk, row.seq = None, seq + 1
    row.save(force_insert=True)


def well_made(world: World, seq: int, dice: random.Random) -> None:
    before = world.row(seq).get()
    act = Act(action="site.tested", target_kind="site", target_pk="0", by_pk=None, now=NOW)
    moved_up(world, seq, +1)
    made = audit.linked(act, chain=world.name, site=before.site, seq=seq + 1, prev_hash=before.hash)
    made.save(force_insert=True)


FORGERIES: tuple[Forgery, ...] = (a_column, dropped, dropped_and_closed, exchanged, copied, well_made)


@pytest.mark.timeout(24 * 3600)
def test_any_row_of_the_database(world: World) -> None:
    dice = random.Random(20260601)
    hashes = dict(AuditEntry.objects.filter(chain=world.name).values_list("seq", "hash"))
    found: Counter[str] = Counter()
    with guards.lifted():
        for seq in range(1, LENGTH + 1):
            for forge in FORGERIES:
                with transaction.atomic():
                    forge(world, seq, dice)
                    at = first_broken(world, seq, hashes)
                    transaction.set_rollback(True)
                assert at is not None, (seq, forge.__name__)
                assert at <= seq + 2, (seq, forge.__name__, at)
                found[forge.__name__] += 1
    print(f"{connection.vendor}: {dict(found)}: each found")
    assert chain.verified(world.name).is_whole


def first_broken(world: World, seq: int, hashes: dict[int, str]) -> int | None:
    """Judged from two entries before it to three behind it; near the end with the chain's head."""
    before, to = max(seq - 2, 0), seq + AHEAD - 1
    if seq + AHEAD >= LENGTH:
        return chain.verified(world.name).broken_seq
    verdict, _ = chain.walk(world.name, before, hashes.get(before, ""), to)
    # Fewer than there were: what follows isn't read here, and is the walk's next entry.
    return verdict.broken_seq if not verdict.is_whole else verdict.entries + 1 if verdict.entries < to else None
