"""Whatever is done to a chain behind the guards' back is found, at its place: any byte, any row, on both engines."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from clinic import audit, chain, guards
from clinic.audit import Act
from clinic.models import AuditEntry, AuditHead, User
from tests.cast import NOW, Cast

ON_SQLITE = connection.vendor == "sqlite"
TEXTS = ("chain", "prev_hash", "hash", "body", "action", "target_kind", "target_pk")
NUMBERS = ("seq", "schema", "site_id", "actor_id", "patient_pk")
SHIFT = 10**12


class World:
    """One chain of `length` entries and whoever else there is, for forgers who have got past the guards."""

    def __init__(self, cast: Cast, length: int) -> None:
        self.length, self.name, self.other = length, f"site:{cast.riverside.pk}", f"site:{cast.hillcrest.pk}"
        acts = [
            Act(action="site.tested", target_kind="site", target_pk=str(n), by_pk=cast.nurse.pk, now=NOW + timedelta(seconds=n), patient_pk=n or None, changes={"é": "ü"})
            for n in range(length)
        ]  # fmt: skip
        audit.append_many(acts, site=cast.riverside)
        audit.append_many(acts[:3], site=cast.hillcrest)
        self.users = list(User.objects.order_by("pk").values_list("pk", flat=True))

    def row(self, seq: int) -> Any:
        return AuditEntry.objects.filter(chain=self.name, seq=seq)

    def move_up(self, seq: int, by: int) -> None:
        """Numbers from `seq` on are one more or one less."""
        mine = AuditEntry.objects.filter(chain=self.name)
        mine.filter(seq__gte=seq).update(seq=F("seq") + SHIFT + by)
        mine.filter(seq__gt=SHIFT // 2).update(seq=F("seq") - SHIFT)


def flip_text(world: World, seq: int, draw: Callable[[Any], Any]) -> None:
    column = draw(st.sampled_from(TEXTS))
    value = world.row(seq).values_list(column, flat=True).get() or "-"
    place = draw(st.integers(0, len(value) - 1))
    other = draw(st.characters(codec="ascii", exclude_characters=["\x00", value[place]]))
    world.row(seq).update(**{column: (value[:place] + other + value[place + 1 :])})


def change_number(world: World, seq: int, draw: Callable[[Any], Any]) -> None:
    column = draw(st.sampled_from(NUMBERS))
    now = world.row(seq).values_list(column, flat=True).get()
    choices = {"site_id": [None, int(world.other[5:])], "actor_id": [None, *world.users], "patient_pk": [None, 0, -1, 5], "schema": [0, 2]}.get(
        column, [0, -1, SHIFT]
    )
    world.row(seq).update(**{column: draw(st.sampled_from([value for value in choices if value != now]))})


def shift_time(world: World, seq: int, draw: Callable[[Any], Any]) -> None:
    by = draw(st.integers(-(10**15), 10**15).filter(bool))
    world.row(seq).update(happened_at=NOW + timedelta(seconds=seq - 1, microseconds=by))


def scribble(world: World, seq: int, draw: Callable[[Any], Any]) -> None:
    """Any bytes in any column, as an editor of the file leaves them; PostgreSQL takes none but the column's own."""
    if not ON_SQLITE:
        return flip_text(world, seq, draw)
    column = draw(st.sampled_from([*TEXTS, *NUMBERS, "happened_at"]))
    kind = draw(st.sampled_from(["TEXT", "BLOB"]))
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE clinic_auditentry SET {column} = CAST(%s AS {kind}) WHERE chain = %s AND seq = %s",
            [draw(st.binary(max_size=8)), world.name, seq],
        )
    return None


def drop(world: World, seq: int, draw: Callable[[Any], Any]) -> None:
    world.row(seq).delete()
    if draw(st.booleans()):
        world.move_up(seq + 1, -1)


def swap(world: World, seq: int, draw: Callable[[Any], Any]) -> None:
    other = draw(st.integers(1, world.length).filter(lambda n: n != seq))
    one, two = world.row(seq).get().pk, world.row(other).get().pk
    for pk, number in ((one, SHIFT), (two, seq), (one, other)):
        AuditEntry.objects.filter(pk=pk).update(seq=number)


def put_in(world: World, seq: int, draw: Callable[[Any], Any]) -> None:
    """A copy of any entry, or one that follows well on the one before it."""
    before = world.row(seq).get()
    copied = world.row(draw(st.integers(1, world.length))).get()
    world.move_up(seq + 1, +1)
    if draw(st.booleans()):
        act = Act(action="site.tested", target_kind="site", target_pk="0", by_pk=None, now=NOW)
        copied = audit.linked(act, chain=world.name, site=before.site, seq=seq + 1, prev_hash=before.hash)
    copied.pk, copied.seq = None, seq + 1
    copied.save(force_insert=True)


def forge_the_head(world: World, seq: int, draw: Callable[[Any], Any]) -> None:
    forged = draw(st.sampled_from([{"seq": world.length + 1}, {"seq": seq - 1}, {"hash": "0" * 64}, {"chain": "house"}]))
    AuditHead.objects.filter(pk=world.name).update(**forged)


FORGERIES = [flip_text, change_number, shift_time, scribble, drop, swap, put_in, forge_the_head]


def law(world: World, examples: int) -> None:
    """Every forgery in a savepoint of its own, over the one chain."""

    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.reuse, Phase.generate])
    @given(data=st.data())
    def holds(data: Any) -> None:
        forge = data.draw(st.sampled_from(FORGERIES))
        seq = data.draw(st.integers(1, world.length))
        before = list(world.row(seq).values())
        with transaction.atomic():
            forge(world, seq, data.draw)
            same = forge is scribble and list_or_none(world, seq) == before
            verdict = chain.verified(world.name)
            transaction.set_rollback(True)
        assert verdict.is_whole == same
        if forge in (flip_text, shift_time, drop, put_in):
            assert verdict.broken_seq in (seq, seq + 1, seq + 2)

    with guards.lifted():
        holds()


def list_or_none(world: World, seq: int) -> object:
    """The row as it reads now: bytes that mean what stood there have changed nothing."""
    try:
        return list(world.row(seq).values())
    except chain.UNREADABLE:
        return None


def test_any_forgery_is_found_at_its_place(cast: Cast) -> None:
    world = World(cast, 200)
    assert chain.verified(world.name) == chain.Verdict(world.name, 200)
    law(world, examples=40)
    assert chain.verified(world.name).is_whole


def test_any_forgery_among_ten_thousand_is_found(cast: Cast) -> None:
    law(World(cast, 10_000), examples=12)
