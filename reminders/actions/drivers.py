"""Who brings a patient home is told once when that will be; a clock that changes afterwards is the desk's to tell."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from clinic.actions.notices import raise_notice, resolve_notices
from patients.models.patient import WayHome
from reminders.channels.outcomes import LATER, WITHDRAWN, Outcome
from reminders.channels.providers import KEYED
from reminders.models import OutboxMessage, SiteMessaging
from reminders.queries import drivers as queries
from reminders.queries.slots import slot_of, zone_of
from reminders.rules.driver import DRIVER_LEAD, has_changed, told_time
from reminders.rules.governor import A_WEEK_AGREED, Budget, verdict
from reminders.rules.kinds import Kind, window_of
from reminders.rules.moments import LAWFUL, Hours
from sessions.models import TreatmentSession
from sessions.rules.concerns import DRIVER_TOLD
from sessions.states import Status

# Until the clock of a visit is known again.
ASK_AGAIN = timedelta(minutes=5)
# So long a driver may stand at the door.
WAITS_FOR = timedelta(hours=1)
WENT: dict[str, str] = {Status.LEFT: "the patient has left already", Status.TRANSFERRED: "the patient was taken to emergency care"}


def driver_rows(hours: Mapping[int, Hours], *, now: datetime) -> list[OutboxMessage]:
    """A row for each driver whose time to be told has come; written no earlier, so that it follows the clock until then."""
    visits = list(queries.visits_to_tell(now))
    ready = queries.ready_times(visits)
    found = []
    for visit in visits:
        if visit.pk not in ready or now < ready[visit.pk] - DRIVER_LEAD:
            continue
        slot = slot_of(visit, hours.get(visit.site_id, LAWFUL))
        window = window_of(Kind.DRIVER, replace(slot, ends_at=ready[visit.pk]), now=now)
        if window is not None:
            found.append(
                OutboxMessage(
                    site=visit.site,
                    patient=visit.patient,
                    session=visit,
                    subject_pk=visit.pk,
                    kind=Kind.DRIVER,
                    schedule_version=visit.schedule_version,
                    channel=OutboxMessage.Channel.TEXT,
                    contact_pk=visit.escort_id or 0,
                    due_at=window.due_at,
                    useless_at=window.useless_at,
                    created_at=now,
                )
            )
    return found


def ready_at(message: Any) -> datetime | None:
    return queries.ready_times([message.session]).get(message.session_id)


def driver_refusal(message: Any, messaging: SiteMessaging | None, *, now: datetime) -> Outcome | None:
    """Why a driver must not be told now: the clock isn't known, it has moved away, or the week is full (MSG-1)."""
    at = ready_at(message)
    if at is None or now < at - DRIVER_LEAD:
        return Outcome(LATER, "The watch lasts longer.", not_before=at - DRIVER_LEAD if at is not None else now + ASK_AGAIN)
    budget = Budget(None, messaging.texts_per_week if messaging is not None else A_WEEK_AGREED)
    found = verdict(
        Kind.DRIVER, now=now, zone=zone_of(message.patient, message.site), budget=budget, sent_at=queries.texted_driver_at(message, now), coming=[]
    )
    return None if found is None else Outcome(WITHDRAWN, found.why, withdrawal=OutboxMessage.Withdrawal.BUDGET)


def told_at(message: OutboxMessage, *, now: datetime) -> datetime | None:
    """The time that the text tells. Asked of one provider under one key it stays the same: a copy may be on its way."""
    if message.slot_at is not None and message.provider in KEYED:
        return message.slot_at
    at = ready_at(message)
    return told_time(ready_at=at, now=now) if at is not None else None


def heed_clocks(*, now: datetime) -> None:
    """A note to the desk where a driver was told what no longer holds; it goes when it holds again, or the driver waits no more."""
    rows = list(queries.told_drivers(now))
    ready = queries.ready_times(row.session for row in rows if row.session is not None and row.session.status == Status.MONITORING)
    for row in rows:
        visit, told = row.session, row.slot_at
        assert visit is not None
        assert told is not None
        text = gone_of(row, visit, told, now) if visit.status in WENT else note_of(row, visit, told, ready.get(visit.pk))
        if text:
            raise_notice(row.site, DRIVER_TOLD, "OUT-1", visit, text, now)
        else:
            resolve_notices(row.site, DRIVER_TOLD, visit, "It holds again, or its time has passed.", now)


def gone_of(row: OutboxMessage, visit: TreatmentSession, told: datetime, now: datetime) -> str:
    """The patient isn't here for the driver; empty once nobody waits for them any more."""
    said = f"{told.astimezone(row.site.zone):%H:%M}"
    return f"The driver was told {said}, but {WENT[visit.status]}: call them." if now < told + WAITS_FOR else ""


def note_of(row: OutboxMessage, visit: TreatmentSession, told: datetime, ready: datetime | None) -> str:
    """In the site's own time; empty where what was said still holds."""
    said = f"{told.astimezone(row.site.zone):%H:%M}"
    if visit.escort_id != row.contact_pk or visit.way_home != WayHome.DRIVER:
        return f"The driver who was told {said} is no longer the way home: call them."
    if ready is None or not has_changed(told_at=told, sent_at=row.began_at or told, ready_at=ready):
        return ""
    now_is = told_time(ready_at=ready, now=row.began_at or told).astimezone(row.site.zone)
    return f"The driver was told {said}; now it is {now_is:%H:%M}. No second text goes out: call them."
