"""The whole demonstration: its past in bulk, its today through the actions."""

import random
from datetime import UTC, date, datetime, timedelta

from django.db import connection

from desk.demo import agreements, charts, emergencies, events, house, intakes, messages, papers, past, people, plan, reasons, scores, trail

SEED = 20260101
MONTHS_BACK = timedelta(days=270)
PATIENTS = {"riverside": 46, "hillcrest": 14}


def past_of(site: house.House, *, first: date, now: datetime, dice: random.Random) -> None:
    """One site's patients and history up to yesterday."""
    today = now.astimezone(site.site.zone).date()
    floor = plan.Floor(len(site.chairs), site.site.zone)
    count = PATIENTS[site.site.slug]
    treatments = plan.treatments(count, floor=floor, first=first, today=today, dice=dice)
    for days in (7, 9):
        plan.ensure_visit(treatments, today - timedelta(days=days), floor=floor, dice=dice)
    made = charts.charts(site, people.persons(count, dice, today), treatments, today=today, dice=dice)
    stories = past.sessions(site, made, dice)
    count_anew()
    forms = papers.forms(site, stories, now=now, dice=dice)
    messages.write(stories, dice, now=now)
    agreements.write(site, made)
    agreements.lose_one(site)
    # Dice of its own: the people and visits stay those that they were.
    judged = scores.write(site, made, random.Random(SEED + 100 + count))  # noqa: S311  draws people, keeps no secret
    judged += reasons.write(site, stories, random.Random(SEED + 200 + count))  # noqa: S311  draws reasons, keeps no secret
    house.duty_of_the_past(site, sorted({story.visit.day for story in stories}))
    if site.site.slug == "riverside":
        judged += emergencies.write(site, stories, random.Random(SEED + 200))  # noqa: S311  draws keys, keeps no secret
    trail.write(site, made, stories, forms, events.serious_events(site, stories, dice) if site.site.slug == "riverside" else [], judged)
    if site.site.slug == "riverside":
        intakes.write(site, made, today)


def make_past(*, now: datetime) -> None:
    """Both sites with nine months of history; a fixed seed draws the same people for the same day."""
    today = now.astimezone(UTC).date()
    first = today - MONTHS_BACK
    for index, site in enumerate(house.build(first, today, now)):
        past_of(site, first=first, now=now, dice=random.Random(SEED + index))  # noqa: S311  draws people, keeps no secret
    count_anew()


def count_anew() -> None:
    """PostgreSQL believes its tables as empty as they were a moment ago, and would answer each question the long way round."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
