"""`python -m pytest tests/long/tampering.py -s`: no forgery by one hand in a chain of 10,000 is overlooked, at any of its places (ENTRIES=10000).

Every letter of every column of every entry is changed in memory. In the database, at every entry: each column, the row dropped, exchanged with the next
and with any, a copy and a well-made one put in behind it; the first entry that doesn't hold is named exactly. `chain.verified` walks from the first entry on; what stands before a forgery was proven whole, so each is
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


# Done at an entry; it says which is then the first that doesn't hold.
Forgery = Callable[[World, int, random.Random], int]


def a_change(column: str) -> Forgery:
    def forge(world: World, seq: int, dice: random.Random) -> int:
        now = world.row(seq).values_list(column, flat=True).get()
        if column in TEXTS:
            place = dice.randrange(len(now or "-"))
            world.row(seq).update(**{column: list(one_bit_off(now or "-"))[place]})
        elif column == "happened_at":
            world.row(seq).update(happened_at=now + timedelta(microseconds=dice.choice((-1, 1, 10**9))))
        else:
            others = {"site_id": [None, int(world.other[5:])], "actor_id": [None, *world.users], "schema": [0, 2], "seq": [SHIFT]}.get(
                column, [-1, SHIFT]
            )
            world.row(seq).update(**{column: dice.choice([one for one in others if one != now])})
        return seq

    forge.__name__ = column
    return forge


def moved_up(world: World, seq: int, by: int) -> None:
    """The numbers of the next entries, as far as they are judged; the last of them makes room."""
    numbers = list(range(seq + 1, min(seq + AHEAD, LENGTH) + 1))
    if by > 0:
        numbers.reverse()
        if seq + AHEAD < LENGTH:
            world.row(numbers.pop(0)).delete()
    for number in numbers:
        world.row(number).update(seq=number + by)


def dropped(world: World, seq: int, dice: random.Random) -> int:
    world.row(seq).delete()
    return seq


def dropped_and_closed(world: World, seq: int, dice: random.Random) -> int:
    world.row(seq).delete()
    moved_up(world, seq, -1)
    return seq


def exchanged_with_the_next(world: World, seq: int, dice: random.Random) -> int:
    return exchange(world, seq, seq + 1 if seq < LENGTH else seq - 1)


def exchanged_with_any(world: World, seq: int, dice: random.Random) -> int:
    return exchange(world, seq, dice.choice([other for other in (dice.randint(1, LENGTH), 1 + seq % LENGTH) if other != seq]))


def exchange(world: World, seq: int, other: int) -> int:
    one, two = world.row(seq).get().pk, world.row(other).get().pk
    for pk, number in ((one, SHIFT), (two, seq), (one, other)):
        AuditEntry.objects.filter(pk=pk).update(seq=number)
    return min(seq, other) if abs(seq - other) == 1 or seq + AHEAD >= LENGTH else seq


def copied(world: World, seq: int, dice: random.Random) -> int:
    """Of the next entry itself the copy holds, and the one behind it is the first that doesn't."""
    whose = dice.randint(1, LENGTH)
    row = world.row(whose).get()
    moved_up(world, seq, +1)
    row.pk, row.seq = None, seq + 1
    row.save(force_insert=True)
    return seq + 2 if whose == seq + 1 else seq + 1


def well_made(world: World, seq: int, dice: random.Random) -> int:
    """It holds itself; what stood there doesn't follow it, or the chain's head doesn't know it."""
    before = world.row(seq).get()
    act = Act(action="site.tested", target_kind="site", target_pk="0", by_pk=None, now=NOW)
    moved_up(world, seq, +1)
    made = audit.linked(act, chain=world.name, site=before.site, seq=seq + 1, prev_hash=before.hash)
    made.save(force_insert=True)
    return min(seq + 2, LENGTH + 1)


FORGERIES: tuple[Forgery, ...] = (
    *(a_change(column) for column in (*TEXTS, *NUMBERS, "happened_at")),
    dropped, dropped_and_closed, exchanged_with_the_next, exchanged_with_any, copied, well_made,
)  # fmt: skip


@pytest.mark.timeout(24 * 3600)
def test_any_row_of_the_database(world: World) -> None:
    dice = random.Random(20260601)
    hashes = dict(AuditEntry.objects.filter(chain=world.name).values_list("seq", "hash"))
    found: Counter[str] = Counter()
    with guards.lifted():
        for seq in range(1, LENGTH + 1):
            for forge in FORGERIES:
                with transaction.atomic():
                    wanted = forge(world, seq, dice)
                    at = first_broken(world, seq, hashes)
                    transaction.set_rollback(True)
                assert at == wanted, (seq, forge.__name__, at, wanted)
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
