"""The words of the one direct answer to a patient's text: neutral, short, in letters that every phone has (MSG-2, MSG-4, MSG-6)."""

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from reminders.channels.outcomes import Text
from reminders.models import InboundText, OutboxMessage
from reminders.rules.answers import ANSWERS, Answer
from reminders.rules.replies import TextKind

FILE = Path(__file__).parent / "answers.toml"
LONGEST = 160


@lru_cache
def words() -> dict[str, Any]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def address_and_text(message: OutboxMessage) -> tuple[str, Text]:
    """Where an answer goes and what it says: to the number that texted, whatever the chart says by now."""
    text = InboundText.objects.get(pk=message.subject_pk)
    answer = ANSWERS[TextKind(text.kind)]
    if answer == Answer.STARTED and message.patient_id is None:
        # Nobody's number gets nothing again.
        answer = Answer.HELP
    return text.number, Text(
        subject="", body=said(answer, text.language, place=message.site.public_name, phone=message.site.phone), language=text.language
    )


def said(answer: Answer, language: str, *, place: str, phone: str) -> str:
    """The sentence; a place with a long name is cut so that the rest fits."""
    sentence: str = words()[answer][language]
    room = LONGEST - len(sentence.format(place="", phone=phone))
    return sentence.format(place=place[:room], phone=phone)
