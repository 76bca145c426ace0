"""What became of every message after a chaos: by the outbox, by what arrived, and by what staff are shown."""

import time
from collections import Counter
from dataclasses import dataclass, field
from statistics import median
from zoneinfo import ZoneInfo

from clinic import clock
from clinic.models import Notice
from patients.models import Contact, Patient
from reminders.models import OutboxMessage, Undeliverable
from reminders.queries.drivers import ready_times, told_drivers
from reminders.rules.driver import has_changed
from reminders.wording import shortly
from sessions.models import TreatmentSession
from sessions.rules.concerns import DRIVER_TOLD
from sessions.states import Status as VisitStatus
from tests.support.chaos import Chaos

Status = OutboxMessage.Status
REMINDERS = ("day_before", "morning")


@dataclass
class Count:
    """`lost`: counts as sent and never arrived, or went out for no row; `missing`: owed, and no row was ever written.

    `refused` are failures because the mailbox is dead (written down as such); `failed` are all others. `told_wrong`: a driver's
    text that says another time than the row; `unsaid`: a driver's clock changed afterwards, and the desk has no note.
    """

    owed: int = 0
    missing: int = 0
    arrived: int = 0
    lost: int = 0
    doubled: int = 0
    flagged: int = 0
    flagged_that_arrived: int = 0
    flagged_texts: int = 0
    refused: int = 0
    failed: int = 0
    withdrawn: int = 0
    waiting: int = 0
    drivers: int = 0
    drivers_twice: int = 0
    told_wrong: int = 0
    unsaid: int = 0
    notes_to_desk: int = 0
    seconds: int = 0
    recovery_median: float = 0
    recovery_slowest: tuple[float, str] = (0, "")
    blows: dict[str, int] = field(default_factory=dict)

    @property
    def faults(self) -> dict[str, int]:
        """What must not be; empty when all is well."""
        names = ("missing", "lost", "doubled", "flagged_texts", "failed", "withdrawn", "waiting", "drivers_twice", "told_wrong", "unsaid")
        return {name: getattr(self, name) for name in names if getattr(self, name)}


def count(chaos: Chaos) -> Count:
    dead = set(Undeliverable.objects.values_list("patient_id", "channel"))
    # What is for later, or was given up before its time because nothing reaches the address, is nobody's yet.
    listed = OutboxMessage.objects.exclude(status=Status.DUE, due_at__gt=clock.now()).select_related("site").order_by("pk")
    rows = [row for row in listed if row.status != Status.WITHDRAWN or (row.patient_id, row.channel) not in dead]
    mails = Counter(str(message["Message-ID"]).strip("<>").partition("@")[0] for message in chaos.stack.smtp.messages)
    arrived = mails + Counter(text["key"] for text in chaos.phones.delivered)
    states = Counter(row.status for row in rows)
    unclear = [row for row in rows if row.status == Status.UNKNOWN]
    refused = sum(row.status == Status.FAILED and (row.patient_id, row.channel) in dead for row in rows)
    waits = [seconds for seconds, _ in chaos.recoveries]
    found = Count(
        owed=len(rows), missing=missing(dead), arrived=len(arrived),
        lost=sum(row.key not in arrived for row in rows if row.status == Status.SENT) + len(set(arrived) - {row.key for row in rows}),
        doubled=sum(times > 1 for times in arrived.values()), flagged=len(unclear), flagged_that_arrived=sum(row.key in arrived for row in unclear),
        flagged_texts=sum(row.channel == "text" for row in unclear), refused=refused, failed=states[Status.FAILED] - refused,
        withdrawn=states[Status.WITHDRAWN], waiting=states[Status.DUE] + states[Status.SENDING], seconds=round(time.monotonic() - chaos.started),
        recovery_median=round(median(waits), 1) if waits else 0, recovery_slowest=max(((round(wait, 1), kind) for wait, kind in chaos.recoveries), default=(0, "")),
        blows=dict(sorted(chaos.blows.items())),
    )  # fmt: skip
    return with_drivers(found, rows, chaos)


def missing(dead: set[tuple[int, str]]) -> int:
    """Counted from the schedule alone: two reminders by each way that the patient agreed to, and a text to each driver of a watch."""
    written = set(OutboxMessage.objects.values_list("session_id", "kind", "channel"))
    owed = set()
    for pk, patient, may_email, texts in TreatmentSession.objects.filter(status=VisitStatus.BOOKED).values_list(
        "pk", "patient_id", "patient__may_email", "patient__text_consent"
    ):
        ways = [way for way, agreed in (("email", may_email), ("text", texts != "none")) if agreed and (patient, way) not in dead]
        owed |= {(pk, kind, way) for kind in REMINDERS for way in ways}
    owed |= {(pk, "driver", "text") for pk in TreatmentSession.objects.filter(status=VisitStatus.MONITORING).values_list("pk", flat=True)}
    return len(owed - written)


def with_drivers(found: Count, rows: list[OutboxMessage], chaos: Chaos) -> Count:
    """What drivers were told: each once, the time that the row says, and a note to the desk where it no longer holds."""
    theirs = {row.key: row for row in rows if row.kind == "driver"}
    numbers = {str(phone) for phone in Contact.objects.values_list("phone", flat=True)} - {
        str(phone) for phone in Patient.objects.values_list("phone", flat=True)
    }
    found.drivers = len(theirs)
    found.drivers_twice = sum(times > 1 for number, times in Counter(text["to"] for text in chaos.phones.delivered).items() if number in numbers)
    for text in chaos.phones.delivered:
        row = theirs.get(text["key"])
        if row is not None:
            said = shortly(row.slot_at.astimezone(ZoneInfo(row.site.time_zone)), "en")[1] if row.slot_at else "nothing"
            found.told_wrong += f"about {said}." not in text["body"]
    told = list(told_drivers(clock.now()))
    ready = ready_times(row.session for row in told if row.session is not None)
    noted = set(Notice.objects.filter(kind=DRIVER_TOLD, resolved_at__isnull=True).values_list("target_pk", flat=True))
    found.notes_to_desk = len(noted)
    for row in told:
        at = ready.get(row.session_id or 0)
        has_moved = at is not None and row.slot_at is not None and has_changed(told_at=row.slot_at, sent_at=row.began_at or row.slot_at, ready_at=at)
        found.unsaid += has_moved != (row.session_id in noted)
    return found
