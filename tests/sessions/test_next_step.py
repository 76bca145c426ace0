"""After a missed or held visit: the task, what may be decided by whom, and that nothing is written when it may not (DOS-6)."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from clinic.findings import Refused
from clinic.models import AuditEntry, Notice
from patients.models import Course, Order
from patients.rules.course import Phase
from sessions.actions import arrival, booking, voiding
from sessions.actions.next_step import decide_next
from sessions.models import NextStep
from sessions.queries.next_step import NEXT_NOTICE, decided, undecided_of
from sessions.rules.late import minutes_behind
from sessions.rules.next_step import BACK, END, KEEP, choices_for, decision_findings
from sessions.states import Status
from tests.cast import NOW
from tests.factories.sessions import at_state


@pytest.mark.parametrize(
    ("phase", "is_prescriber", "offered"),
    [
        (Phase.INDUCTION, False, [KEEP]), (Phase.INDUCTION, True, [KEEP, END]), (Phase.WEEKLY, True, [KEEP, END]),
        (Phase.MAINTENANCE, False, [KEEP]), (Phase.MAINTENANCE, True, [KEEP, BACK, END]), (Phase.BEYOND, True, [KEEP, END]),
    ],
)  # fmt: skip
def test_what_is_offered(phase, is_prescriber, offered) -> None:
    assert choices_for(phase, is_prescriber=is_prescriber) == offered


@pytest.mark.parametrize(
    ("choice", "phase", "reason", "is_prescriber", "found"),
    [
        (KEEP, Phase.INDUCTION, "", False, []),
        (KEEP, Phase.MAINTENANCE, "", False, []),
        (BACK, Phase.MAINTENANCE, "Worse", True, []),
        (BACK, Phase.MAINTENANCE, " ", True, ["DOS-6.reason"]),
        (BACK, Phase.INDUCTION, "Worse", True, ["DOS-6.phase"]),
        (END, Phase.INDUCTION, "Moved away", True, []),
        (END, Phase.WEEKLY, "", False, ["DOS-6.prescriber", "DOS-6.reason"]),
    ],
)  # fmt: skip
def test_what_speaks_against_a_decision(choice, phase, reason, is_prescriber, found) -> None:
    assert [one.key for one in decision_findings(choice=choice, phase=phase, reason=reason, is_prescriber=is_prescriber)] == found


def tasks() -> list[str]:
    return list(Notice.objects.filter(kind=NEXT_NOTICE, resolved_at=None).values_list("text", flat=True))


def missed(cast, **fields):
    """Missed an hour after its time, by the act itself."""
    visit = at_state(Status.BOOKED, cast, **fields)
    booking.mark_missed(visit, reason="Not reached", by=cast.desk, now=NOW)
    visit.refresh_from_db()
    return visit


def in_maintenance(course: Course) -> None:
    course.earlier_sessions, course.earlier_first_on, course.earlier_last_on = 14, date(2026, 3, 2), date(2026, 5, 28)
    course.save(update_fields=["earlier_sessions", "earlier_first_on", "earlier_last_on"])


def decide(cast, visit, choice=KEEP, reason="", who="prescriber", key=None) -> NextStep:
    by = cast.of(cast.person(who))
    return decide_next(visit, choice=choice, reason=reason, client_key=key or uuid4(), by=by, now=NOW)


def test_a_missed_or_held_visit_asks_until_it_is_decided(cast) -> None:
    visit, held = missed(cast), at_state(Status.ARRIVED, cast)
    arrival.hold(held, reason="Pressure", by=cast.nurse, now=NOW)
    assert sorted(tasks()) == ["Held visit: decide how the course goes on.", "Missed visit: decide how the course goes on."]
    notice = Notice.objects.get(kind=NEXT_NOTICE, target_pk=visit.pk)
    assert (notice.owner, notice.due_at) == (visit.course.prescriber, NOW + timedelta(hours=24))
    assert undecided_of(visit.patient) == [visit]
    decide(cast, visit, who="desk")
    assert undecided_of(visit.patient) == []
    assert tasks() == ["Held visit: decide how the course goes on."]


@pytest.mark.parametrize("undo", ["taken back", "goes on", "voided"])
def test_what_is_no_longer_so_asks_nothing(cast, undo) -> None:
    visit = missed(cast)
    if undo == "taken back":
        booking.rebook(visit, reason="Came", by=cast.desk, now=NOW)
    elif undo == "voided":
        voiding.void_session(visit, reason="Twice", second=None, by=cast.nurse, now=NOW)
    else:
        booking.rebook(visit, reason="Came", by=cast.desk, now=NOW)
        held = at_state(Status.ARRIVED, cast)
        arrival.hold(held, reason="Pressure", by=cast.nurse, now=NOW)
        arrival.reopen(held, reason="Better", by=cast.nurse, now=NOW)
    assert tasks() == []


def test_one_post_has_one_effect_and_a_change_of_mind_says_why(cast) -> None:
    visit, key = missed(cast), uuid4()
    in_maintenance(visit.course)
    first = decide(cast, visit, key=key)
    assert decide(cast, visit, key=key) == first
    with pytest.raises(Refused, match="say why"):
        decide(cast, visit)
    second = decide(cast, visit, BACK, "Scores have risen")
    assert (decided(visit), second.supersedes, NextStep.objects.count()) == (second, first, 2)
    assert AuditEntry.objects.filter(action="session.next_step").count() == 2


def test_ending_the_course_ends_its_orders_too(cast) -> None:
    visit = missed(cast)
    decide(cast, visit, END, "Moves to another state")
    visit.course.refresh_from_db()
    assert (visit.course.ended_at, visit.course.end_reason) == (NOW, "Moves to another state")
    assert not Order.objects.filter(course=visit.course, cancelled_at=None).exists()
    with pytest.raises(Refused, match="has ended"):
        decide(cast, visit, KEEP, "Stays after all")


@pytest.mark.parametrize(
    ("choice", "reason", "who", "words"),
    [(END, "Enough", "nurse", "prescriber"), (BACK, "Worse", "prescriber", "no more frequent"), (END, "", "prescriber", "Say why")],
)
def test_what_may_not_be_decided_writes_nothing(cast, choice, reason, who, words) -> None:
    visit = missed(cast)
    before = AuditEntry.objects.count()
    with pytest.raises(Refused, match=words):
        decide(cast, visit, choice, reason, who)
    assert (NextStep.objects.count(), AuditEntry.objects.count(), len(tasks())) == (0, before, 1)
    with pytest.raises(Refused, match="nothing to decide"):
        decide(cast, at_state(Status.BOOKED, cast))


def test_the_page_the_links_to_it_and_its_answer(cast, sign_in) -> None:
    visit = missed(cast)
    url, post = (reverse(name, args=["riverside", visit.pk]) for name in ("session_next", "next_decide"))
    desk, doctor = sign_in(cast.desk), sign_in(cast.prescriber)
    for name, pk in (("flowsheet", visit.pk), ("patient_chart", visit.patient_id)):
        assert url in desk.get(reverse(name, args=["riverside", pk])).content.decode()
    assert url in desk.get(reverse("board", args=["riverside"])).content.decode()
    assert "End the course" not in desk.get(url).content.decode()
    assert "End the course" in doctor.get(url).content.decode()
    form = {"client_key": uuid4(), "choice": KEEP, "reason": ""}
    assert desk.post(post, form | {"choice": END, "reason": "Enough"}).status_code == 422
    assert desk.post(post, form)["Location"] == url
    assert "Go on with the present schedule." in desk.get(url).content.decode()
    assert tasks() == []


@pytest.mark.parametrize(("minutes", "told"), [(-30, 0), (14, 0), (15, 15), (61, 61)])
def test_minutes_behind(minutes, told) -> None:
    assert minutes_behind(starts_at=NOW, now=NOW + timedelta(minutes=minutes)) == told


def test_who_comes_late_is_told_the_latest_start(cast, sign_in) -> None:
    """Closing at 18:00, less five minutes of dosing, the two hours and half an hour (DOS-9)."""
    visit = at_state(Status.BOOKED, cast, starts_at=NOW - timedelta(minutes=40))
    page = sign_in(cast.desk).get(reverse("flowsheet", args=["riverside", visit.pk])).content.decode()
    assert "40 minutes after the visit’s time." in page
    assert "The first device by 15:25 at the latest, before closing at 18:00" in page


@pytest.mark.parametrize(
    "posted", [{}, {"choice": "double"}, {"choice": KEEP}, {"choice": KEEP, "client_key": "x"}, {"choice": END, "reason": "\x00"}]
)
def test_junk_decides_nothing(cast, sign_in, posted) -> None:
    visit = missed(cast)
    assert sign_in(cast.prescriber).post(reverse("next_decide", args=["riverside", visit.pk]), posted).status_code == 422
    assert not NextStep.objects.exists()
