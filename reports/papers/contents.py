"""The table of contents: written before the pages that it names, its numbers filled in at the end."""

from collections.abc import Iterable
from dataclasses import dataclass

from reports.papers.paper import BOTTOM, LEFT, RIGHT, WIDTH, Paper
from reports.papers.type import BODY, LABEL, LINE, QUIET, STRONG, broken

LEADING = 14.0


@dataclass(frozen=True)
class Entry:
    """`key` is the bookmark of the page; an entry without one is a heading of the list."""

    title: str
    key: str = ""
    beside: str = ""


class Contents:
    """Draws its pages at once; `finish` draws the numbers, when every bookmark has its page."""

    def __init__(self, paper: Paper, entries: Iterable[Entry]) -> None:
        self.paper = paper
        self.waiting: list[list[tuple[float, str]]] = [[]]
        self.pages: dict[str, int] = {}
        paper.bookmark("contents", "Contents")
        paper.title("Contents")
        paper.y -= 6
        for entry in entries:
            self.draw(entry)
        self.close_page()

    def draw(self, entry: Entry) -> None:
        paper = self.paper
        if paper.y - LEADING - (0 if entry.key else 2 * LEADING) < BOTTOM:
            self.close_page()
            paper.new_page()
            self.waiting.append([])
        paper.y -= LEADING if entry.key else LEADING + 6
        with paper.tagged("P"):
            paper.write(entry.title, LEFT, paper.y, BODY if entry.key else STRONG)
            if entry.beside:
                short = broken(entry.beside, QUIET.font, QUIET.size, 230)[0]
                paper.write(short, WIDTH - RIGHT - 44, paper.y, QUIET, align="right")
        if entry.key:
            paper.rule(paper.y - 3.5, LINE, 0.3)
            paper.canvas.linkRect("", entry.key, (LEFT, paper.y - 3, WIDTH - RIGHT, paper.y + 9), relative=0)
            self.waiting[-1].append((paper.y, entry.key))

    def close_page(self) -> None:
        """A place for the numbers of this page."""
        code = self.paper.canvas._code
        code.append("/Artifact BMC")
        self.paper.canvas.doForm(f"contents{len(self.waiting)}")
        code.append("EMC")

    def reached(self, key: str) -> None:
        """The bookmark stands on the present page."""
        self.pages[key] = self.paper.page

    def finish(self) -> None:
        canvas = self.paper.canvas
        for number, waiting in enumerate(self.waiting, 1):
            canvas.beginForm(f"contents{number}", 0, 0, WIDTH, 792)
            for y, key in waiting:
                self.paper.write(str(self.pages[key]), WIDTH - RIGHT, y, LABEL, align="right")
            canvas.endForm()
