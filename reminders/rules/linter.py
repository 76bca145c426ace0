"""What no message may say, in which letters, and how long a text may be: nothing that tells, no advice, no trap (MSG-1, MSG-2, MSG-4)."""

import re
import unicodedata

from clinic.findings import Finding, block_at
from clinic.rules.telling import folded, telling_word
from reminders.rules.replies import STOP_EN, STOP_ES

LONGEST_TEXT = 160
# A name that is cut for a text keeps this many letters at least.
LEAST_NAME = 16

# What belongs on the patient's page (MSG-4), English and Spanish, without accents: words that begin so, and whole words.
ADVICE_STEMS = (
    "driv", "machin", "alcohol", "drink", "breakfast", "fasting", "stomach", "medicin", "medicat", "medicament", "tablet", "dosing", "dosage", "drows",
    "sleepy", "dizz", "nausea", "vomit", "stimulant", "estimulant", "opioid", "sedat", "sedan", "sedac", "benzo", "treat", "therap", "infus", "inhal", "conduc", "conduzc",
    "manej", "desayun", "ayun", "bebid", "estomag", "pastilla", "comprimid", "tratamient", "terapi", "mareo", "somnol", "acompanante",
)  # fmt: skip
ADVICE_WORDS = (
    "eat", "eating", "food", "foods", "meal", "meals", "ride", "rides", "car", "dose", "doses", "pill", "pills", "drug", "drugs", "blood pressure", "nose", "wheel",
    "prescription", "comer", "coma", "comida", "comidas", "beber", "beba", "volante", "coche", "carro", "dosis", "presion", "nariz", "receta", "droga", "drogas",
)  # fmt: skip
ADVICE = re.compile(rf"\b(?:(?:{'|'.join(ADVICE_STEMS)})\w*|(?:{'|'.join(ADVICE_WORDS)})\b)")

# Whoever answers with one of these gets no more messages (MSG-2), so no message may ask for one, but STOP for just that.
# What a reply is understood by, and its other forms; "stop" itself may be said, and "para" is Spanish for "for".
OPT_OUT = sorted((STOP_EN | STOP_ES | {"opt-out", "cancela", "termine", "salir"}) - {"stop", "stopp", "para"})
ASKS = (
    "reply", "text", "send", "answer", "type", "respond", "press", "enter", "responda", "responde", "envie", "envia", "mande", "manda", "conteste", "contesta", "escriba",
    "escribe", "teclee", "marque", "pulse",
)  # fmt: skip
COMMAND = re.compile(rf"\b(?:{'|'.join(ASKS)})\W+(?:(?!stop\b)\w+\W+){{0,2}}?({'|'.join(OPT_OUT)})\b")
SHOUTED = re.compile(rf"\b(?:{'|'.join(word.upper() for word in OPT_OUT)})\b")
STOP_FOR_MORE = re.compile(
    r"\bstop\W+(?:\w+\W+){0,3}?(?:cancel|cancelar|move|mover|change|cambiar|confirm|confirmar|visit|visita|appointment|cita)\b"
)
LINK = re.compile(r"https?://|www\.|\b[\w-]+\.(?:com|org|net|health|care|us)\b")

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
# They cost two: an escape comes first.
EXTENDED = frozenset("^{}\\[~]|€\f")
REPLACED = str.maketrans(
    {
        "’": "'",
        "‘": "'",
        "“": '"',
        "”": '"',
        "–": "-",
        "—": "-",
        "…": "...",
        "\u00a0": " ",
        "\u202f": " ",
        "\u2009": " ",
        "·": "-",
        "«": '"',
        "»": '"',
    }
)


def plain_letters(text: str) -> str:
    """The text in letters that every phone has (GSM-7): accents and typographer's marks give way, what has no likeness stays."""
    return "".join(letter if letter in BASIC or letter in EXTENDED else without_accent(letter) for letter in text.translate(REPLACED))


def without_accent(letter: str) -> str:
    bare = "".join(part for part in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(part))
    return bare if bare and set(bare) <= BASIC else letter


def septets(text: str) -> int:
    """How many of a text's 160 places it takes; some letters take two."""
    return len(text) + sum(letter in EXTENDED for letter in text)


def shortened(name: str, room: int) -> str:
    """A name that fits into so many places, cut between words where that leaves enough of it; never below `LEAST_NAME`."""
    room = max(room, LEAST_NAME)
    if septets(name) <= room:
        return name
    cut = name[:room]
    while septets(cut) > room:
        cut = cut[:-1]
    between_words = cut.rpartition(" ")[0]
    return (between_words if len(between_words) >= LEAST_NAME else cut).rstrip(" ,.-&")


def word_findings(text: str, *, field: str = "", link: str = "", place: str = "") -> list[Finding]:
    """What a message says that it must not. `link` is the patient's own; `place` the site's public name, which may hold a word of
    advice ("Drive") but none that tells.
    """
    words = text.replace(link, " ") if link else text
    found = []
    if word := telling_word(words):
        found.append(block_at(field, "MSG-4", f"“{word}” tells what is treated. The link leads to it."))
    own = words.replace(place, " ") if place else words
    plain = folded(own)
    if advice := ADVICE.search(plain):
        found.append(
            block_at(field, "MSG-4", f"“{advice[0]}” belongs on the patient's page: no advice on preparation, treatment or driving in a message.")
        )
    if command := COMMAND.search(plain):
        found.append(block_at(field, "MSG-2", f"Whoever answers “{command[1]}” gets no more messages, so never ask for it."))
    elif shouted := SHOUTED.search(own):
        found.append(block_at(field, "MSG-2", f"“{shouted[0]}” ends all messages when it is sent as an answer, so it can't stand here as a command."))
    elif STOP_FOR_MORE.search(plain):
        found.append(block_at(field, "MSG-2", "STOP ends all messages; it can't do anything else."))
    if LINK.search(plain):
        found.append(block_at(field, "MSG-4", "The only link is the patient's own: {link}."))
    return found


def text_findings(text: str, *, field: str = "") -> list[Finding]:
    """Whether a text fits into one, in letters that every phone has (MSG-1)."""
    strange = sorted({letter for letter in text if letter not in BASIC and letter not in EXTENDED})
    if strange:
        return [block_at(field, "MSG-1", f"Not every phone has “{strange[0]}”. Use plain letters.")]
    taken = septets(text)
    return [block_at(field, "MSG-1", f"A text has {LONGEST_TEXT} letters at most; this one can take {taken}.")] if taken > LONGEST_TEXT else []
