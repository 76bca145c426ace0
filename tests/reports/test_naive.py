"""Each measure twice: by the reports, and visit by visit by the dullest code. Both must agree exactly, at clock changes and month ends too.

Board, filing desk, day's closing and reports say the same about what is owed. `make soak` tries far more histories (tests/long/truth.py).
"""

from collections import Counter
from datetime import date, datetime, time, timedelta

from django.db import transaction
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from desk.queries.board import floor_of
from reports.queries import facts_of
from reports.rules import MEASURES, VALUED, evaluate
from sessions.models import TreatmentSession
from sessions.queries.day import forms_owed_count
from sessions.queries.forms import forms_owed, owed_summary, rows_of
from tests.cast import Cast
from tests.reports.histories import DAYS, ZONES, begin, house
from tests.reports.histories_of_visits import course, some_visits
from tests.reports.naive import Answers, Raw, naive

# A measure that the dull code doesn't know stands here with the reason.
NOT_RECOMPUTED: dict[str, str] = {}
FIRST, LAST = date(2025, 10, 1), date(2026, 9, 30)
EXAMPLES = 12
# They speak of every measure; the others are drawn anew by each run.
CONSTANT = (
    (18, date(2025, 12, 31), "America/New_York", 60, 2),
    (3, date(2026, 3, 8), "America/Denver", 30, 3),
    (6, date(2025, 11, 2), "America/St_Johns", 40, 3),
)

seeds, days, zones, ages, sizes = st.integers(0, 2**32), st.sampled_from(DAYS), st.sampled_from(ZONES), st.integers(-1, 70), st.integers(1, 3)
law = settings(
    max_examples=EXAMPLES, deadline=None, database=None, report_multiple_bugs=False, phases=(Phase.explicit, Phase.generate, Phase.shrink),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)  # fmt: skip


def lived(cast: Cast, *, seed: int, day: date, zone: str, size: int) -> None:
    """One history around a day."""
    made = begin(cast, seed=seed, zone=zone)
    house(made, day)
    for _ in range(size):
        some_visits(made, day)
    course(made, day)
    made.keep()


def by_reports(cast: Cast, today: date) -> dict[str, dict[int, object]]:
    facts = facts_of(cast.riverside, FIRST, LAST)
    found: dict[str, dict[int, object]] = {}
    for measure in MEASURES:
        rows = evaluate(measure, facts, today=today).rows
        is_valued = measure.kind in VALUED
        found[measure.code] = {row.pk: sorted(row.answer.values) if is_valued else (row.answer.hits, row.answer.of) for row in rows}
    return found


def by_rows(cast: Cast, today: date) -> dict[int, Answers]:
    raw = Raw(cast.riverside)
    return {one.pk: naive(one, raw, today) for one in raw.every(TreatmentSession, beside="course")}


def agree(cast: Cast, today: date) -> Counter[str]:
    """Raises on the first measure that differs; how many visits each measure spoke of."""
    alone = by_rows(cast, today)
    for code, mine in by_reports(cast, today).items():
        if code not in NOT_RECOMPUTED:
            assert mine == {pk: found[code] for pk, found in alone.items() if code in found}, code
    return Counter(code for found in alone.values() for code in found)


def owed_everywhere_alike(cast: Cast, today: date) -> int:
    """Board, filing desk, closing of the day and reports about the same rows, when all of it has happened; how many are owed."""
    site = cast.riverside
    latest = TreatmentSession.objects.filter(site=site).order_by("-treatment_on").values_list("treatment_on", flat=True)[0]
    today = max(today, latest + timedelta(days=2))
    now = datetime.combine(today, time(12), site.zone)
    summary, desk, board = owed_summary(site, now), rows_of(site, forms_owed(site), now), floor_of(site, now)
    owed = evaluate(next(one for one in MEASURES if one.code == "owed_days"), facts_of(site, FIRST, LAST), today=today)
    assert summary.total == len(desk) == owed.counted == forms_owed_count(site) == board.form_counts["total"]
    assert (summary.due_today, summary.overdue) == (board.form_counts["today"], board.form_counts["overdue"])
    assert {row.form.session_id for row in desk} == {row.pk for row in owed.rows}
    assert sorted((today - row.form.treatment_on).days for row in desk) == sorted(owed.values)
    return summary.total


def weighed(cast: Cast, *, seed: int, day: date, zone: str, age: int, size: int) -> tuple[Counter[str], int]:
    """One history, compared and taken back: what each measure spoke of, and how many forms were owed."""
    with transaction.atomic():
        lived(cast, seed=seed, day=day, zone=zone, size=size)
        today = day + timedelta(days=age)
        found = agree(cast, today), owed_everywhere_alike(cast, today)
        transaction.set_rollback(True)
    return found


def test_the_naive_reading_agrees_exactly(cast: Cast) -> None:
    spoken: Counter[str] = Counter()
    owed = 0

    @law
    @example(*CONSTANT[0])
    @example(*CONSTANT[1])
    @example(*CONSTANT[2])
    @given(seeds, days, zones, ages, sizes)
    def on_any_history(seed: int, day: date, zone: str, age: int, size: int) -> None:
        nonlocal owed
        told, count = weighed(cast, seed=seed, day=day, zone=zone, age=age, size=size)
        spoken.update(told)
        owed += count

    on_any_history()
    known = {measure.code for measure in MEASURES}
    assert known - set(spoken) == set(NOT_RECOMPUTED), "a measure that is neither recomputed here nor excused"
    assert owed > 0
