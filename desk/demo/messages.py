"""The reminders of the past: each visit had its e-mail the day before, lately its text too, and a few didn't get through."""

import random
from datetime import datetime, timedelta
from uuid import UUID

from desk.demo.agreements import TEXTERS
from desk.demo.past import Story
from reminders.actions.deciding import WORDS
from reminders.models import OutboxMessage, SendAttempt
from reminders.rules import moments as rules

Status, Channel = OutboxMessage.Status, OutboxMessage.Channel
# Outcome of the attempt and state of the row, with its words; about one in fifty didn't arrive plainly.
ENDINGS = (
    (("sent", Status.SENT, ""),) * 97
    + (("refused", Status.FAILED, "The mail server refused it for good (550)."),) * 2
    + (("unclear", Status.UNKNOWN, "The connection was lost while sending (TimeoutError)."),)
)
SENT = ENDINGS[0]
# What still waits for somebody, the newest first.
TROUBLE = (ENDINGS[97], ENDINGS[99], ENDINGS[97])
Told = tuple[OutboxMessage, str]
# Texts began lately.
TEXTS_SINCE = timedelta(days=28)


def write(stories: list[Story], dice: random.Random, *, now: datetime) -> None:
    """One message and one attempt per visit and channel whose patient may be written to; in two bulk writes."""
    written = [told for story in stories if (told := message_of(story, dice)) is not None]
    written += [told for number, story in enumerate(stories, start=1) if (told := text_of(story, number, now)) is not None]
    written = troubled(written)
    OutboxMessage.objects.bulk_create([message for message, _ in written], batch_size=500)
    SendAttempt.objects.bulk_create([attempt_of(message, outcome) for message, outcome in written], batch_size=500)


def message_of(story: Story, dice: random.Random) -> tuple[OutboxMessage, str] | None:
    """The day-before e-mail of a visit as its sender left it; None for a patient who gets none, or a visit cancelled before."""
    patient = story.chart.patient
    if not patient.email or not patient.may_email or is_gone(story):
        return None
    outcome, status, why = dice.choice(ENDINGS)
    late = dice.randint(2, 58) if status == Status.SENT else 0
    return row_of(story, UUID(int=dice.getrandbits(128), version=4), Channel.EMAIL, "smtp", status, why, late), outcome


def text_of(story: Story, number: int, now: datetime) -> tuple[OutboxMessage, str] | None:
    """The same as a text, in the last weeks; draws no dice, so that the e-mails stay those that they were."""
    site, patient = story.house.site, story.chart.patient
    is_old = story.session.starts_at < now - TEXTS_SINCE
    if site.slug not in TEXTERS or patient.text_consent == "none" or is_old or is_gone(story):
        return None
    outcome, status, why = SENT
    return row_of(story, UUID(int=(site.pk << 64) + number, version=4), Channel.TEXT, "http", status, why, 2 + number % 57), outcome


def due_of(story: Story) -> datetime:
    return rules.day_before_due_at(starts_at=story.session.starts_at, zone=story.house.site.zone)


def is_gone(story: Story) -> bool:
    return story.session.cancelled_at is not None and story.session.cancelled_at < due_of(story)


def row_of(story: Story, uid: UUID, channel: str, provider: str, status: str, why: str, late: int) -> OutboxMessage:
    session, due_at = story.session, due_of(story)
    return OutboxMessage(
        uid=uid, site=story.house.site, patient=story.chart.patient, session=session, subject_pk=session.pk, kind=OutboxMessage.Kind.DAY_BEFORE,
        schedule_version=session.schedule_version, channel=channel, slot_at=session.starts_at, status=status, due_at=due_at,
        useless_at=rules.useless_from(starts_at=session.starts_at), created_at=due_at - timedelta(hours=14), attempts=1, fence=1,
        began_at=due_at + timedelta(seconds=1), provider=provider, sent_at=due_at + timedelta(seconds=late) if status == Status.SENT else None, why=why,
    )  # fmt: skip


def troubled(written: list[Told]) -> list[Told]:
    """The newest e-mails of some patients didn't arrive, and wait for somebody; about older ones somebody has called."""
    for message, _ in written:
        if message.status in (Status.FAILED, Status.UNKNOWN):
            message.status, message.withdrawal, message.why = Status.WITHDRAWN, OutboxMessage.Withdrawal.LEFT, WORDS["called"]
    newest: dict[int, int] = {}
    for number, (message, _) in enumerate(written):
        last = newest.get(message.patient_id or 0)
        if message.channel == Channel.EMAIL and message.status == Status.SENT and (last is None or written[last][0].due_at < message.due_at):
            newest[message.patient_id or 0] = number
    latest = sorted(newest.values(), key=lambda number: written[number][0].due_at, reverse=True)
    for number, (outcome, status, why) in zip(latest, TROUBLE, strict=False):
        message = written[number][0]
        message.status, message.sent_at, message.why = status, None, why
        written[number] = message, outcome
    return written


def attempt_of(message: OutboxMessage, outcome: str) -> SendAttempt:
    ended_at = message.sent_at or message.due_at + timedelta(seconds=20)
    return SendAttempt(site=message.site, message=message, fence=1, ended_at=ended_at, outcome=outcome, detail=message.why)
