"""The rest of a course proposed anew: what stays, moves, comes besides or is given up; nothing without a yes, all or single, at once or not at all (DOS-6)."""

from datetime import date, time, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic.findings import Refused
from clinic.models import AuditEntry
from patients.rules.course import MDSI, TRD, Phase
from sessions.actions import booking
from sessions.actions.booking import Wish
from sessions.actions.next_step import decide_next
from sessions.actions.redraw import accept_lines
from sessions.models import Redrawing, TreatmentSession
from sessions.queries.redraw import lines_of
from sessions.queries.safety_calls import open_calls
from sessions.rules.next_step import BACK, END, KEEP
from sessions.rules.planning import CourseFacts, Usual, Wishes
from sessions.rules.redraw import Booked, What, first_new_day, given_up, redraw, rhythm, usual_of
from sessions.states import Status
from tests.cast import NOW
from tests.factories.clinic import ClosureFactory
from tests.factories.sessions import at_state
from tests.sessions.test_planning_rules import NEW_YORK, at, house, taken

MON_THU = (Usual(0, time(9)), Usual(3, time(9)))
JUNE = {day: date(2026, 6, day) for day in range(1, 31)}
TOMORROW = JUNE[11]


# --- the pure core -----------------------------------------------------------------------------------------------------
def drawn(*booked, dosed=(1, 4), missed=8, phase=Phase.INDUCTION, every=1, until=None, start=TOMORROW, indication=TRD, **more):
    """The lines of a course that was dosed, missed and booked on these days of June; today is Wednesday the 10th."""
    rows = [taken(JUNE[day], patient=1, pk=day) for day in booked]
    place = house(*rows, **more)
    course = CourseFacts(patient_pk=1, indication=indication, dosed_days=tuple(day if isinstance(day, date) else JUNE[day] for day in dosed), booked_days=tuple(JUNE[day] for day in booked))  # fmt: skip
    wishes = Wishes(start=start, usual=MON_THU if phase is Phase.INDUCTION else MON_THU[:1], chair_pk=1, phases=(phase,), dose_mg=56, every_weeks=every, until=until)  # fmt: skip
    visits = [Booked(row.session_pk, 1, place.slot(row.starts_at, 1), 56) for row in rows]
    lines = redraw(wishes=wishes, missed=place.slot(at(JUNE[missed]), 1), missed_mg=56, booked=visits, house=place, course=course)
    return [(str(line.what), line.old.slot.day.day if line.old else 0, line.new.day.day if line.new else 0) for line in lines], lines


def test_weeks_one_to_four_go_on_and_what_was_missed_stays_missed() -> None:
    """The week has no day left that is two days from Thursday's visit."""
    assert drawn(11, 15, 18, 22, 25)[0] == [("stay", day, day) for day in (11, 15, 18, 22, 25)]


def test_the_same_week_still_has_a_slot_for_it() -> None:
    told, lines = drawn(15, 18, 22, 25)
    assert told[0] == ("add", 0, 11)
    assert lines[0].reason == "In place of the visit of Monday 8 June."
    assert [what for what, *_ in told[1:]] == ["stay"] * 4


def test_a_week_that_is_over_gets_nothing_in_its_place() -> None:
    assert drawn(11, 15, 18, 22, 25, missed=4, dosed=(1,))[0] == [("stay", day, day) for day in (11, 15, 18, 22, 25)]


def test_what_can_not_stay_goes_to_its_nearest_legal_slot() -> None:
    told, lines = drawn(11, 15, 22, 25, closed=(JUNE[15],))
    assert told[1] == ("move", 15, 16)
    assert "closed on Monday 15 June" in lines[1].reason
    assert lines[1].key == "move-15-1-20260616T1300-1"
    assert [line.is_change for line in lines] == [False, True, False, False]


def test_a_closed_monday_between_two_thursdays_asks_a_prescriber() -> None:
    """Tuesday makes the Monday after it the third within seven days; all else stays, and "all" leaves it out."""
    told, lines = drawn(11, 15, 18, 22, 25, dosed=(1, 4, 8), missed=4, closed=(JUNE[15],))
    assert told == [("stay", 11, 11), ("move", 15, 16), ("stay", 18, 18), ("stay", 22, 22), ("stay", 25, 25)]
    assert [(one.day.day, one.finding.key) for one in lines[1].decisions] == [(22, "DOS-5.interval")]
    assert [line.is_alone for line in lines] == [False, True, False, False, False]


def test_in_place_of_the_missed_one_only_by_a_prescriber() -> None:
    """Asked on the Monday itself: Tuesday keeps the gap and makes next Monday the third within seven days. Never the day after another."""
    told, lines = drawn(11, 15, 18, 22, 25, start=JUNE[9], now=at(JUNE[8], time(12)))
    assert told == [("add", 0, 9), *(("stay", day, day) for day in (11, 15, 18, 22, 25))]
    assert [(one.day.day, one.finding.key) for one in lines[0].decisions] == [(15, "DOS-5.interval")]
    assert (lines[0].is_alone, lines[0].reason) == (True, "In place of the visit of Monday 8 June.")


def test_what_only_the_rhythm_speaks_against_stays() -> None:
    """Three within seven days, as a prescriber decided before; no other day is open."""
    told, lines = drawn(15, 16, 18, dosed=(1, 4), missed=4, closed=tuple(JUNE[day] for day in range(9, 31) if day not in (15, 16, 18)))
    assert told == [("stay", day, day) for day in (15, 16, 18)]
    assert lines[1].reason.startswith("Only 1 day from the visit on Monday 15 June")
    assert not any(line.decisions for line in lines)


def test_without_any_slot_it_is_skipped_by_its_own_tick() -> None:
    told, lines = drawn(15, spans=())
    assert told == [("drop", 15, 0)]
    assert "skip it" in lines[0].reason
    assert (lines[0].is_alone, lines[0].key) == (True, "drop-15-1")


def test_a_step_back_fills_the_weeks_between() -> None:
    """Maintenance every two weeks becomes weekly: the 15th, 22nd and 29th; what is booked stays."""
    dosed = (date(2026, 3, 2), date(2026, 5, 11), date(2026, 5, 25))
    kept, _ = drawn(22, dosed=dosed, phase=Phase.MAINTENANCE, every=2, until=JUNE[30], start=JUNE[23])
    back, lines = drawn(22, dosed=dosed, phase=Phase.MAINTENANCE, every=1, until=JUNE[30])
    assert kept == [("stay", 22, 22)]
    assert ("stay", 22, 22) in back
    assert [new for what, _, new in back if what == "add"] == [15, 29]
    assert {line.key for line in lines if line.what is What.ADD} == {"add-20260615T1300-1", "add-20260629T1300-1"}


def test_beyond_four_weeks_nothing_is_proposed() -> None:
    """MDSI: what is booked stays; more is a prescriber's to book (DOS-4)."""
    assert drawn(22, dosed=(date(2026, 5, 4), date(2026, 6, 1)), phase=Phase.BEYOND, indication=MDSI)[0] == [("stay", 22, 22)]


@pytest.mark.parametrize(
    ("days", "choice", "weeks"), [((1, 15), KEEP, 2), ((1, 15), BACK, 1), ((1, 8), KEEP, 1), ((1, 8, 22), KEEP, 2), ((1,), KEEP, 1)]
)
def test_the_rhythm_is_read_from_the_last_two_days(days, choice, weeks) -> None:
    assert rhythm([JUNE[day] for day in days], choice) == weeks


def test_visits_are_added_behind_what_is_booked_unless_the_rhythm_changes() -> None:
    booked = [Booked(1, 1, house().slot(at(JUNE[22]), 1), 56)]
    asked = {"today": JUNE[10], "booked": booked}
    assert first_new_day(KEEP, Phase.MAINTENANCE, **asked) == JUNE[23]
    for choice, phase, visits in ((KEEP, Phase.INDUCTION, booked), (BACK, Phase.MAINTENANCE, booked), (KEEP, Phase.WEEKLY, [])):
        assert first_new_day(choice, phase, today=JUNE[10], booked=visits) == TOMORROW


def test_the_usual_days_are_those_of_the_newest_visits() -> None:
    starts = [at(JUNE[1], time(8)), at(JUNE[3]), at(JUNE[8], time(10)), at(JUNE[11])]
    assert usual_of(starts, NEW_YORK, most=2) == (Usual(0, time(10)), Usual(3, time(9)))
    assert usual_of(starts, NEW_YORK, most=1) == (Usual(3, time(9)),)


def test_after_the_end_every_visit_is_given_up() -> None:
    line = given_up([Booked(7, 2, house().slot(at(JUNE[15]), 1), 56)])[0]
    assert (line.what, line.key, line.new, line.at) == (What.DROP, "drop-7-2", None, at(JUNE[15]))


# --- with rows -----------------------------------------------------------------------------------------------------------
@pytest.fixture
def visit(cast) -> TreatmentSession:
    """Missed today; another visit is booked for Monday, on which the clinic has closed since."""
    visit = at_state(Status.BOOKED, cast, chair=cast.chairs[0])
    at_state(Status.BOOKED, cast, patient=visit.patient, chair=cast.chairs[0], starts_at=NOW + timedelta(days=5))
    ClosureFactory(site=cast.riverside, closed_on=JUNE[15])
    booking.mark_missed(visit, reason="Not reached", by=cast.desk, now=NOW)
    visit.refresh_from_db()
    return visit


def coming() -> TreatmentSession:
    return TreatmentSession.objects.order_by("pk")[1]


def decide(cast, visit, choice=KEEP, reason="") -> None:
    decide_next(visit, choice=choice, reason=reason, client_key=uuid4(), by=cast.of(cast.prescriber), now=NOW)


def accept(cast, visit, keys) -> None:
    accept_lines(visit, keys, client_key=uuid4(), by=cast.desk, now=NOW)


def changes(visit, choice=KEEP) -> dict[str, What]:
    return {line.key: line.what for line in lines_of(visit, choice, NOW) if line.is_change}


def refused(cast, visit, keys, words) -> None:
    before = (list(TreatmentSession.objects.order_by("pk").values()), AuditEntry.objects.count())
    with pytest.raises(Refused, match=words):
        accept(cast, visit, keys)
    assert (list(TreatmentSession.objects.order_by("pk").values()), AuditEntry.objects.count()) == before


def test_nothing_moves_before_it_is_decided(cast, visit) -> None:
    assert set(changes(visit).values()) == {What.MOVE, What.ADD}
    refused(cast, visit, changes(visit), "Decide first")


def test_all_of_it_is_accepted_at_once(cast, visit) -> None:
    decide(cast, visit)
    keys = changes(visit)
    added = sum(what is What.ADD for what in keys.values())
    accept(cast, visit, keys)
    assert (coming().treatment_on == JUNE[15], coming().schedule_version) == (False, 2)
    booked = TreatmentSession.objects.filter(status=Status.BOOKED, patient=visit.patient)
    assert booked.count() == 1 + added
    assert AuditEntry.objects.filter(action="session.redrawn").count() == 1
    refused(cast, visit, keys, "changed meanwhile")


def test_one_alone_is_accepted_and_the_rest_left(cast, visit) -> None:
    decide(cast, visit)
    move = next(key for key, what in changes(visit).items() if what is What.MOVE)
    accept(cast, visit, [move])
    assert coming().schedule_version == 2
    assert TreatmentSession.objects.count() == 2
    refused(cast, visit, [], "nothing was chosen")


def test_a_visit_that_somebody_moved_meanwhile_is_not_moved_again(cast, visit) -> None:
    decide(cast, visit)
    keys = changes(visit)
    wish = Wish(patient=visit.patient, chair=cast.chairs[1], starts_at=NOW + timedelta(days=6), dose_mg=56)
    booking.move_visit(coming(), wish, by=cast.desk, now=NOW)
    refused(cast, visit, keys, "changed meanwhile")


def test_the_end_gives_up_what_is_booked_and_owes_one_call(cast, visit) -> None:
    at_state(Status.BOOKED, cast, patient=visit.patient, chair=cast.chairs[1], starts_at=NOW + timedelta(days=7))
    visit.course.indication = "mdsi"
    visit.course.save(update_fields=["indication"])
    decide(cast, visit, END, "Moves to another state")
    keys = changes(visit, END)
    assert set(keys.values()) == {What.DROP}
    accept(cast, visit, keys)
    assert TreatmentSession.objects.filter(status=Status.CANCELLED).count() == 2
    assert open_calls(cast.riverside).count() == 1


def test_the_page_shows_both_and_accepts(cast, visit, sign_in) -> None:
    desk, nurse = sign_in(cast.desk), sign_in(cast.support)
    url, post = (reverse(name, args=["riverside", visit.pk]) for name in ("session_next", "next_accept"))
    assert "Accept all" not in desk.get(url).content.decode()
    decide(cast, visit)
    assert "Accept all" not in nurse.get(url).content.decode()
    page = desk.get(url)
    for words in ("Accept all", "Mon 15 Jun", "Moves", "New"):
        assert words in page.content.decode()
    form = {"client_key": uuid4(), "shown": page.context["keys"], "everything": "1"}
    assert nurse.post(post, form).status_code == 403
    assert desk.post(post, form)["Location"] == url
    assert coming().schedule_version == 2
    assert desk.post(post, form)["Location"] == url
    made = Redrawing.objects.get()
    added = TreatmentSession.objects.filter(status=Status.BOOKED).count() - 1
    assert (made.moved, made.added, made.given_up, coming().schedule_version) == (1, added, 0, 2)
    for junk in (
        form | {"client_key": uuid4()},
        {},
        {"client_key": "x"},
        form | {"client_key": uuid4(), "shown": "drop-1-1"},
        {"client_key": uuid4(), "line": ["add-x", "\x00"]},
    ):
        assert desk.post(post, junk).status_code == 422


def test_the_page_costs_the_same_with_many_visits(cast, visit, sign_in) -> None:
    decide(cast, visit)
    desk, url = sign_in(cast.desk), reverse("session_next", args=["riverside", visit.pk])
    desk.get(url)
    with CaptureQueriesContext(
        connection,
    ) as few:
        desk.get(url)
    for week in range(2, 10):
        at_state(Status.BOOKED, cast, patient=visit.patient, chair=cast.chairs[0], starts_at=NOW + timedelta(weeks=week))
    with CaptureQueriesContext(connection) as many:
        desk.get(url)
    assert len(many) == len(few) <= 30
