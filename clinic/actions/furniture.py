"""Chairs, opening hours and closed days."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta

from django.db import transaction

from clinic import audit
from clinic.actions.writing import locked_site, write
from clinic.findings import refuse
from clinic.models import Chair, Closure, OpeningHours, Site, User
from clinic.queries import today_at
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
def change_chair(chair: Chair, *, name: str, position: int, is_active: bool, by: User, now: datetime) -> Chair:
    """Rename, move or retire a chair; a retired one keeps its past and takes no new bookings."""
    site = locked_site(chair.site)
    row = Chair.objects.select_for_update(of=("self",)).get(pk=chair.pk)
    refuse_second_name(site, name, row.pk)
    changed = write(row, {"name": name, "position": position, "is_active": is_active})
    if changed:
        audit.record(action="chair.changed", target=row, by=by, now=now, site=site, changes=changed)
    return row


def refuse_second_name(site: Site, name: str, own_pk: int = 0) -> None:
    if Chair.objects.filter(site=site, name__iexact=name).exclude(pk=own_pk).exists():
        raise refuse("SITE", "This site already has a chair of that name.", field="name")


@transaction.atomic
def set_opening_hours(site: Site, spans: Collection[Span], *, by: User, now: datetime) -> None:
    """Replace the week. Raises Refused for openings that end before they begin or run into each other."""
    row = locked_site(site)
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
