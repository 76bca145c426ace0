"""Calendar feeds: what they show and never show, versions that rise, cancellations kept, addresses that end at once (MSG-4)."""

import re
from datetime import timedelta

import pytest
import vobject
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from clinic.findings import Refused
from clinic.models import AuditEntry, Membership, Site, User
from clinic.roles import Role
from patients.actions.course import change_prescriber
from sessions.actions import arrival, booking, handover, voiding
from sessions.actions.booking import Wish
from sessions.actions.feeds import make_feed, revoke_feed
from sessions.models import CalendarFeed, LeftSlot, TreatmentSession
from sessions.states import Status
from tests.cast import NOW
from tests.factories.sessions import at_state

PAGE = reverse("feeds", args=["riverside"])
SOON = NOW + timedelta(hours=3)


@pytest.fixture
def read(cast, still_clock):
    """`read(chair=…)` or `read(user=…, scope=…)` gives the feed's events by UID, as another parser than ours reads them."""

    def reading(*, user=None, chair=None, scope="site"):
        token = make_feed(cast.riverside, name="Phone", user=user, chair=chair, scope=scope, by=user or cast.admin, now=NOW)[1]
        answer = Client().get(reverse("feed", args=[token]))
        assert (answer.status_code, answer["Content-Type"]) == (200, "text/calendar; charset=utf-8")
        theirs = {one.uid.value: one for one in vobject.readOne(answer.content.decode()).contents.get("vevent", [])}
        ours = {str(one["UID"]): one for one in Calendar.from_ical(answer.content).walk("VEVENT")}
        assert set(theirs) == set(ours)
        assert {uid: int(one.sequence.value) for uid, one in theirs.items()} == {uid: one["SEQUENCE"] for uid, one in ours.items()}
        return ours

    return reading


def booked(cast, chair=0, **fields) -> TreatmentSession:
    return at_state(Status.BOOKED, cast, chair=cast.chairs[chair], **({"starts_at": SOON} | fields))


def told(event) -> tuple[str, int]:
    return str(event["STATUS"]), int(event["SEQUENCE"])


def test_a_visit_is_when_and_where_and_nobody(cast, read) -> None:
    visit = booked(cast)
    event = read(user=cast.desk)[str(visit.uid)]
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (visit.starts_at, visit.ends_at)
    assert {str(event[name]) for name in ("SUMMARY", "LOCATION")} == {"Visit, Chair 1", "Riverside Wellness"}
    text = event.to_ical().decode().lower()
    secrets = {visit.patient.first_name, visit.patient.last_name, "ketamine", "spravato", "mg", "dana", "petra", "vigil", "trd"}
    assert {word for word in secrets if word.lower() in text} == set()


CHANGES = {
    "cancelled": lambda cast, visit: booking.cancel(visit, reason="Ill", by=cast.desk, now=NOW),
    "missed": lambda cast, visit: booking.mark_missed(visit, reason="Not here", by=cast.desk, now=SOON),
    "voided": lambda cast, visit: voiding.void_session(visit, reason="Twice", second=None, by=cast.nurse, now=NOW),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_does_not_take_place_stays_as_cancelled(cast, read, change) -> None:
    visit = booked(cast)
    before = told(read(chair=visit.chair)[str(visit.uid)])
    CHANGES[change](cast, visit)
    assert (before, told(read(chair=visit.chair)[str(visit.uid)])) == (("CONFIRMED", 1), ("CANCELLED", 2))


def test_a_held_visit_that_goes_on_comes_back_newer(cast, read) -> None:
    visit = at_state(Status.ARRIVED, cast)
    arrival.hold(visit, reason="Pressure", by=cast.nurse, now=NOW)
    assert told(read(user=cast.nurse)[str(visit.uid)]) == ("CANCELLED", 2)
    arrival.reopen(visit, reason="Better", by=cast.nurse, now=NOW)
    assert told(read(user=cast.nurse)[str(visit.uid)]) == ("CONFIRMED", 3)


def test_a_moved_visit_leaves_a_cancellation_in_its_old_chair(cast, read) -> None:
    visit = booked(cast)
    there = Wish(patient=visit.patient, chair=cast.chairs[1], starts_at=SOON + timedelta(minutes=30), dose_mg=56)
    booking.move_visit(visit, there, by=cast.desk, now=NOW)
    old, new = (read(chair=cast.chairs[n])[str(visit.uid)] for n in (0, 1))
    assert (told(old), old["DTSTART"].dt) == (("CANCELLED", 2), SOON)
    assert (told(new), new["DTSTART"].dt) == (("CONFIRMED", 2), SOON + timedelta(minutes=30))
    assert told(read(user=cast.desk)[str(visit.uid)]) == ("CONFIRMED", 2)
    back = Wish(patient=visit.patient, chair=cast.chairs[0], starts_at=SOON, dose_mg=56)
    booking.move_visit(visit, back, by=cast.desk, now=NOW)
    assert [told(read(chair=cast.chairs[n])[str(visit.uid)]) for n in (0, 1)] == [("CONFIRMED", 3), ("CANCELLED", 3)]
    assert LeftSlot.objects.count() == 2


def test_a_feed_reaches_a_month_back_and_four_ahead_of_its_own_site(cast, read) -> None:
    inside = [booked(cast, starts_at=NOW + timedelta(days=days)) for days in (-29, 119)]
    for days in (-31, 121):
        booked(cast, starts_at=NOW + timedelta(days=days))
    assert set(read(user=cast.desk)) == {str(visit.uid) for visit in inside}
    token = make_feed(cast.hillcrest, name="Phone", user=cast.stranger, chair=None, scope="site", by=cast.stranger, now=NOW)[1]
    assert b"VEVENT" not in Client().get(reverse("feed", args=[token])).content


def test_mine_are_those_that_i_watch_or_prescribe_for(cast, read) -> None:
    watched, other = booked(cast, monitor=cast.nurse), booked(cast, chair=1, monitor=cast.second_nurse)
    assert set(read(user=cast.nurse, scope="mine")) == {str(watched.uid)}
    assert set(read(user=cast.prescriber, scope="mine")) == {str(watched.uid), str(other.uid)}


def test_a_visit_that_changes_hands_stays_as_cancelled_and_comes_back_newer(cast, read) -> None:
    watched = at_state(Status.MONITORING, cast, monitor=cast.nurse)
    uid = str(watched.uid)

    def hand_on(to) -> None:
        handover.pass_on([TreatmentSession.objects.get(pk=watched.pk)], to=to, action="handover.accepted", by=to, now=NOW)

    assert told(read(user=cast.nurse, scope="mine")[uid]) == ("CONFIRMED", 1)
    hand_on(cast.second_nurse)
    assert told(read(user=cast.nurse, scope="mine")[uid]) == ("CANCELLED", 2)
    for reader in (
        {"user": cast.second_nurse, "scope": "mine"},
        {"user": cast.prescriber, "scope": "mine"},
        {"chair": watched.chair},
        {"user": cast.nurse},
    ):
        assert told(read(**reader)[uid]) == ("CONFIRMED", 2)
    hand_on(cast.nurse)
    assert [told(read(user=user, scope="mine")[uid]) for user in (cast.nurse, cast.second_nurse)] == [("CONFIRMED", 3), ("CANCELLED", 3)]


def test_a_course_that_goes_to_another_prescriber_takes_its_visits_along(cast, read) -> None:
    """What has begun stays where it was; what is booked afterwards was never in the old calendar; whoever leaves after that has all called off."""
    coming, begun = booked(cast), booked(cast, chair=1, starts_at=NOW - timedelta(hours=1))
    for visit in (coming, begun):
        change_prescriber(visit.course, prescriber=cast.second_prescriber, by=cast.of(cast.admin), now=NOW)
    coming.course.refresh_from_db()
    later = booked(cast, patient=coming.patient, course=coming.course, starts_at=SOON + timedelta(days=3), booked_at=NOW + timedelta(minutes=1))
    uid, old, new = str(coming.uid), *(read(user=one, scope="mine") for one in (cast.prescriber, cast.second_prescriber))
    assert [told(feed[uid]) for feed in (old, new, read(user=cast.desk))] == [("CANCELLED", 2), ("CONFIRMED", 2), ("CONFIRMED", 2)]
    assert told(old[str(begun.uid)]) == ("CONFIRMED", 2)
    assert (str(later.uid) in old, str(later.uid) in new) == (False, True)
    change_prescriber(coming.course, prescriber=cast.prescriber, by=cast.of(cast.second_prescriber), now=NOW)
    assert [told(read(user=one, scope="mine")[uid]) for one in (cast.prescriber, cast.second_prescriber)] == [("CONFIRMED", 3), ("CANCELLED", 3)]
    made = make_feed(cast.riverside, name="Watch", user=cast.second_prescriber, chair=None, scope="mine", by=cast.admin, now=NOW)[1]
    left(cast.second_prescriber, NOW)
    told_off = Calendar.from_ical(Client().get(reverse("feed", args=[made])).content).walk("VEVENT")
    assert {(str(one["UID"]), str(one["STATUS"])) for one in told_off} >= {(uid, "CANCELLED"), (str(begun.uid), "CANCELLED")}


def test_an_unchanged_feed_is_not_sent_again(cast, still_clock, django_assert_num_queries) -> None:
    visit = booked(cast)
    feed, token = make_feed(cast.riverside, name="Phone", user=cast.desk, chair=None, scope="site", by=cast.desk, now=NOW)
    url, client = reverse("feed", args=[token]), Client()
    first = client.get(url)
    feed.refresh_from_db()
    assert feed.read_at == NOW.replace(second=0, microsecond=0)
    with django_assert_num_queries(5):
        again = client.get(url, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    booking.cancel(visit, reason="Ill", by=cast.desk, now=NOW)
    assert client.get(url, headers={"If-None-Match": first["ETag"]}).status_code == 200
    assert client.post(url).status_code == 405


def left(user, at) -> None:
    Membership.objects.filter(user=user).update(is_active=at is None, ended_at=at)


def test_who_leaves_the_site_has_every_visit_called_off_and_learns_nothing_new(cast, still_clock) -> None:
    visit, moved = booked(cast), booked(cast, chair=1)
    booking.move_visit(
        moved, Wish(patient=moved.patient, chair=cast.chairs[2], starts_at=SOON, dose_mg=56), by=cast.desk, now=NOW - timedelta(hours=2)
    )
    token = make_feed(cast.riverside, name="Phone", user=cast.prescriber, chair=None, scope="mine", by=cast.prescriber, now=NOW)[1]

    def events() -> dict[str, tuple[str, int, str]]:
        answer = Client().get(reverse("feed", args=[token]))
        return {str(one["UID"]): (*told(one), str(one["SUMMARY"])) for one in Calendar.from_ical(answer.content).walk("VEVENT")}

    first, second = str(visit.uid), str(moved.uid)
    assert events() == {first: ("CONFIRMED", 1, "Visit, Chair 1"), second: ("CONFIRMED", 2, "Visit, Chair 3")}
    left(cast.prescriber, NOW - timedelta(hours=1))
    booking.move_visit(moved, Wish(patient=moved.patient, chair=cast.chairs[3], starts_at=SOON, dose_mg=56), by=cast.desk, now=NOW)
    TreatmentSession.objects.filter(pk=booked(cast, chair=1).pk).update(booked_at=NOW)
    off = {first: ("CANCELLED", 2, "Visit, Chair 1"), second: ("CANCELLED", 4, "Visit, Chair 3")}
    assert (events(), events()) == (off, off)
    left(cast.prescriber, None)
    assert (len(events()), events()[first], events()[second]) == (3, ("CONFIRMED", 3, "Visit, Chair 1"), ("CONFIRMED", 5, "Visit, Chair 4"))


ENDS = {
    "revoked": lambda cast, feed: revoke_feed(feed, may_manage=False, by=cast.nurse, now=NOW),
    "left the site a month ago": lambda cast, feed: left(cast.nurse, NOW - timedelta(days=30)),
    "disabled": lambda cast, feed: User.objects.filter(pk=cast.nurse.pk).update(is_active=False),
    "an auditor now": lambda cast, feed: Membership.objects.filter(user=cast.nurse).update(role=Role.AUDITOR),
    "site archived": lambda cast, feed: Site.objects.filter(pk=feed.site_id).update(is_archived=True),
}


@pytest.mark.parametrize("end", ENDS)
def test_an_address_ends_at_once_and_answers_like_one_that_never_was(cast, still_clock, end) -> None:
    booked(cast)
    feed, token = make_feed(cast.riverside, name="Phone", user=cast.nurse, chair=None, scope="site", by=cast.nurse, now=NOW)
    url = reverse("feed", args=[token])
    assert Client().get(url).status_code == 200
    ENDS[end](cast, feed)
    gone, guessed = Client().get(url), Client().get(reverse("feed", args=["x" * 43]))
    told = [{name: value for name, value in answer.headers.items() if name != "X-Request-ID"} for answer in (gone, guessed)]
    assert (gone.status_code, gone.content, told[0]) == (404, guessed.content, told[1])


def test_the_address_is_shown_once_and_stored_hashed(cast, sign_in) -> None:
    nurse = sign_in(cast.nurse)
    assert nurse.post(PAGE, {"name": "My phone", "scope": "mine"})["Location"] == PAGE
    token = re.search(r"/f/([\w-]+)\.ics", nurse.get(PAGE).content.decode())[1]
    page = nurse.get(PAGE).content.decode()
    assert "My phone" in page
    assert token not in page
    feed = CalendarFeed.objects.get()
    assert (feed.user, feed.scope, feed.made_by) == (cast.nurse, "mine", cast.nurse)
    assert token not in AuditEntry.objects.get(action="feed.made").body + feed.token_sha256
    assert nurse.post(reverse("feed_revoke", args=["riverside", feed.pk])).status_code == 303
    assert Client().get(reverse("feed", args=[token])).status_code == 404
    assert AuditEntry.objects.filter(action="feed.revoked").count() == 1


def test_chairs_are_the_administrators_and_feeds_their_owners(cast, sign_in) -> None:
    admin, nurse = sign_in(cast.admin), sign_in(cast.nurse)
    form = {"chair-name": "Front desk", "chair-chair": cast.chairs[0].pk}
    assert nurse.post(reverse("feed_chair", args=["riverside"]), form).status_code == 403
    assert admin.post(reverse("feed_chair", args=["riverside"]), form).status_code == 303
    of_chair = CalendarFeed.objects.get()
    assert "Front desk" not in nurse.get(PAGE).content.decode()
    answer = nurse.post(reverse("feed_revoke", args=["riverside", of_chair.pk]))
    assert answer.status_code == 422
    assert "somebody else" in answer.content.decode()
    lost = make_feed(cast.riverside, name="Lost phone", user=cast.nurse, chair=None, scope="site", by=cast.nurse, now=NOW)[0]
    for feed in (of_chair, lost):
        assert admin.post(reverse("feed_revoke", args=["riverside", feed.pk])).status_code == 303
    assert not CalendarFeed.objects.filter(revoked_at=None).exists()


@pytest.mark.parametrize(
    ("name", "posted"),
    [
        ("feeds", {"name": "", "scope": "site"}), ("feeds", {"name": "x" * 41, "scope": "site"}), ("feeds", {"name": "Phone", "scope": "all"}),
        ("feeds", {"name": "a\x00b", "scope": "site"}), ("feed_chair", {"chair-name": "Desk", "chair-chair": "theirs"}), ("feed_chair", {}),
    ],
)  # fmt: skip
def test_junk_makes_no_feed(cast, sign_in, name, posted) -> None:
    posted = {key: str(cast.hillcrest_chair.pk) if value == "theirs" else value for key, value in posted.items()}
    assert sign_in(cast.admin).post(reverse(name, args=["riverside"]), posted).status_code == 422
    assert not CalendarFeed.objects.exists()


def test_ten_are_enough_for_anybody(cast) -> None:
    wish = {"name": "Phone", "user": cast.nurse, "chair": None, "scope": "site", "by": cast.nurse, "now": NOW}
    feeds = [make_feed(cast.riverside, **wish)[0] for _ in range(10)]
    with pytest.raises(Refused, match="10 of them"):
        make_feed(cast.riverside, **wish)
    revoke_feed(feeds[0], may_manage=False, by=cast.nurse, now=NOW)
    make_feed(cast.riverside, **wish)
