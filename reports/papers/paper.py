"""Pages that fill from above: running head and foot, outline, headings, lines, facts and tables; the same bytes for the same words."""

import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

from reportlab.lib.pagesizes import LETTER
from reportlab.pdfgen.canvas import Canvas

from reports.papers.tags import Packed, Tags
from reports.papers.type import (
    ALARM,
    BODY,
    GROUND,
    HEADING,
    LABEL,
    LINE,
    QUIET,
    SMALL,
    SOFT,
    TEAL,
    TITLE,
    Face,
    broken,
    escaped,
    ink,
    printable,
    width_of,
)

WIDTH, HEIGHT = LETTER
LEFT, RIGHT, TOP, BOTTOM = 50.0, 50.0, 62.0, 50.0
INNER = WIDTH - LEFT - RIGHT
GAP = 8.0


@dataclass(frozen=True)
class Cell:
    """A text of a table in a face of its own."""

    text: str
    face: Face = BODY


Row = Sequence[str | Cell]


class Paper:
    """One PDF on its way. `head` runs above every page but the cover, `foot` below."""

    def __init__(self, target: BinaryIO, *, title: str, head: tuple[str, str], foot: str) -> None:
        self.canvas = Canvas(target, pagesize=LETTER, invariant=1, lang="en-US", pageCompression=0, initialFontName="Helvetica")
        self.canvas.setTitle(printable(title))
        self.canvas.setAuthor("Vigil")
        self.canvas.setCreator("Vigil")
        self.canvas.setSubject("Record of treatment sessions, for an audit")
        self.canvas.setViewerPreference("DisplayDocTitle", "true")
        self.head, self.foot = head, foot
        self.tags = Tags(self.canvas._doc)
        self.page, self.y = 1, HEIGHT - TOP
        self.is_bare = True  # the cover has neither head nor foot
        self.beside: list[str] = []  # forms of the whole document, drawn at the end

    # Pages

    def new_page(self) -> None:
        self.end_page()
        self.page, self.y, self.is_bare = self.page + 1, HEIGHT - TOP, False

    def end_page(self) -> None:
        if not self.is_bare:
            self.frame()
        name = self.canvas._doc.thisPageName()
        self.canvas.showPage()
        page = self.canvas._doc.idToObject[name]
        page.Contents, page.stream = Packed(zlib.compress(page.stream.encode("latin-1"), 6)), None
        self.tags.page_ends(page)

    def frame(self) -> None:
        """The running head and foot: no part of the text."""
        canvas = self.canvas
        canvas._code.append("/Artifact BMC")
        self.write(self.head[0], LEFT, HEIGHT - 34, LABEL)
        self.write(self.head[1], WIDTH - RIGHT, HEIGHT - 34, SMALL, align="right")
        self.rule(HEIGHT - 42, TEAL, 0.9)
        self.rule(38, LINE, 0.5)
        self.write(self.foot, LEFT, 26, SMALL)
        self.write(f"Page {self.page}", WIDTH - RIGHT, 26, LABEL, align="right")
        canvas._code.append("EMC")

    def need(self, height: float) -> None:
        """Begin a new page where less than this is left."""
        if self.y - height < BOTTOM:
            self.new_page()

    def finish(self) -> None:
        self.end_page()
        self.tags.finish()
        self.canvas.save()

    # Marks

    @contextmanager
    def tagged(self, role: str) -> Iterator[None]:
        self.canvas._code.append(f"/{role} <</MCID {self.tags.line(role)}>> BDC")
        yield
        self.canvas._code.append("EMC")

    def bookmark(self, key: str, title: str, level: int = 0) -> None:
        self.canvas.bookmarkHorizontal(key, 0, min(self.y + 20, HEIGHT))
        self.canvas.addOutlineEntry(printable(title), key, level=level, closed=level == 0)

    # Letters

    def write(self, text: str, x: float, y: float, face: Face, align: str = "left") -> None:
        """One line. The operators are written here: the library's own way takes ten times as long, and a binder has a million letters."""
        words = printable(text)
        if align == "right":
            x -= width_of(words, face.font, face.size)
        font = self.canvas._doc.getInternalFontName(face.font)
        self.canvas._code.append(f"BT {ink(face.colour)} rg {font} {face.size:g} Tf {x:.2f} {y:.2f} Td ({escaped(words)}) Tj ET")

    def rule(self, y: float, code: str = LINE, thickness: float = 0.5, x: float = LEFT, to: float = WIDTH - RIGHT) -> None:
        self.canvas._code.append(f"{ink(code)} RG {thickness:g} w {x:.2f} {y:.2f} m {to:.2f} {y:.2f} l S")

    def block(self, x: float, y: float, width: float, height: float, code: str) -> None:
        """A filled rectangle, no part of the text."""
        self.canvas._code.append(f"/Artifact BMC {ink(code)} rg {x:.2f} {y:.2f} {width:.2f} {height:.2f} re f EMC")

    def heading(self, text: str, *, beside: str = "", keep: float = 46) -> None:
        """A section's title with its rule's id; never alone at the foot of a page."""
        self.need(HEADING.leading + 12 + keep)
        self.y -= HEADING.leading + 8
        with self.tagged("H2"):
            self.write(text, LEFT, self.y, HEADING)
            if beside:
                self.write(beside, LEFT + width_of(printable(text), HEADING.font, HEADING.size) + 8, self.y, SMALL)
        self.y -= 4

    def title(self, text: str, under: str = "") -> None:
        self.need(80)
        self.y -= TITLE.size
        with self.tagged("H1"):
            self.write(text, LEFT, self.y, TITLE)
        self.y -= 4
        if under:
            self.text(under, QUIET)

    def text(self, text: str, face: Face = BODY, *, indent: float = 0, after: float = 2) -> None:
        """A paragraph over the whole width."""
        lines = broken(text, face.font, face.size, INNER - indent)
        for start in range(0, len(lines), 40):
            some = lines[start : start + 40]
            self.need(face.leading * len(some))
            with self.tagged("P"):
                for line in some:
                    self.y -= face.leading
                    self.write(line, LEFT + indent, self.y, face)
        self.y -= after

    def facts(self, pairs: Iterable[tuple[str, str]], columns: int = 2) -> None:
        """Labels above their values, side by side; those without a value say so."""
        width, listed = INNER / columns, list(pairs)
        for start in range(0, len(listed), columns):
            cells = [(label, broken(value or "-", BODY.font, BODY.size, width - GAP)) for label, value in listed[start : start + columns]]
            height = LABEL.leading + BODY.leading * max(len(lines) for _, lines in cells) + 4
            self.need(height)
            for place, (label, lines) in enumerate(cells):
                with self.tagged("P"):
                    self.write(label, LEFT + place * width, self.y - LABEL.leading, LABEL)
                    for number, line in enumerate(lines, 1):
                        self.write(line, LEFT + place * width, self.y - LABEL.leading - number * BODY.leading, BODY)
            self.y -= height

    # Tables

    def table(self, columns: Sequence[tuple[str, float]], rows: Iterable[Row], empty: str = "None on record.") -> None:
        """`columns` are names with their shares of the width. The head comes again on each page."""
        listed = list(rows)
        if not listed:
            self.text(empty, QUIET)
            return
        total = sum(share for _, share in columns)
        widths = [INNER * share / total for _, share in columns]
        self.table_head(columns, widths)
        for row in listed:
            cells = [cell if isinstance(cell, Cell) else Cell(cell) for cell in row]
            lines = [broken(cell.text, cell.face.font, cell.face.size, width - GAP) for cell, width in zip(cells, widths, strict=True)]
            height = max(len(some) * cell.face.leading for some, cell in zip(lines, cells, strict=True)) + 5
            if self.y - height < BOTTOM:
                self.new_page()
                self.table_head(columns, widths)
            self.table_row(cells, lines, widths)
            self.y -= height
            self.rule(self.y, LINE, 0.4)
        self.y -= 3

    def table_head(self, columns: Sequence[tuple[str, float]], widths: Sequence[float]) -> None:
        self.need(LABEL.leading + 24)
        self.y -= LABEL.leading + 5
        self.block(LEFT - 4, self.y - 1, INNER + 8, LABEL.leading + 4, GROUND)
        with self.tagged("P"):
            x = LEFT
            for (name, _), width in zip(columns, widths, strict=True):
                self.write(name, x, self.y + 3, LABEL)
                x += width
        self.rule(self.y - 1, SOFT, 0.5, LEFT - 4, WIDTH - RIGHT + 4)
        self.y -= 1

    def table_row(self, cells: Sequence[Cell], lines: Sequence[Sequence[str]], widths: Sequence[float]) -> None:
        with self.tagged("P"):
            x = LEFT
            for cell, some, width in zip(cells, lines, widths, strict=True):
                y = self.y - 1
                for line in some:
                    y -= cell.face.leading
                    self.write(line, x, y + 1, cell.face)
                x += width

    def warning(self, text: str) -> None:
        self.text(text, ALARM)
