"""Derive the outbox from the schedule: create what should exist, withdraw what no longer fits, bring back what fits again."""

from collections.abc import Iterable, Mapping, Set
from datetime import datetime

from django.db import transaction

from clinic.models import Heartbeat
from reminders.actions.drivers import driver_rows, heed_clocks
from reminders.channels.providers import KEYED
from reminders.models import OutboxMessage
from reminders.queries import fitting, wanted, work
from reminders.queries.sending import hours_by_site
from reminders.queries.slots import slot_of
from reminders.queries.work import PARTS, Part
from reminders.rules.kinds import PAST, UPCOMING, Kind, Window, window_of
from reminders.rules.moments import LAWFUL, Hours
from reminders.rules.news import SUMMARY_FROM, Told, is_told, news_of
from sessions.models import TreatmentSession
from sessions.states import Status

HoursBySite = Mapping[int, Hours]
BATCH = 500
Channel, State, Withdrawal = OutboxMessage.Channel, OutboxMessage.Status, OutboxMessage.Withdrawal
CHANGED = "The visit or the permission to write has changed."


def sweep(*, now: datetime, parts: Set[Part] = PARTS) -> dict[str, int]:
    """One round; running it twice, or two at once, has the effect of one. Its cost grows with what is due (MSG-5). `parts`: those that a look
    over every site has found something for (`reminders.queries.work`).
    """
    done = {
        "created": create(now=now, parts=parts),
        "withdrawn": withdraw() if (work.WITHDRAW, "") in parts else 0,
        "returned": bring_back(now=now) if (work.BRING_BACK, "") in parts else 0,
    }
    is_lost = (work.ABANDONED, "") in parts
    done |= {"resumed": resume_abandoned(now=now) if is_lost else 0, "unclear": hold_abandoned(now=now) if is_lost else 0}
    if (work.CLOCKS, "") in parts:
        heed_clocks(now=now)
    note_round(now=now)
    return done


def note_round(*, now: datetime) -> None:
    """A sign of life, also where nothing was to do."""
    Heartbeat.objects.update_or_create(name="sweep", defaults={"beat_at": now})


def create(*, now: datetime, parts: Set[Part] = PARTS) -> int:
    """A row for each message that a visit wants; the unique key makes a second sweep harmless. How many wait to be sent."""
    made: list[OutboxMessage] = []
    hours = hours_by_site()
    for channel in Channel.values:
        for kind in (*UPCOMING, *PAST):
            made += timed(kind, channel, hours, now=now) if (str(kind), channel) in parts else []
        made += news(channel, hours, now=now) if (work.NEWS, channel) in parts else []
    made += driver_rows(hours, now=now) if (work.DRIVERS, "") in parts else []
    with transaction.atomic():
        OutboxMessage.objects.bulk_create(made, ignore_conflicts=True, batch_size=BATCH)
    return sum(row.status == State.DUE for row in made)


def timed(kind: Kind, channel: str, hours: HoursBySite, *, now: datetime) -> list[OutboxMessage]:
    """Reminders and last words of a kind; one that the patient has already read for this time is kept as told."""
    visits = list(wanted.visits_wanting(kind, channel, now)[:BATCH])
    told = wanted.told_about([visit.pk for visit in visits], channel)
    rows = []
    for visit in visits:
        window = window_of(kind, slot_of(visit, hours.get(visit.site_id, LAWFUL)), now=now)
        if window is None:
            continue
        row = row_of(visit, kind, channel, window, now=now)
        if is_told(kind, slot_at=visit.starts_at, told=told_of(told.get(visit.pk, []))):
            give_up(row, Withdrawal.MERGED, "The patient was told this time already.")
        rows.append(row)
    return rows


def news(channel: str, hours: HoursBySite, *, now: datetime) -> list[OutboxMessage]:
    """What was booked, moved or given up; visits of one patient that were booked together are told in one message."""
    visits = list(wanted.visits_with_news(channel, now)[:BATCH])
    told = wanted.told_about([visit.pk for visit in visits], channel)
    rows, booked = [], dict[int, list[OutboxMessage]]()
    for visit in visits:
        kind = news_of(is_booked=visit.status == Status.BOOKED, slot_at=visit.starts_at, told=told_of(told.get(visit.pk, [])))
        window = window_of(kind or Kind.BOOKED, slot_of(visit, hours.get(visit.site_id, LAWFUL)), now=now)
        if window is None:
            continue
        row = row_of(visit, kind or Kind.BOOKED, channel, window, now=now)
        if kind is None:
            give_up(row, Withdrawal.MERGED, "There is nothing new to tell.")
        elif kind == Kind.BOOKED:
            booked.setdefault(visit.course_id, []).append(row)
        rows.append(row)
    return rows + [summary_of(told_together, now=now) for told_together in booked.values() if len(told_together) >= SUMMARY_FROM]


def summary_of(rows: list[OutboxMessage], *, now: datetime) -> OutboxMessage:
    """One message about the visits that were booked together, in place of one each; it lists what stands when it goes."""
    for row in rows:
        give_up(row, Withdrawal.MERGED, "Told in the message about the booked course.")
    first, last = rows[0], max(rows, key=lambda row: row.subject_pk)
    return OutboxMessage(
        site=first.site, patient=first.patient, session=first.session, subject_kind=OutboxMessage.Subject.COURSE,
        subject_pk=first.session.course_id if first.session else 0, kind=Kind.SUMMARY, schedule_version=last.subject_pk,
        channel=first.channel, due_at=min(row.due_at for row in rows), useless_at=max(row.useless_at for row in rows), created_at=now,
    )  # fmt: skip


def row_of(visit: TreatmentSession, kind: Kind, channel: str, window: Window, *, now: datetime) -> OutboxMessage:
    return OutboxMessage(
        site=visit.site, patient=visit.patient, session=visit, subject_pk=visit.pk, kind=kind, schedule_version=visit.schedule_version,
        slot_at=visit.starts_at, channel=channel, due_at=window.due_at, useless_at=window.useless_at, created_at=now,
    )  # fmt: skip


def give_up(row: OutboxMessage, withdrawal: str, why: str) -> None:
    """Not to be sent, with the reason kept; before the row is written."""
    row.status, row.withdrawal, row.why = State.WITHDRAWN, withdrawal, why


def told_of(rows: Iterable[OutboxMessage]) -> list[Told]:
    return [Told(row.kind, row.slot_at) for row in rows if row.slot_at is not None]


def withdraw() -> int:
    """What was moved, cancelled or may not be sent any more is not sent."""
    return fitting.that_no_longer_fit().update(status=State.WITHDRAWN, withdrawal=Withdrawal.CHANGED, why=CHANGED)


def bring_back(*, now: datetime) -> int:
    """A withdrawn message whose reason has gone returns, while its time hasn't passed."""
    return fitting.that_fit_again(now).update(status=State.DUE, withdrawal="", why="")


def resume_abandoned(*, now: datetime) -> int:
    """A lost worker's messages that it hadn't begun, or whose provider honours our key: they can be sent without any doubt of a second copy."""
    lost = fitting.abandoned(now)
    unbegun = lost.filter(began_at__isnull=True).update(status=State.DUE, lease_until=None)
    keyed = lost.filter(provider__in=KEYED).update(status=State.DUE, lease_until=None)
    return unbegun + keyed


def hold_abandoned(*, now: datetime) -> int:
    """Who honours no key: what a lost worker had begun may have gone out, so a person decides; it is never blindly repeated."""
    return fitting.abandoned(now).filter(began_at__isnull=False).exclude(provider__in=KEYED).update(
        status=State.UNKNOWN, lease_until=None, why="The sender stopped in the middle. It may or may not have gone out."
    )  # fmt: skip
