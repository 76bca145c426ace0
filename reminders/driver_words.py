"""The words of the one text to a driver: a place, a time and a phone; no patient, no reason (MSG-4)."""

from reminders.channels.outcomes import Text
from reminders.models import OutboxMessage
from reminders.queries.drivers import driver_of
from reminders.queries.slots import zone_of
from reminders.rules.linter import text_findings, word_findings
from reminders.rules.templates import filled
from reminders.wording import rule_and_words, shortly

WORDS = {
    "en": "{place}: Ready about {time}. Please come then. Questions? Tel {phone}. STOP ends texts.",
    "es": "{place}: Listo a eso de las {time}. Venga a esa hora, por favor. Preguntas? Tel {phone}. STOP termina.",
}


def address_and_text(message: OutboxMessage) -> tuple[str, Text]:
    """To the driver's number of now, in the patient's language and zone; the time is the one that was settled as this hand-over began."""
    driver, patient, told = driver_of(message), message.patient, message.slot_at
    assert driver is not None
    assert patient is not None
    assert told is not None
    language = patient.language if patient.language in WORDS else "en"
    _, hour = shortly(told.astimezone(zone_of(patient, message.site)), language)
    place = message.site.public_name
    body = filled(WORDS[language], {"place": place, "time": hour, "phone": message.site.phone})
    wrong = rule_and_words(word_findings(body, place=place) + text_findings(body))
    return str(driver.phone), Text(subject="", body=body, language=language, wrong=wrong)
