"""The monitoring form on paper, in its own order, marked as a transcription aid (PMF-7)."""

from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from unicodedata import combining, normalize
from xml.sax.saxutils import escape

from sessions.queries.form_page import Line
from sessions.rules.definition import Section

MARK = "TRANSCRIPTION AID: not the official form. Type it into the REMS portal, or copy it onto the official form and fax that."
COLUMNS = (254.0, 254.0)  # within the margins and reportlab's own padding of 6
MARGIN = 46.0
ALIKE = str.maketrans(
    {
        "₂": "2",
        "–": "-",
        "—": "-",
        "’": "'",
        "‘": "'",
        "“": '"',
        "”": '"',
        "≤": "<=",
        "…": "...",
        "Ł": "L",
        "ł": "l",
        "Đ": "D",
        "đ": "d",
        "ı": "i",
        "Œ": "OE",
        "œ": "oe",
    }
)


@dataclass(frozen=True)
class Head:
    """What stands above and below the answers; `footer` is on every page."""

    title: str
    lead: str
    signed: str
    footer: str


def drawable(text: str) -> str:
    """The standard PDF fonts know Latin-1 alone: other letters lose their marks, and what is left is a "?", never silently gone."""
    return "".join(letter if is_latin(letter) else without_marks(letter) for letter in text.translate(ALIKE))


def is_latin(letter: str) -> bool:
    return ord(letter) < 256


def without_marks(letter: str) -> str:
    base = "".join(part for part in normalize("NFKD", letter) if is_latin(part))
    return base or ("" if combining(letter) else "?")


def marked(text: str) -> str:
    """Safe within reportlab's paragraph mark-up."""
    return escape(drawable(text)).replace("\n", "<br/>")


def styles() -> dict[str, Any]:
    from reportlab.lib.colors import HexColor
    from reportlab.lib.styles import ParagraphStyle

    body = ParagraphStyle("body", fontName="Helvetica", fontSize=9.5, leading=12.5)
    bold = {"parent": body, "fontName": "Helvetica-Bold"}
    return {
        "body": body,
        "label": ParagraphStyle("label", parent=body, textColor=HexColor("#3b474e")),
        "strong": ParagraphStyle("strong", **bold),
        "heading": ParagraphStyle("heading", **(bold | {"fontSize": 11, "leading": 14, "spaceBefore": 10, "spaceAfter": 3})),
        "title": ParagraphStyle("title", **(bold | {"fontSize": 15, "leading": 20})),
    }


def table_of(lines: Iterable[Line], style: dict[str, Any]) -> Any:
    from reportlab.lib.colors import HexColor
    from reportlab.platypus import Paragraph, Table

    rows = [[Paragraph(marked(line.spec.label), style["label"]), Paragraph(marked(line.text) or "&nbsp;", style["strong"])] for line in lines]
    drawn = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, HexColor("#c9d2d6")),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("TOPPADDING", (0, 0), (-1, -1), 2.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
    ]
    return Table(rows, colWidths=COLUMNS, style=drawn)


def render(head: Head, sections: Iterable[tuple[Section, list[Line]]]) -> bytes:
    """The PDF: the same bytes for the same content. A section's title never stands alone at the foot of a page."""
    from reportlab.lib.pagesizes import LETTER
    from reportlab.platypus import KeepTogether, Paragraph, SimpleDocTemplate, Spacer

    style = styles()
    story: list[Any] = [Paragraph(marked(head.title), style["title"]), Paragraph(marked(head.lead), style["label"])]
    for section, lines in sections:
        story.append(KeepTogether([Paragraph(marked(section.title), style["heading"]), table_of(lines, style)]))
    story += [Spacer(1, 16), KeepTogether([Paragraph(marked(head.signed), style["body"])])]
    out = BytesIO()
    document = SimpleDocTemplate(
        out,
        pagesize=LETTER,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=62,
        bottomMargin=52,
        invariant=1,
        title=drawable(head.title),
        author="Vigil",
    )
    document.build(story, onFirstPage=framed(head), onLaterPages=framed(head))
    return out.getvalue()


def framed(head: Head) -> Any:
    """The mark above and the footer below, on every page."""

    def draw(canvas: Any, document: Any) -> None:
        width, height = document.pagesize
        canvas.saveState()
        canvas.setFont("Helvetica-Bold", 8)
        canvas.drawCentredString(width / 2, height - 34, drawable(MARK))
        canvas.setLineWidth(0.8)
        canvas.line(MARGIN + 6, height - 42, width - MARGIN - 6, height - 42)
        canvas.setFont("Helvetica", 8)
        canvas.drawString(MARGIN + 6, 30, drawable(head.footer))
        canvas.drawRightString(width - MARGIN - 6, 30, f"Page {document.page}")
        canvas.restoreState()

    return draw
