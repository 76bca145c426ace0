"""What a calendar feed shows: the visits of its chair, its person or its site, in a short window; two queries, three for one's own."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet

from clinic.models import Membership, Site, User
from clinic.roles import Permission, may
from clinic.tokens import token_digest
from patients.models import LeftCourse
from sessions.models import CalendarFeed, LeftHands, LeftSlot, TreatmentSession
from sessions.rules.feeds import Left, Place, Visit, called_off, is_off, is_told, last_change, lines, newer, window

# What can move a feed's line: `last_change` is the newest of them.
STAMPS = ("booked_at", "slot_set_at", "arrived_at", "held_at", "cancelled_at", "missed_at", "voided_at")


def feed_of(token: str, now: datetime) -> CalendarFeed | None:
    """The feed that holds this token; None for one that is guessed, revoked, of an archived site, or of somebody who may no longer look.

    Of somebody who has left the site it is given for a while with `left_at`: their calendar must learn that their visits are off.
    """
    rows = CalendarFeed.objects.select_related("site", "chair").filter(token_sha256=token_digest(token), revoked_at__isnull=True)
    feed = rows.filter(site__is_archived=False).first()
    if feed is None or feed.user_id is None:
        return feed
    place = Membership.objects.filter(site_id=feed.site_id, user_id=feed.user_id, user__is_active=True).first()
    if place is None or not may(place.role, Permission.VIEW_FLOOR) or not is_told(place.ended_at, now):
        return None
    feed.left_at = place.ended_at
    return feed


def lines_of(feed: CalendarFeed, now: datetime) -> list[Visit]:
    """Every visit of the feed's window, those that don't take place among them; after its person has left, all of them off."""
    first, last = window(now)
    near = TreatmentSession.objects.filter(starts_at__gte=first, starts_at__lt=last, site_id=feed.site_id)
    if feed.left_at is not None:
        known = shown(near.filter(within(feed) | once_theirs(feed), booked_at__lte=feed.left_at))
        return newer(called_off(known, places_at(feed, feed.left_at), feed.left_at), feed.turns)
    slots = LeftSlot.objects.filter(within(feed, "session__"), starts_at__gte=first, starts_at__lt=last, site_id=feed.site_id)
    left = slots.annotate(hands=handings("session__")).values_list(
        "session__uid", "session__schedule_version", "hands", "starts_at", "ends_at", "chair__name", "left_at"
    )  # fmt: skip
    gone = (Left(row[0], row[1] + row[2], *row[3:]) for row in (*left, *handed_on(feed, near)))
    found = lines(shown(near.filter(within(feed))), gone)
    return newer(found, feed.turns)


def places_at(feed: CalendarFeed, at: datetime) -> dict[UUID, Place]:
    """Where the visits that were moved since stood at a moment: what happened afterwards is no longer that person's to know."""
    rows = LeftSlot.objects.filter(site_id=feed.site_id, left_at__gt=at, session__booked_at__lte=at).order_by("-left_at", "-pk")
    return {row[0]: Place(*row[1:]) for row in rows.values_list("session__uid", "starts_at", "ends_at", "chair__name")}


def shown(visits: QuerySet[TreatmentSession]) -> list[Visit]:
    """Each handing on, of the visit or of its course, counts as a change: the visit keeps its slot, and the version that patients' links name, but a calendar must see a newer one."""
    rows = visits.annotate(hands=handings(), handed_at=Max("left_hands__left_at"), given_at=Max("course__left_by__left_at"))
    names = ("uid", "schedule_version", "hands", "starts_at", "ends_at", "chair__name", "status", "handed_at", "given_at", *STAMPS)
    return [Visit(row[0], row[1] + row[2], row[3], row[4], row[5], is_off(row[6]), last_change(row[7:])) for row in rows.values_list(*names)]


def handed_on(feed: CalendarFeed, near: QuerySet[TreatmentSession]) -> Iterable[tuple[Any, ...]]:
    """What a person watched and handed on, or prescribed for until another did, for a feed of their own visits."""
    if feed.scope != CalendarFeed.Scope.MINE:
        return []
    handed = near.filter(once_theirs(feed)).annotate(hands=handings(), handed_at=Max("left_hands__left_at"), given_at=Max("course__left_by__left_at"))
    names = ("uid", "schedule_version", "hands", "starts_at", "ends_at", "chair__name", "handed_at", "given_at")
    return [(*row[:6], last_change(row[6:])) for row in handed.values_list(*names)]


def handings(at: str = "") -> Any:
    """How often a visit changed hands, or its course its prescriber; `at` leads to the session."""
    return Count(f"{at}left_hands", distinct=True) + Count(f"{at}course__left_by", distinct=True)


def once_theirs(feed: CalendarFeed) -> Q:
    """Visits that a person handed on, and those of courses that went to another prescriber which were booked by then."""
    if feed.user_id is None:
        return Q(pk__in=[])
    mine = LeftHands.objects.filter(monitor_id=feed.user_id, site_id=feed.site_id).values("session_id")
    given = LeftCourse.objects.filter(prescriber_id=feed.user_id, site_id=feed.site_id, course_id=OuterRef("course_id"))
    return Q(pk__in=mine) | Q(Exists(given.filter(left_at__gte=OuterRef("booked_at"))))


def within(feed: CalendarFeed, at: str = "") -> Q:
    """Which visits are the feed's; `at` leads to the session."""
    if feed.chair_id is not None:
        return Q(chair_id=feed.chair_id)
    if feed.scope == CalendarFeed.Scope.MINE:
        # What began before a course went to another prescriber stays in the calendar of the one who had it.
        had = LeftCourse.objects.filter(prescriber_id=feed.user_id, course_id=OuterRef(f"{at}course_id"), left_at__gt=OuterRef(f"{at}starts_at"))
        return Q(**{f"{at}monitor_id": feed.user_id}) | Q(**{f"{at}course__prescriber_id": feed.user_id}) | Q(Exists(had))
    return Q()


def mark_of(feed: CalendarFeed, visits: Iterable[Visit]) -> str:
    """The feed's ETag: the same as long as it would read the same."""
    told = repr([(feed.pk, feed.site.public_name, feed.chair.name if feed.chair else ""), [tuple(visit) for visit in visits]])
    return f'"{hashlib.sha256(told.encode()).hexdigest()[:32]}"'


def own_feeds(site: Site, user: User) -> QuerySet[CalendarFeed]:
    """A person's own, those in use first."""
    return CalendarFeed.objects.filter(site=site, user=user).order_by("revoked_at", "name", "pk")[:50]


def other_feeds(site: Site, user: User) -> QuerySet[CalendarFeed]:
    """Of chairs and of colleagues, for who manages the site."""
    rows = CalendarFeed.objects.filter(site=site).exclude(user=user).select_related("chair", "user", "made_by")
    return rows.order_by("revoked_at", "chair__name", "name", "pk")[:100]
