"""The words of a message, in the patient's language and zone, rendered at the moment of sending and kept nowhere."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from html import escape

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.dateformat import format as date_format

from reminders import links
from reminders.calendar_file import CANCEL, REQUEST, calendar_file
from reminders.channels.outcomes import Event, Text
from reminders.models import OutboxMessage
from reminders.queries.slots import zone_of
from reminders.queries.visits import booked_of_course
from reminders.queries.wordings import Words, WordsFor, words_for
from reminders.rules.kinds import Kind
from reminders.rules.linter import text_findings, word_findings
from reminders.rules.moments import NEWS_FOR
from reminders.rules.templates import filled
from sessions.models import TreatmentSession

# The kinds that bring the visit into the patient's calendar, or take it out.
METHODS = {
    Kind.BOOKED: REQUEST,
    Kind.MOVED: REQUEST,
    Kind.THREE_DAYS: REQUEST,
    Kind.DAY_BEFORE: REQUEST,
    Kind.MORNING: REQUEST,
    Kind.CANCELLED: CANCEL,
}


def render(message: OutboxMessage, *, now: datetime, words: WordsFor = words_for) -> Text:
    """The neutral text of a message: place, day, time, link and phone, and nothing else; linted again as it stands (MSG-4)."""
    patient, visit = message.patient, message.session
    assert patient is not None
    assert visit is not None
    language = patient.language
    said = words(message.site_id, message.kind, language, now)
    if message.channel == OutboxMessage.Channel.TEXT:
        return text_of(said, fields_of(message, visit, short=True), language)
    listed = booked_of_course(message.subject_pk) if message.subject_kind == OutboxMessage.Subject.COURSE else []
    fields = fields_of(message, visit, listed=listed)
    return mail_of(said, fields, language, events=events_of(message, visit, listed))


def text_of(words: Words, fields: Mapping[str, str], language: str) -> Text:
    body = filled(words.text, fields)
    found = word_findings(body, link=fields["link"], place=fields["place"]) + text_findings(body)
    return Text(subject="", body=body, language=language, wrong=rule_and_words(found))


def mail_of(words: Words, fields: Mapping[str, str], language: str, *, events: tuple[Event, ...] = ()) -> Text:
    body = words.body.strip().format_map(fields) + "\n"
    found = word_findings(f"{words.subject}\n{body}", link=fields["link"], place=fields["place"])
    safe = {name: escape(value).replace("\n", "<br>") for name, value in fields.items()}
    html = frame_of(words.subject, words.body, language).format_map(safe)
    return Text(subject=words.subject, body=body, language=language, html=html, events=events, wrong=rule_and_words(found))


@lru_cache(maxsize=1000)
def frame_of(subject: str, body: str, language: str) -> str:
    """An e-mail's HTML with its placeholders still to fill: the template is rendered once per wording."""
    paragraphs = [part.strip().split("\n") for part in body.replace("\r", "").strip().split("\n\n") if part.strip()]
    return render_to_string("reminders/mail.html", {"subject": subject, "language": language, "paragraphs": paragraphs})


def rule_and_words(found: list) -> str:  # type: ignore[type-arg]
    """The first rule that it breaks, in words; empty when it may go."""
    return f"{found[0].rule}: {found[0].text}" if found else ""


def events_of(message: OutboxMessage, visit: TreatmentSession, listed: list[TreatmentSession]) -> tuple[Event, ...]:
    """The visits that the message tells of, as files for the patient's calendar; each its own, as RFC 5546 wants it."""
    to = message.patient.email if message.patient is not None else ""
    if listed:
        return tuple(calendar_file(one, method=REQUEST, to=to) for one in listed)
    method = METHODS.get(Kind(message.kind))
    return (calendar_file(visit, method=method, to=to),) if method else ()


def fields_of(
    message: OutboxMessage, visit: TreatmentSession, *, short: bool = False, listed: list[TreatmentSession] | None = None
) -> dict[str, str]:
    """What the words may name; `short` for a text."""
    assert message.patient is not None
    language = message.patient.language
    zone = zone_of(message.patient, message.site)
    day, hour = (shortly if short else spoken)(visit.starts_at.astimezone(zone), language)
    moments = [spoken(one.starts_at.astimezone(zone), language) for one in listed or []]
    visits = "\n".join(f"- {day}, {hour}" for day, hour in moments)
    return {"place": message.site.public_name, "phone": message.site.phone, "day": day, "time": hour, "link": link_to(visit), "visits": visits}


def link_to(visit: TreatmentSession) -> str:
    """The patient's page of a visit; it outlives the visit by the days in which its last words are worth reading."""
    return settings.VIGIL_ORIGIN + reverse("visit", args=[links.token_for(visit, useless_at=visit.ends_at + NEWS_FOR)])


def spoken(at: datetime, language: str) -> tuple[str, str]:
    """A day and a time as they are said in the language."""
    with translation.override(language):
        if language == "es":
            return date_format(at, "l j \\d\\e F"), date_format(at, "H:i")
        return date_format(at, "l, F j"), date_format(at, "g:i A")


def shortly(at: datetime, language: str) -> tuple[str, str]:
    """The same for a text of 160 letters, in letters that every phone has (GSM-7)."""
    if language == "es":
        return f"{at.day}/{at.month}", f"{at:%H:%M}"
    return f"{at:%a %b} {at.day}", f"{at.hour % 12 or 12}:{at:%M %p}"
