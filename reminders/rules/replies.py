"""What a patient's text says: a crisis, no more texts, texts again, who is this, or something that a person must read (MSG-2, MSG-6)."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from reminders.rules import crisis


class TextKind(StrEnum):
    CRISIS = "crisis"
    STOP = "stop"
    START = "start"
    HELP = "help"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Reading:
    """`is_opt_out` holds beside a crisis too. `is_plain`: nothing but a keyword, so that nobody need read it."""

    kind: TextKind
    is_opt_out: bool
    is_plain: bool
    language: str

    @property
    def needs_a_person(self) -> bool:
        return self.kind in (TextKind.CRISIS, TextKind.UNKNOWN) or not self.is_plain


STOP_EN = {"stop", "stopall", "end", "cancel", "quit", "unsubscribe", "unsuscribe", "unsub", "revoke", "optout", "remove", "stopp"}
STOP_ES = {
    "alto",
    "parar",
    "pare",
    "paren",
    "para",
    "cancelar",
    "cancele",
    "baja",
    "fin",
    "terminar",
    "detener",
    "detengan",
    "basta",
    "desuscribir",
    "eliminar",
}
HELP_EN, HELP_ES = {"help", "info", "information"}, {"ayuda", "informacion"}
START_EN, START_ES = {"start", "unstop", "resume", "subscribe"}, {"empezar", "iniciar", "inicio", "reanudar", "comenzar", "suscribir", "alta"}
YES = {"yes", "y", "yeah", "si"}
# Words around a keyword that change nothing about it.
COURTESY_EN = {
    "please", "pls", "plz", "now", "thanks", "thank", "you", "ok", "okay", "all", "it", "this", "these", "the", "me", "my", "text", "texts", "texting",
    "message", "messages", "messaging", "msg", "msgs", "sms", "i", "want", "to", "would", "like", "hi", "hello", "sir", "from", "reminders", "just",
}  # fmt: skip
COURTESY_ES = {
    "por", "favor", "ya", "gracias", "mensaje", "mensajes", "texto", "textos", "todo", "todos", "los", "las", "el", "la", "de", "mis", "quiero", "hola",
    "ahora", "estos", "esto", "recordatorios", "dar", "darme", "dame", "deme",
}  # fmt: skip
STOP_SAID_EN = re.compile(
    r"\b(stop|quit|cease) (\w+ ){0,2}(text\w*|messag\w*|sms|contact\w*|send\w*|reminders?|notif\w*|bother\w*|spam\w*)\b"
    r"|\b(dont|do not|never|not) (ever )?(want (any )?(more )?(of )?(\w+ )?|wanna (get )?|send (me )?(\w+ )?|need (\w+ )?)?(text\w*|messag\w*|sms|contact me|reminders?)\b"
    r"|\b(no|any) more (of )?(these |your )?(text\w*|messag\w*|sms|reminders?)\b|\b(opt|opting|opted) (me )?out\b|\bun ?subscribe\b|\bwrong (number|person)\b"
    r"|\b(take|remove|delete) (me|my (phone )?number)\b|\bleave me alone\b|\brevoke\b|\bstop all\b|\bend (all )?(these )?(text\w*|messag\w*)\b"
    r"|\bcancel (all )?(these |my |the )?(text\w*|messag\w*|sms|reminders?|subscription)\b|^stop\b"
)
STOP_SAID_ES = re.compile(
    r"\b(dej[ae]n?|paren?|alto|basta|cesen?|detengan?) (ya )?(de )?(\w+ )?(manda\w*|envia\w*|mensaj\w*|text\w*|escrib\w*|molest\w*|recordat\w*)\b"
    r"|\bno (me |quiero )?(mas |recibir (mas )?)?(mand\w*|envi\w*|escrib\w*|mensaj\w*|text\w*|recordat\w*)\b|\bno (me )?(manden|envien|escriban|molesten)\b"
    r"|\bno (quiero|deseo) (recibir )?(mas )?(sus |estos )?(mensaj\w*|text\w*|recordat\w*)\b|\b(de|darme de|deme de|dar de|quiero la) baja\b|\bnumero equivocado\b"
    r"|\b(borr|elimin|quit)\w* mi (numero|telefono)\b|\bdejenme en paz\b|\bcancel\w* (los |mis |estos )?(mensajes|textos|recordatorios)\b"
)
SPANISH = re.compile(
    r"\b(hola|gracias|por favor|quiero|puedo|cuando|donde|manana|cita|mi|el|la|los|que|para|estoy|tengo|no me|si|usted|buenos|buenas|dias|porque|necesito|"
    r"ayuda\w*|auxilio|socorro|morir\w*|matar\w*|vida|vivir|muert\w*|mensajes?)\b"
)


def read(body: str, *, has_stopped: bool = False) -> Reading:
    """What a text says. `has_stopped`: the number has asked for no more texts, so that a bare YES means texts again."""
    told = plain(body)
    words = told.split()
    wish, is_plain = wish_of(told, words, has_stopped=has_stopped)
    language = language_of(told, words)
    if crisis.is_crisis(told, alone=is_plain):
        # "I want to end it" asks for no end of texts.
        return Reading(TextKind.CRISIS, says_stop(told), False, language)
    return Reading(wish, wish == TextKind.STOP, is_plain, language)


def plain(body: str) -> str:
    """Small letters and digits without accents or punctuation, one space between words; letters that stand alone are put together (S.T.O.P.)."""
    bare = "".join(letter for letter in unicodedata.normalize("NFKD", body) if not unicodedata.combining(letter)).casefold()
    words = re.sub(r"[^\w]|_", " ", re.sub(r"['’‘`´]", "", bare)).split()
    if len(words) > 1 and all(len(word) == 1 for word in words):
        words = ["".join(words)]
    return " ".join(words)


def wish_of(told: str, words: list[str], *, has_stopped: bool) -> tuple[TextKind, bool]:
    """What is asked about texts, and whether by nothing but a keyword."""
    core = [word for word in words if word not in COURTESY_EN | COURTESY_ES]
    is_plain = len(words) == 1
    if core and set(core) <= STOP_EN | STOP_ES:
        return TextKind.STOP, is_plain
    if says_stop(told):
        return TextKind.STOP, False
    if core and set(core) <= HELP_EN | HELP_ES:
        return TextKind.HELP, is_plain
    if core and set(core) <= START_EN | START_ES | (YES if has_stopped else set()):
        return TextKind.START, is_plain
    return TextKind.UNKNOWN, False


def says_stop(told: str) -> bool:
    """Whether a sentence plainly asks for no more texts."""
    return bool(STOP_SAID_EN.search(told) or STOP_SAID_ES.search(told))


def language_of(told: str, words: list[str]) -> str:
    is_spanish = bool(set(words) & (STOP_ES | HELP_ES | START_ES)) or len(SPANISH.findall(told)) >= 2
    return "es" if is_spanish or crisis.is_spanish(told) else "en"
