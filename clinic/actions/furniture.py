"""Chairs, opening hours and closed days."""

import json
from collections.abc import Collection, Mapping
from datetime import date, datetime, time, timedelta

from django.db import transaction

from clinic import audit
from clinic.actions.merging import changed_text, merged
from clinic.actions.writing import locked_site, write
from clinic.findings import Changed, Finding, Level, refuse
from clinic.models import Chair, Closure, OpeningHours, Site, User
from clinic.queries import today_at
from clinic.rules.merging import merge
from clinic.rules.opening import Span, overlapping

LONGEST_CLOSURE = 62


@transaction.atomic
def add_chair(site: Site, *, name: str, position: int, by: User, now: datetime) -> Chair:
    """A new chair. Raises Refused when the site has one of that name."""
    row = locked_site(site)
    refuse_second_name(row, name)
    chair = Chair.objects.create(site=row, name=name, position=position)
    audit.record(action="chair.added", target=chair, by=by, now=now, site=row, changes={"name": name, "position": position})
    return chair


@transaction.atomic
def change_chair(
    chair: Chair, *, name: str, position: int, is_active: bool, opened: Mapping[str, str] | None = None, by: User, now: datetime
) -> Chair:
    """Rename, move or retire a chair; a retired one keeps its past and takes no new bookings. Raises Changed for what another changed meanwhile."""
    site = locked_site(chair.site)
    row = Chair.objects.select_for_update(of=("self",)).get(pk=chair.pk)
    values = merged(row, {"name": name, "position": position, "is_active": is_active}, opened)
    refuse_second_name(site, values["name"], row.pk)
    changed = write(row, values)
    if changed:
        audit.record(action="chair.changed", target=row, by=by, now=now, site=site, changes=changed)
    return row


def refuse_second_name(site: Site, name: str, own_pk: int = 0) -> None:
    if Chair.objects.filter(site=site, name__iexact=name).exclude(pk=own_pk).exists():
        raise refuse("SITE", "This site already has a chair of that name.", field="name")


@transaction.atomic
def set_opening_hours(site: Site, spans: Collection[Span], *, opened: Mapping[str, str] | None = None, by: User, now: datetime) -> None:
    """Replace the week; a day that another changed and this person left alone stays the other's.

    Raises Refused for openings that end before they begin or run into each other, Changed for a day that both changed.
    """
    row = locked_site(site)
    spans = merged_week(stored_spans(row), spans, opened)
    if any(span.closes_at <= span.opens_at for span in spans):
        raise refuse("SITE", "The site must close after it opens.")
    if overlapping(spans):
        raise refuse("SITE", "Two openings of one day run into each other.")
    before, after = spelled(stored_spans(row)), spelled(spans)
    if before == after:
        return
    OpeningHours.objects.filter(site=row).delete()
    OpeningHours.objects.bulk_create([OpeningHours(site=row, **span._asdict()) for span in sorted(spans)])
    audit.record(action="hours.changed", target=row, by=by, now=now, site=row, changes={"hours": [before, after]})


def week_words(spans: Collection[Span]) -> dict[str, str]:
    """The openings of each weekday in words: what the page showed, as its hidden field carries it."""
    return {str(day): ", ".join(spelled([span for span in spans if span.weekday == day])) for day in range(7)}


def merged_week(stored: list[Span], typed: Collection[Span], opened: Mapping[str, str] | None) -> Collection[Span]:
    if opened is None:
        return typed
    standing, mine = week_words(stored), week_words(typed)
    kept, clashes = merge(opened=opened, typed=mine, current=standing)
    if clashes:
        told = [Finding("MON-7", Level.BLOCK, changed_text(standing[day].partition(" ")[2] or "closed"), code=f"changed.{day}", field=f"closes_{day}_1") for day in clashes]  # fmt: skip
        raise Changed(told, opened=json.dumps({**opened, **{day: standing[day] for day in clashes}}, sort_keys=True))
    own = {int(day) for day in kept if kept[day] == mine[day]}
    return [*(span for span in typed if span.weekday in own), *(span for span in stored if span.weekday not in own)]


def stored_spans(site: Site) -> list[Span]:
    return [Span(*span) for span in OpeningHours.objects.filter(site=site).values_list("weekday", "opens_at", "closes_at", "monitors")]


def spelled(spans: Collection[Span]) -> list[str]:
    return [f"{span.weekday} {span.opens_at:%H:%M}-{span.closes_at:%H:%M}{spelled_monitors(span)}" for span in sorted(spans)]


def spelled_monitors(span: Span) -> str:
    return "" if span.monitors is None else f" with {span.monitors}"


@transaction.atomic
def add_closure(site: Site, *, first: date, last: date, reason: str, closes_at: time | None = None, by: User, now: datetime) -> list[Closure]:
    """Mark days as closed, or as closed from a time on; those closed as early already keep their reason. Deadlines move (PMF-5)."""
    row = locked_site(site)
    days = (last - first).days + 1
    if not 1 <= days <= LONGEST_CLOSURE:
        raise refuse("SITE", f"A closure ends on or after its first day and lasts at most {LONGEST_CLOSURE} days.", field="last")
    marked = {one.closed_on: one for one in Closure.objects.select_for_update().filter(site=row, closed_on__range=(first, last))}
    wanted = [day for day in (first + timedelta(days=n) for n in range(days)) if day not in marked or is_earlier(closes_at, marked[day].closes_at)]
    if not wanted:
        raise refuse("SITE", "That day is already marked as closed.", field="first")
    closures = [closed(row, day, marked.get(day), reason, closes_at) for day in wanted]
    changes = {"days": [str(day) for day in wanted], "from": f"{closes_at:%H:%M}" if closes_at else ""}
    audit.record(action="closure.added", target=closures[0], by=by, now=now, site=row, changes=changes)
    return closures


def is_earlier(closes_at: time | None, than: time | None) -> bool:
    """Whether a closing comes before another of the day; None is the whole day."""
    return than is not None and (closes_at is None or closes_at < than)


def closed(site: Site, day: date, standing: Closure | None, reason: str, closes_at: time | None) -> Closure:
    """A new closed day, or one that was marked already and now closes earlier."""
    if standing is None:
        return Closure.objects.create(site=site, closed_on=day, reason=reason, closes_at=closes_at)
    standing.reason, standing.closes_at = reason, closes_at
    standing.save(update_fields=["reason", "closes_at"])
    return standing


@transaction.atomic
def remove_closure(closure: Closure, *, by: User, now: datetime) -> None:
    """Open a day again that is still to come; a past closure explains a deadline and stays."""
    site = locked_site(closure.site)
    row = Closure.objects.select_for_update(of=("self",)).filter(pk=closure.pk).first()
    if row is None:
        return
    if row.closed_on < today_at(site, now):
        raise refuse("PMF-5", "A past closure explains a deadline; it stays.")
    audit.record(action="closure.removed", target=row, by=by, now=now, site=site, changes={"days": [str(row.closed_on)]})
    row.delete()
