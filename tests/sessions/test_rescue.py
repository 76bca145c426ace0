"""A day closes and its visits are rescued: the worklist, one by one or all at once, taken meanwhile, cancelled, kept (DOS-9)."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from clinic.actions.furniture import add_closure, remove_closure
from clinic.findings import Refused
from clinic.models import AuditEntry
from sessions.actions import booking, rescue
from sessions.actions.booking import Wish
from sessions.models import Override, Settled
from sessions.queries.floor import concerns_of
from sessions.queries.rescue import stranded_on
from sessions.rules.rescue import is_stranded, progress
from sessions.states import Status
from tests.cast import NOW
from tests.factories.patients import StandingParametersFactory, ready_patient
from tests.factories.sessions import at_state

pytestmark = pytest.mark.django_db
FRIDAY = date(2026, 6, 12)
AT = datetime(2026, 6, 12, 14, 0, tzinfo=UTC)  # 10:00 in New York
NEW_YORK = ZoneInfo("America/New_York")


def close(cast, closes_at=None, day=FRIDAY):
    return add_closure(cast.riverside, first=day, last=day, reason="Snow", closes_at=closes_at, by=cast.admin, now=NOW)[0]


def booked(cast, chair=0, at=AT, **fields):
    return at_state(Status.BOOKED, cast, chair=cast.chairs[chair], starts_at=at, ends_at=at + timedelta(minutes=180), **fields)


def page(client, day=FRIDAY):
    return client.get(reverse("rescue", args=["riverside", day.isoformat()]))


def offers(answer):
    """The value of each visit's proposal, as the button at the head would post them."""
    return answer.context["proposed"]


def words(cast, now=NOW):
    return [one.words for one in concerns_of(cast.riverside, now) if one.kind.code == "visits_on_closed_day"]


@pytest.mark.parametrize(("closed_from", "stranded"), [(None, True), (time(12, 59), True), (time(13), False), (time(23, 59), False)])
def test_who_is_stranded(closed_from, stranded):
    """The visit ends at 13:00."""
    assert is_stranded(AT + timedelta(minutes=180), FRIDAY, closed_from, NEW_YORK) is stranded


def test_progress():
    assert progress(settled=[1, 2, 3], open_still=[3, 4]) == (2, 4)
    assert progress(settled=[], open_still=[]) == (0, 0)


def test_a_closed_day_is_said_until_each_visit_is_settled(cast, sign_in):
    sessions = [booked(cast, chair) for chair in range(3)]
    booked(cast, at=AT + timedelta(days=3))
    assert words(cast) == []
    close(cast)
    assert words(cast) == ["3 booked visits have no open clinic on 12 Jun."]
    booking.cancel(sessions[0], reason="Site closed", by=cast.desk, now=NOW)
    to = Wish(patient=sessions[1].patient, chair=cast.chairs[3], starts_at=AT - timedelta(days=1), dose_mg=56)
    booking.move_visit(sessions[1], to, by=cast.desk, now=NOW)
    assert words(cast) == ["1 booked visit has no open clinic on 12 Jun."]
    answer = page(sign_in(cast.desk)).content.decode()
    assert "2 of 3 settled." in answer
    assert "Moved to Thu 11 Jun, 10:00, Chair 4" in answer
    rescue.keep(sessions[2], reason="She comes; I open", by=cast.prescriber, now=NOW)
    rescue.keep(sessions[2], reason="She comes; I open", by=cast.prescriber, now=NOW)
    assert words(cast) == []
    assert Override.objects.get().finding == "DOS-9.closed"
    assert sorted(Settled.objects.values_list("outcome", flat=True)) == ["cancelled", "kept", "moved"]
    assert AuditEntry.objects.filter(action="session.kept").count() == 1


def test_closed_from_a_time_on_strands_only_who_would_stay_longer(cast):
    booked(cast), booked(cast, 1, AT + timedelta(hours=2))
    close(cast, time(14))
    assert [session.chair for session in stranded_on(cast.riverside, FRIDAY)] == [cast.chairs[1]]
    assert words(cast) == ["1 booked visit has no open clinic on 12 Jun."]


def test_a_day_may_close_earlier_still_and_open_again(cast):
    closure = close(cast, time(14))
    with pytest.raises(Refused, match="already marked"):
        close(cast, time(15))
    assert close(cast, time(12)).pk == closure.pk
    assert close(cast).closes_at is None
    with pytest.raises(Refused, match="already marked"):
        close(cast, time(12))
    booked(cast)
    assert len(stranded_on(cast.riverside, FRIDAY)) == 1
    remove_closure(closure, by=cast.admin, now=NOW)
    assert stranded_on(cast.riverside, FRIDAY) == []


def test_all_at_once(cast, sign_in):
    longer = ready_patient(cast.riverside, cast.of(cast.prescriber))
    StandingParametersFactory(patient=longer, minimum_watch_minutes=180)
    sessions = [booked(cast), booked(cast, 1), booked(cast, 2, patient=longer)]
    close(cast)
    desk = sign_in(cast.desk)
    answer = page(desk)
    assert "The clinic is closed on Friday 12 June." in answer.content.decode()
    assert "Accept all 3 proposals" in answer.content.decode()
    assert answer.content.decode().count('name="csrfmiddlewaretoken" value="') >= 1 + 2 * 3
    assert len(set(offers(answer))) == 3
    url = reverse("rescue_accept", args=["riverside", FRIDAY.isoformat()])
    assert desk.post(url, {"offer": offers(answer)}).status_code == 303
    assert desk.post(url, {"offer": offers(answer)}).status_code == 303
    for session in sessions:
        session.refresh_from_db()
        assert session.treatment_on != FRIDAY
        assert session.schedule_version == 2
    assert "3 of 3 settled." in page(desk).content.decode()
    assert len({(session.chair_id, session.starts_at) for session in sessions}) == 3


def test_a_slot_taken_meanwhile_moves_nothing_and_is_proposed_anew(cast, sign_in):
    sessions = [booked(cast), booked(cast, 1)]
    close(cast)
    desk = sign_in(cast.desk)
    chosen = offers(page(desk))
    _, _, chair, moment = chosen[1].split("@")
    wish = Wish(
        patient=ready_patient(cast.riverside, cast.of(cast.prescriber)), chair=next(one for one in cast.chairs if one.pk == int(chair)),
        starts_at=datetime.fromisoformat(moment), dose_mg=56,
    )  # fmt: skip
    booking.book(wish, client_key=uuid4(), by=cast.desk, now=NOW)
    answer = desk.post(reverse("rescue_accept", args=["riverside", FRIDAY.isoformat()]), {"offer": chosen})
    assert answer.status_code == 422
    assert "That chair is taken at that time. Nothing was moved" in answer.content.decode()
    assert [session.treatment_on for session in stranded_on(cast.riverside, FRIDAY)] == [FRIDAY, FRIDAY]
    assert chosen[1] not in offers(answer)
    assert desk.post(reverse("rescue_accept", args=["riverside", FRIDAY.isoformat()]), {"offer": offers(answer)[1]}).status_code == 303
    sessions[1].refresh_from_db()
    assert sessions[1].treatment_on != FRIDAY


def test_a_tight_rhythm_is_rescued_by_a_prescribers_reason(cast, sign_in):
    """DOS-5: Mondays and Thursdays; the closed Monday has only slots that a prescriber may decide, and "all" leaves it out."""
    first, closed_on = booked(cast, at=AT - timedelta(days=1)), FRIDAY + timedelta(days=3)
    visit, *_ = [booked(cast, at=AT + timedelta(days=days), patient=first.patient) for days in (3, 6, 10, 13, 17)]
    close(cast, day=closed_on)
    desk, prescriber = sign_in(cast.desk), sign_in(cast.prescriber)
    answer = page(desk, closed_on)
    row, words = answer.context["rows"][0], answer.content.decode()
    assert (row["offers"], answer.context["proposed"]) == ([], [])
    for said in ("1 has no free slot: decide on it.", "Third visit within seven days", "A prescriber decides on", "Skip this visit"):
        assert said in words
    assert "Accept" not in words
    value, url = row["marked"][0]["value"], reverse("rescue_accept", args=["riverside", closed_on.isoformat()])
    assert value in page(prescriber, closed_on).content.decode()
    for client, reason in ((desk, "She travels"), (prescriber, " "), (prescriber, "She\x00travels")):
        refused = client.post(url, {"offer": value, "reason": reason})
        assert refused.status_code == 422
        assert "A prescriber decides this, with a reason." in refused.content.decode()
    assert not Override.objects.exists()
    assert prescriber.post(url, {"offer": value, "reason": "She travels"}).status_code == 303
    visit.refresh_from_db()
    assert (visit.schedule_version, visit.treatment_on == closed_on) == (2, False)
    assert {(row.finding, row.reason, row.decided_by_id) for row in Override.objects.all()} == {("DOS-5.interval", "She travels", cast.prescriber.pk)}
    assert Override.objects.filter(session=visit).exists()
    assert stranded_on(cast.riverside, closed_on) == []


def test_cancelling_and_keeping_need_a_reason(cast, sign_in):
    session = booked(cast)
    close(cast)
    desk, prescriber = sign_in(cast.desk), sign_in(cast.prescriber)
    cancel, keep = (reverse(name, args=["riverside", session.pk]) for name in ("rescue_cancel", "rescue_keep"))
    assert desk.post(cancel, {"reason": " "}).status_code == prescriber.post(keep, {}).status_code == 422
    assert desk.post(keep, {"reason": "x"}).status_code == 403
    assert not Settled.objects.exists()
    assert desk.post(cancel, {"reason": "Site closed: Snow"}).status_code == 303
    assert prescriber.post(keep, {"reason": "Late"}).status_code == 422
    session.refresh_from_db()
    assert session.status == Status.CANCELLED


def test_who_books_on_a_closed_day_by_decision_has_settled_it(cast):
    close(cast)
    wish = Wish(
        patient=ready_patient(cast.riverside, cast.of(cast.prescriber)),
        chair=cast.chairs[0],
        starts_at=AT,
        dose_mg=56,
        reason="I open",
        may_decide=True,
    )
    booking.book(wish, client_key=uuid4(), by=cast.prescriber, now=NOW)
    assert stranded_on(cast.riverside, FRIDAY) == []
    assert words(cast) == []


@pytest.mark.parametrize(
    "value", ["", "x", "1@2@3", "1@1@1@2026-06-15T14:00", "9999999999@1@1@2026-06-15T14:00+00:00", "1@1@1@x", "٣@1@1@2026-06-15T14:00+00:00"]
)
def test_junk_moves_nothing(cast, sign_in, value):
    booked(cast)
    close(cast)
    desk = sign_in(cast.desk)
    assert desk.post(reverse("rescue_accept", args=["riverside", FRIDAY.isoformat()]), {"offer": value}).status_code == 303
    assert not Settled.objects.exists()
    assert desk.get("/riverside/schedule/rescue/2026-13-01/").status_code == desk.get("/riverside/schedule/rescue/1900-01-01/").status_code == 404
    assert "not marked as closed" in page(desk, FRIDAY + timedelta(days=1)).content.decode()


def test_the_boards_worry_leads_to_the_worklist(cast, sign_in):
    booked(cast)
    close(cast)
    board = sign_in(cast.desk).get(reverse("board", args=["riverside"])).content.decode()
    assert reverse("rescue", args=["riverside", FRIDAY.isoformat()]) in board
