"""The reminders of the past: each discharged or missed visit had its e-mail the day before, and a few didn't get through."""

import random
from datetime import timedelta
from uuid import UUID

from desk.demo.past import Story
from reminders.models import OutboxMessage, SendAttempt
from reminders.rules import moments as rules

Status = OutboxMessage.Status
# Outcome of the attempt and state of the row, with its words; about one in fifty didn't arrive plainly.
ENDINGS = (
    (("sent", Status.SENT, ""),) * 97
    + (("refused", Status.FAILED, "The mail server refused it for good (550)."),) * 2
    + (("unclear", Status.UNKNOWN, "The connection was lost while sending (TimeoutError)."),)
)


def write(stories: list[Story], dice: random.Random) -> None:
    """One message and one attempt per visit whose patient may be written to; in two bulk writes."""
    written = [told for story in stories if (told := message_of(story, dice)) is not None]
    OutboxMessage.objects.bulk_create([message for message, _ in written], batch_size=500)
    SendAttempt.objects.bulk_create([attempt_of(message, outcome) for message, outcome in written], batch_size=500)


def message_of(story: Story, dice: random.Random) -> tuple[OutboxMessage, str] | None:
    """The day-before e-mail of a visit as its sender left it; None for a patient who gets none, or a visit cancelled before."""
    session, patient, site = story.session, story.chart.patient, story.house.site
    due_at = rules.day_before_due_at(starts_at=session.starts_at, zone=site.zone)
    is_gone = session.cancelled_at is not None and session.cancelled_at < due_at
    if not patient.email or not patient.may_email or is_gone:
        return None
    outcome, status, why = dice.choice(ENDINGS)
    row = OutboxMessage(
        uid=UUID(int=dice.getrandbits(128), version=4), site=site, patient=patient, session=session, subject_pk=session.pk,
        kind=OutboxMessage.Kind.DAY_BEFORE, schedule_version=session.schedule_version, channel=OutboxMessage.Channel.EMAIL, slot_at=session.starts_at, status=status,
        due_at=due_at, useless_at=rules.useless_from(starts_at=session.starts_at), created_at=due_at - timedelta(hours=14), attempts=1, fence=1,
        began_at=due_at + timedelta(seconds=1), provider="smtp",
        sent_at=due_at + timedelta(seconds=dice.randint(2, 58)) if status == Status.SENT else None, why=why,
    )  # fmt: skip
    return row, outcome


def attempt_of(message: OutboxMessage, outcome: str) -> SendAttempt:
    ended_at = message.sent_at or message.due_at + timedelta(seconds=20)
    return SendAttempt(site=message.site, message=message, fence=1, ended_at=ended_at, outcome=outcome, detail=message.why)
