"""The steps of an intake, their present one and its age; authorisations and moves that can't be (PAT-1…PAT-5, DOS-8, SET-8)."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from clinic.rules.opening import Calendar, Span
from patients.rules.intake import Known, Step, authorisation_problems, is_slow, present, since_of, states_of
from patients.rules.transfers import tell_by, told_problems

DAY = date(2026, 6, 1)


def on(days: int) -> date:
    return DAY + timedelta(days=days)


ALL = Known(
    began_on=DAY, referred_on=on(-3), evaluated_on=on(1), screened_on=on(2), pdmp_on=on(2), trial_days=(on(2), on(4), on(9)), authorised_on=on(5),
    consented_on=on(6), enrolled_on=on(7), has_course=True, ordered_on=on(3), device_on=on(8),
)  # fmt: skip


@pytest.mark.parametrize(
    ("gone", "step", "missing", "since"),
    [
        ({}, Step.BOOKABLE, "", on(8)),
        ({"evaluated_on": None}, Step.EVALUATED, "evaluated", DAY),
        ({"screened_on": None}, Step.EVALUATED, "screening", DAY),
        ({"is_contraindicated": True}, Step.EVALUATED, "contraindicated", DAY),
        ({"pdmp_on": None}, Step.PDMP, "pdmp", on(2)),
        ({"trial_days": (on(2),)}, Step.TRIALS, "trials", on(2)),
        ({"trial_days": (), "indication": "mdsi"}, Step.BOOKABLE, "", on(8)),
        ({"authorised_on": None}, Step.AUTHORISED, "authorisation", on(4)),
        ({"authorised_on": None, "waived_on": on(5)}, Step.BOOKABLE, "", on(8)),
        ({"consent_gaps": ("Guide not given.",)}, Step.CONSENTED, "consent", on(5)),
        ({"enrolled_on": None, "enrolment_gaps": ("Not enrolled.",)}, Step.ENROLLED, "enrolment", on(6)),
        ({"enrolment_gaps": ("No proof.",)}, Step.ENROLLED, "proof", on(6)),
        ({"enrolled_on": None}, Step.BOOKABLE, "", on(8)),
        ({"has_course": False}, Step.DEVICE, "course", on(7)),
        ({"is_transfer": True}, Step.DEVICE, "elsewhere", on(7)),
        ({"is_transfer": True, "earlier_sessions": 5}, Step.BOOKABLE, "", on(8)),
        ({"ordered_on": None}, Step.DEVICE, "order", on(7)),
        ({"device_on": None}, Step.DEVICE, "device", on(7)),
        ({"device_on": None, "began_on": on(20)}, Step.DEVICE, "device", on(20)),
    ],
)  # fmt: skip
def test_the_present_step_and_since_when(gone: dict[str, object], step: Step, missing: str, since: date) -> None:
    known = replace(ALL, **gone)  # type: ignore[arg-type]
    states = states_of(known)
    assert [state.step for state in states] == list(Step)
    assert (present(states).step, present(states).missing, since_of(states, known)) == (step, missing, since)
    assert states[-1].is_done is (missing == "")
    assert bool(present(states).words) is bool(missing)


def test_every_step_has_words_and_a_slow_one_is_over_the_sites_days() -> None:
    assert all(step.words for step in Step)
    assert [is_slow(days=days, most=7) for days in (0, 7, 8)] == [False, False, True]


@pytest.mark.parametrize(
    ("sessions", "days", "field"),
    [(8, 90, None), (0, 90, "sessions_granted"), (201, 90, "sessions_granted"), (8, -1, "until_on"), (8, 800, "until_on")],
)
def test_an_authorisation_that_cannot_be(sessions: int, days: int, field: str | None) -> None:
    assert set(authorisation_problems(sessions=sessions, from_on=DAY, until_on=on(days))) == ({field} if field else set())


WEEKDAYS = tuple(Span(day, time(8), time(18)) for day in range(5))
ZONE = ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("spans", "moves_on", "due_at"),
    [
        (WEEKDAYS, date(2026, 6, 11), datetime(2026, 6, 10, 22, tzinfo=UTC)),
        (WEEKDAYS, date(2026, 6, 15), datetime(2026, 6, 12, 22, tzinfo=UTC)),
        ((), date(2026, 6, 15), datetime(2026, 6, 15, 4, tzinfo=UTC)),
    ],
    ids=["the day before", "Friday, for a Monday", "never open"],
)
def test_the_rems_is_told_before_the_move(spans: tuple[Span, ...], moves_on: date, due_at: datetime) -> None:
    assert tell_by(moves_on, Calendar(ZONE, spans, frozenset())) == due_at


def test_who_was_told_was_told_in_the_past() -> None:
    now = datetime(2026, 6, 10, 15, tzinfo=UTC)
    asked = [now + timedelta(minutes=1), now, now - timedelta(days=61)]
    assert [set(told_problems(told_on=at, planned_at=now, now=now)) for at in asked] == [{"told_at"}, set(), {"told_at"}]
