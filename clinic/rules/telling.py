"""Words that tell what is treated (MSG-4): in no name, message or calendar that others may read over a patient's shoulder."""

import re
import unicodedata

# Anywhere, even where dots or spaces are put between the letters.
DRUGS = ("ketamin", "spravato", "ketalar")
# English and Spanish, without accents; a word that begins so.
STEMS = (
    "depress", "depres", "deprim", "suicid", "psych", "psiqui", "psico", "mental", "mood", "anxi", "ansied", "ansios", "bipolar", "schizo", "esquizo",
    "disorder", "trastorn", "diagnos", "dissoci", "disoci", "hallucin", "alucin", "self-harm", "autoles", "antidepr", "nasal", "intranasal", "janssen",
)  # fmt: skip
WORDS = ("rems", "mdd", "mdsi", "trd", "tdm", "ptsd", "tept", "estado de animo", "spray")
TELLING = re.compile(rf"\b(?:(?:{'|'.join(STEMS)})\w*|(?:{'|'.join(WORDS)})\b)")
SQUEEZED = re.compile("|".join(DRUGS))
NO_LETTER = re.compile(r"[\W_0-9]+")


def folded(text: str) -> str:
    """Small letters without accents; wide and joined letters as plain ones."""
    return "".join(letter for letter in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(letter))


def telling_word(text: str) -> str:
    """The first word that tells what is treated; empty when there is none."""
    plain = folded(text)
    found = TELLING.search(plain) or SQUEEZED.search(NO_LETTER.sub("", plain))
    return found[0] if found else ""
