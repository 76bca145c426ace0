"""Around the proposal: nearest slots of one visit, chosen visits judged, the due window, adherence (DOS-3…DOS-9, MON-9)."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from clinic.rules.opening import Span
from patients.rules.course import TRD
from patients.rules.dosing import planned_dose
from patients.rules.protocol import REMS_ESKETAMINE
from sessions.rules.planning import (
    Change,
    Chosen,
    CourseFacts,
    Due,
    Kind,
    Staffed,
    Wanted,
    adherence,
    check_plan,
    due_window,
    mended,
    nearest_slots,
    wanted_at,
)
from sessions.rules.planning.course import position_on
from sessions.rules.planning.house import devices_of
from tests.moment import NOW, TODAY
from tests.sessions.test_planning_rules import MONDAY, NEW, NEW_YORK, SEATS, at, house, taken

WANTED = Wanted(day=MONDAY, wall=time(9), chair_pk=1, dose_mg=56)


def offered(*args: object, **kwargs: object) -> list[tuple[Kind, str]]:
    offers = nearest_slots(*args, **kwargs)  # type: ignore[arg-type]
    return [(offer.kind, f"{offer.slot.starts_at.astimezone(NEW_YORK):%d %H:%M} {offer.slot.chair_pk}") for offer in offers]


def test_the_wished_slot_first_then_chairs_times_days() -> None:
    assert offered(WANTED, house=house(), course=NEW, per_kind=2) == [
        (Kind.AS_WISHED, "15 09:00 1"), (Kind.OTHER_CHAIR, "15 09:00 2"), (Kind.OTHER_CHAIR, "15 09:00 3"),
        (Kind.OTHER_TIME, "15 08:45 1"), (Kind.OTHER_TIME, "15 09:15 1"), (Kind.OTHER_DAY, "16 09:00 1"), (Kind.OTHER_DAY, "17 09:00 1"),
    ]  # fmt: skip
    anywhere = Wanted(day=MONDAY, wall=time(9), chair_pk=None, dose_mg=56)
    assert {kind for kind, _ in offered(anywhere, house=house(seats=SEATS[:1]), course=NEW)} == {Kind.AS_WISHED, Kind.OTHER_TIME, Kind.OTHER_DAY}


def test_a_visit_that_is_moved_stands_in_nobodys_way() -> None:
    """Neither its chair nor its day; a dosed day stays taken (DOS-7)."""
    own = taken(MONDAY, patient=1, pk=7)
    course = CourseFacts(patient_pk=1, indication=TRD, booked_days=(MONDAY,))
    assert offered(wanted_at(own.starts_at, 1, 56, house()), house=house(own), course=course, besides=7)[0] == (Kind.AS_WISHED, "15 09:00 1")
    offers = nearest_slots(WANTED, house=house(own), course=course)
    assert offers[0].reason == "The patient already has a visit on Monday 15 June. 2 days later, Wednesday 17 June."
    dosed = CourseFacts(patient_pk=1, indication=TRD, dosed_days=(MONDAY,), booked_days=(MONDAY,))
    assert all(kind is Kind.OTHER_DAY for kind, _ in offered(WANTED, house=house(own), course=dosed, besides=7))


@pytest.mark.parametrize(
    ("clinic", "course", "wanted", "why"),
    [
        (house(), NEW, Wanted(day=TODAY - timedelta(days=30), wall=time(9), chair_pk=1, dose_mg=56), "Monday 11 May has passed."),
        (house(), NEW, Wanted(day=TODAY, wall=time(9), chair_pk=1, dose_mg=56), "That time has passed."),
        (house(), NEW, Wanted(day=MONDAY, wall=time(7), chair_pk=1, dose_mg=56), "The clinic isn’t open at 07:00 on Monday 15 June."),
        (
            house(), NEW, Wanted(day=MONDAY, wall=time(15), chair_pk=1, dose_mg=84),
            "A visit at 15:00 would not be over before the clinic closes at 18:00.",
        ),
        (house(), NEW, Wanted(day=MONDAY, wall=time(9), chair_pk=8, dose_mg=56), "That chair is not in use."),
        (house(taken(MONDAY), seats=SEATS[:1]), NEW, Wanted(day=MONDAY, wall=time(9), chair_pk=None, dose_mg=56), "No chair is free at 09:00."),
        (house(taken(MONDAY, patient=1)), NEW, WANTED, "The patient has another visit at that time."),
        (
            house(), CourseFacts(patient_pk=1, indication=TRD, booked_days=(MONDAY + timedelta(days=1),)), WANTED,
            "Only 1 day from the visit on Tuesday 16 June; this site keeps at least 2 days between visits.",
        ),
        (
            house(), CourseFacts(patient_pk=1, indication=TRD, dosed_days=(date(2026, 6, 9),), booked_days=(date(2026, 6, 12), date(2026, 6, 17))),
            WANTED, "Third visit within seven days: the induction is twice a week.",
        ),
        (
            house(), CourseFacts(patient_pk=1, indication=TRD, booked_days=(date(2026, 6, 17), date(2026, 6, 20))), WANTED,
            "With it, the visit on Saturday 20 June would come too soon. Third visit within seven days",
        ),
        (
            house(), CourseFacts(patient_pk=1, indication=TRD, dosed_days=(date(2026, 5, 11), date(2026, 6, 10))), WANTED,
            "Too soon: weekly visits are a week apart, give or take a day.",
        ),
    ],
)  # fmt: skip
def test_why_a_slot_cannot_be_had(clinic: object, course: CourseFacts, wanted: Wanted, why: str) -> None:
    offers = nearest_slots(wanted, house=clinic, course=course)  # type: ignore[arg-type]
    assert offers
    assert all(offer.reason.startswith(why) for offer in offers), offers[0].reason


def test_a_day_too_far_away_and_openings_that_touch() -> None:
    assert house().against_day(TODAY + timedelta(days=401)).endswith("is too far away.")
    spans = (Span(0, time(8), time(12)), Span(0, time(12), time(15)), Span(0, time(16), time(20)))
    assert offered(WANTED, house=house(spans=spans), course=NEW)[0][0] is Kind.AS_WISHED
    noon = Wanted(day=MONDAY, wall=time(14), chair_pk=1, dose_mg=56)
    assert offered(noon, house=house(spans=spans), course=NEW)[0] == (Kind.OTHER_TIME, "15 16:00 1")


def test_what_lasts_over_midnight_is_seen_once() -> None:
    """A visit that touches two UTC days stands in the way once; one that is over holds no chair."""
    late = datetime(2026, 6, 15, 22, 30, tzinfo=UTC)
    clinic = house(taken(MONDAY, time(18, 30))).holding([taken(MONDAY)._replace(holds_chair=False)])
    assert len(clinic.during(late, late + timedelta(hours=3))) == 1
    assert (clinic.name_of(2), clinic.name_of(9), devices_of(REMS_ESKETAMINE, 84), devices_of(REMS_ESKETAMINE, 30)) == ("Chair 2", "That chair", 3, 1)


# --- chosen visits ------------------------------------------------------------------------------------------------------
def chosen(day: date, wall: time = time(9), chair: int = 1, dose: int = 56) -> Chosen:
    return Chosen(starts_at=at(day, wall), chair_pk=chair, dose_mg=dose)


def keys(*visits: Chosen, course: CourseFacts = NEW, **fields: object) -> list[list[str]]:
    full = fields.pop("full", ())
    return [
        [finding.key for finding in one.findings]
        for one in check_plan(visits, house=house(*full, **fields), course=course)  # type: ignore[misc, arg-type]
    ]


def test_a_good_plan_has_nothing_against_it_and_numbers() -> None:
    days = [MONDAY + timedelta(days=offset) for offset in (3, 0, 7)]
    checked = check_plan([chosen(day) for day in days], house=house(), course=NEW)
    assert [(one.number, one.week, one.slot.day, one.findings) for one in checked] == [
        (1, 1, days[1], ()), (2, 1, days[0], ()), (3, 2, days[2], ()),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("visits", "fields", "expected"),
    [
        ([chosen(MONDAY)], {"full": [taken(MONDAY)]}, ["BOOK.chair"]),
        ([chosen(MONDAY, chair=2)], {"full": [taken(MONDAY, time(13), patient=1)]}, ["DOS-7.booked"]),
        ([chosen(MONDAY, chair=2)], {"full": [taken(MONDAY)], "staffed": (Staffed(0, time(8), time(18), 1),)}, ["MON-9.staff"]),
        ([chosen(MONDAY, dose=84)], {}, ["DOS-3.first_dose"]),
        ([chosen(MONDAY, dose=28)], {}, ["DOS-5.dose"]),
        ([chosen(MONDAY, time(15), dose=56)], {}, ["DOS-9.late"]),
        ([chosen(MONDAY)], {"closed": (MONDAY,)}, ["DOS-9.closed"]),
        ([chosen(MONDAY, chair=9)], {}, ["BOOK.chair_gone"]),
        ([chosen(TODAY)], {}, ["BOOK.past"]),
        ([chosen(TODAY - timedelta(days=1))], {}, ["BOOK.past"]),
        ([chosen(MONDAY)], {"course": CourseFacts(patient_pk=1, indication=TRD, dosed_days=(MONDAY - timedelta(days=1),))}, ["DOS-5.gap"]),
        (
            [chosen(MONDAY + timedelta(days=5))],
            {"course": CourseFacts(patient_pk=1, indication=TRD, dosed_days=(MONDAY, MONDAY + timedelta(days=2))), "now": NOW + timedelta(days=8)},
            ["DOS-9.closed", "DOS-5.interval"],
        ),
    ],
)
def test_what_speaks_against_a_chosen_visit(visits: list[Chosen], fields: dict[str, object], expected: list[str]) -> None:
    assert keys(*visits, **fields)[0] == expected  # type: ignore[arg-type]


def test_two_chosen_visits_stand_in_each_others_way() -> None:
    """DOS-7, and the site's gap from both sides."""
    assert keys(chosen(MONDAY), chosen(MONDAY, time(13)), chosen(MONDAY + timedelta(days=1))) == [
        ["DOS-7.booked", "DOS-5.gap"], ["DOS-7.booked", "DOS-5.gap"], ["DOS-5.gap"],
    ]  # fmt: skip


# --- due, adherence, dose -------------------------------------------------------------------------------------------------
def test_what_was_taken_goes_to_the_nearest_slot_or_nowhere() -> None:
    full = taken(MONDAY)
    whole, changes = mended([chosen(MONDAY)], house=house(full), course=NEW)
    assert [(one.starts_at, one.chair_pk) for one in whole] == [(at(MONDAY), 2)]
    assert [(one.was, one.offer.slot.chair_pk) for one in changes if one.offer] == [(chosen(MONDAY), 2)]
    alone = house(*(taken(MONDAY, chair=pk) for pk in (1, 2, 3)), spans=(Span(0, time(9), time(12, 30)),), closed=(MONDAY + timedelta(days=7),))
    assert mended([chosen(MONDAY)], house=alone, course=NEW) == ([], [Change(chosen(MONDAY), None)])


@pytest.mark.parametrize(
    ("dosed", "on", "expected"),
    [
        ([], MONDAY, (MONDAY, None, Due.NOW, "First visit: no day is set by the label.")),
        ([0], MONDAY, (MONDAY + timedelta(days=2), MONDAY + timedelta(days=4), Due.EARLY, "Next visit due Wednesday 17 June to Friday 19 June.")),
        ([0, 3], MONDAY + timedelta(days=7), (MONDAY + timedelta(days=7), MONDAY + timedelta(days=7), Due.NOW, "Next visit due Monday 22 June to Monday 22 June: now.")),
        ([0, 3], MONDAY + timedelta(days=9), (MONDAY + timedelta(days=7), MONDAY + timedelta(days=7), Due.LATE, "Next visit was due by Monday 22 June.")),
        ([0, 31], MONDAY + timedelta(days=37), (MONDAY + timedelta(days=37), MONDAY + timedelta(days=39), Due.NOW, "Next visit due Wednesday 22 July to Friday 24 July: now.")),
    ],
)  # fmt: skip
def test_when_the_next_visit_is_due(dosed: list[int], on: date, expected: tuple[object, ...]) -> None:
    course = CourseFacts(patient_pk=1, indication=TRD, dosed_days=tuple(MONDAY + timedelta(days=n) for n in dosed))
    window = due_window(course, on=on, minimum_gap_days=2)
    assert (window.first_on, window.last_on, window.state, window.words) == expected


@pytest.mark.parametrize(
    ("dosed", "earlier", "missed", "expected"),
    [
        ([], 0, 0, "0 of 0 visits of the first four weeks so far."),
        ([0, 3, 7], 0, 1, "3 of 8 visits of the first four weeks so far; 1 missed."),
        ([0, 3, 7, 10, 14, 21, 24, 33], 0, 0, "7 of 8 visits of the first four weeks so far, the eighth after 33 days."),
        ([7], 8, 0, "8 of 8 visits of the first four weeks so far."),
    ],
)
def test_how_the_induction_was_kept(dosed: list[int], earlier: int, missed: int, expected: str) -> None:
    """DOS-7: 47.6–61.3 % reach eight; whoever asks sees the day of the eighth."""
    elsewhere = {"earlier_first_on": MONDAY - timedelta(days=20), "earlier_last_on": MONDAY - timedelta(days=3)} if earlier else {}
    course = CourseFacts(
        patient_pk=1, indication=TRD, dosed_days=tuple(MONDAY + timedelta(days=n) for n in dosed), earlier_sessions=earlier, **elsewhere
    )
    assert adherence(course, on=MONDAY + timedelta(days=40), missed=missed).words == expected


@pytest.mark.parametrize(("dosed", "wished", "last", "expected"), [((), 84, 84, 56), ((MONDAY,), 84, 56, 84), ((MONDAY,), None, 84, 84), ((MONDAY,), None, None, 56)])  # fmt: skip
def test_the_dose_by_the_rules_of_its_place(dosed: tuple[date, ...], wished: int | None, last: int | None, expected: int) -> None:
    position = position_on(NEW, dosed, MONDAY + timedelta(days=3))
    assert planned_dose(position=position, wished_mg=wished, last_mg=last, protocol=REMS_ESKETAMINE) == expected


def test_a_full_afternoon_and_hours_with_enough_monitors() -> None:
    """The morning has one monitor more than the afternoon; the last times of the day have no chair."""
    staffed = (Staffed(1, time(8), time(18), 1), Staffed(0, time(8), time(10), 2), Staffed(0, time(10), time(18), 2))
    clinic = house(taken(MONDAY, time(13)), seats=SEATS[:1], staffed=staffed)
    assert offered(WANTED, house=clinic, course=NEW, first=MONDAY, last=MONDAY) == [
        (Kind.AS_WISHED, "15 09:00 1"), (Kind.OTHER_TIME, "15 08:45 1"), (Kind.OTHER_TIME, "15 09:15 1"), (Kind.OTHER_TIME, "15 08:30 1"),
    ]  # fmt: skip
