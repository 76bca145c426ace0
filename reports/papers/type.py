"""How letters are set: faces, sizes, colours, and breaking a text into lines of a width."""

from dataclasses import dataclass
from functools import lru_cache

from reportlab.pdfbase.pdfmetrics import stringWidth

from sessions.papers.form_print import drawable

INK, SOFT, LINE, TEAL, ACT, GROUND = "#16232b", "#4a5a64", "#c9d2d6", "#0d5c63", "#b01f1a", "#eef3f4"


ESCAPES = {byte: f"\\{byte:03o}" for byte in (*range(32), ord("("), ord(")"), ord("\\"), *range(127, 256))}


@dataclass(frozen=True)
class Face:
    font: str
    size: float
    leading: float
    colour: str = INK


BODY = Face("Helvetica", 8.6, 11.2)
STRONG = Face("Helvetica-Bold", 8.6, 11.2)
QUIET = Face("Helvetica", 8.6, 11.2, SOFT)
ALARM = Face("Helvetica-Bold", 8.6, 11.2, ACT)
SMALL = Face("Helvetica", 7.4, 9.6, SOFT)
LABEL = Face("Helvetica-Bold", 7.4, 9.8, SOFT)
MONO = Face("Courier", 7.2, 9.4, SOFT)
HEADING = Face("Helvetica-Bold", 10.2, 13.5, TEAL)
TITLE = Face("Helvetica-Bold", 16, 20)
LEAD = Face("Helvetica", 12, 16, SOFT)


def printable(text: str) -> str:
    """As the standard fonts can draw it; nothing is silently gone."""
    return text if text.isascii() else drawable(text.replace("\u00a0", " "))


@lru_cache(maxsize=64)
def ink(code: str) -> str:
    """`#rrggbb` as the three numbers of a PDF."""
    return " ".join(f"{int(code[place : place + 2], 16) / 255:.3g}" for place in (1, 3, 5))


@lru_cache(maxsize=4_000)
def escaped(words: str) -> str:
    """Within the parentheses of a PDF: letters beyond ASCII by their octal number in the standard fonts' encoding."""
    return "".join(ESCAPES.get(byte) or chr(byte) for byte in words.encode("cp1252", "replace"))


@lru_cache(maxsize=20_000)
def width_of(text: str, font: str, size: float) -> float:
    return float(stringWidth(text, font, size))


@lru_cache(maxsize=4_000)
def broken(text: str, font: str, size: float, width: float) -> tuple[str, ...]:
    """The lines of a text; a word that is wider than a line, such as a hash, is cut."""
    lines: list[str] = []
    for paragraph in printable(text).split("\n"):
        line = ""
        for word in paragraph.split():
            longer = f"{line} {word}" if line else word
            if width_of(longer, font, size) <= width:
                line = longer
                continue
            if line:
                lines.append(line)
            line = word
            while width_of(line, font, size) > width and len(line) > 1:
                cut = fitting(line, font, size, width)
                lines.append(line[:cut])
                line = line[cut:]
        lines.append(line)
    return tuple(lines)


def fitting(word: str, font: str, size: float, width: float) -> int:
    """How many letters of a word fit."""
    cut = len(word) - 1
    while cut > 1 and stringWidth(word[:cut], font, size) > width:
        cut -= 1
    return cut
