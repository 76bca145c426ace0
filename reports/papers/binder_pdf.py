"""The binder's PDF: cover, contents, each session, the site. One pass over the sessions; nothing of them is kept."""

from collections.abc import Iterable
from typing import BinaryIO

from reports.papers.contents import Contents, Entry
from reports.papers.house_pages import DRAW, SITE_PARTS
from reports.papers.paper import BOTTOM, HEIGHT, LEFT, WIDTH, Paper
from reports.papers.session_pages import SHORT, heading_of, key_of, session_pages
from reports.papers.type import LEAD, MONO, QUIET, TEAL, Face, broken
from reports.papers.words import Clock, day
from reports.queries.binder.house import HousePapers
from reports.queries.binder.scope import Scope, State
from reports.queries.binder.sessions import SessionPapers
from sessions.models import TreatmentSession

SLICE = 500
BEFORE_SHORT = 250.0
WHITE = Face("Helvetica-Bold", 30, 35, "#ffffff")
NAME = Face("Helvetica-Bold", 18, 22)


class BinderPdf:
    """Call `session` for each, then `finish`."""

    def __init__(self, target: BinaryIO, scope: Scope, state: State, house: HousePapers) -> None:
        self.scope, self.state, self.house, self.clock = scope, state, house, Clock(scope.site.zone)
        foot = f"Made from audit entry {state.seq}{', ' + state.hash[:16] if state.hash else ''}"
        self.paper = Paper(
            target,
            title=f"Audit binder, {scope.site.name}, {spoken_range(scope)}",
            head=(f"{scope.site.name} · Audit binder", spoken_range(scope)),
            foot=foot,
        )
        cover(self.paper, scope, state, house, self.clock)
        self.paper.new_page()
        self.contents = Contents(self.paper, entries(scope))
        self.is_first, self.left_open = True, False

    def session(self, one: SessionPapers) -> None:
        """On a page of its own, but for visits that never began: those follow each other."""
        is_short = one.session.status in SHORT and not one.entries
        if self.is_first or not (is_short and self.left_open) or self.paper.y - BEFORE_SHORT < BOTTOM:
            self.paper.new_page()
        else:
            self.paper.y -= 18
        if self.is_first:
            self.paper.bookmark("sessions", "Sessions")
        self.is_first, self.left_open = False, is_short
        self.paper.tags.chapter()
        self.contents.reached(key_of(one))
        self.paper.bookmark(key_of(one), heading_of(one), level=1)
        session_pages(self.paper, one, self.house, self.clock)

    def finish(self) -> int:
        """Draws the site and the numbers of the contents. Returns how many pages there are."""
        for place, (key, title) in enumerate(SITE_PARTS):
            self.paper.new_page()
            self.paper.tags.chapter()
            if not place:
                self.paper.bookmark("site", "The site")
            self.contents.reached(key)
            self.paper.bookmark(key, title, level=1)
            self.paper.title(title)
            DRAW[key](self.paper, self.house, self.clock)
        self.contents.finish()
        self.paper.finish()
        return self.paper.page


def spoken_range(scope: Scope) -> str:
    days = day(scope.first) if scope.first == scope.last else f"{day(scope.first)} to {day(scope.last)}"
    return f"{scope.title}, {days}"


def entries(scope: Scope) -> Iterable[Entry]:
    """Every line of the contents, read in slices."""
    yield Entry(f"Sessions ({len(scope.keys)})")
    number = 0
    for start in range(0, len(scope.keys), SLICE):
        keys = scope.keys[start : start + SLICE]
        rows = {row.pk: row for row in TreatmentSession.objects.filter(pk__in=keys).select_related("patient")}
        for key in keys:
            number += 1
            row = rows[key]
            yield Entry(f"{number}. {day(row.treatment_on)}: {row.patient}", f"session-{row.uid}", row.get_status_display())
    yield Entry("The site")
    for part, title in SITE_PARTS:
        yield Entry(title, part)


def cover(paper: Paper, scope: Scope, state: State, house: HousePapers, clock: Clock) -> None:
    site, canvas = scope.site, paper.canvas
    canvas.bookmarkHorizontal("cover", 0, HEIGHT)
    canvas.addOutlineEntry("Cover", "cover", level=0)
    paper.block(0, HEIGHT - 150, WIDTH, 150, TEAL)
    with paper.tagged("H1"):
        paper.write("Audit binder", LEFT, HEIGHT - 104, WHITE)
    paper.y = HEIGHT - 186
    with paper.tagged("P"):
        for line in broken(site.name, "Helvetica-Bold", 18, 500):
            paper.write(line, LEFT, paper.y, NAME)
            paper.y -= 24
    paper.text(spoken_range(scope), LEAD, after=18)
    representative = house.representative_on(scope.last)
    paper.facts(
        (
            ("Site", site.name), ("Address", site.address), ("Phone", site.phone), ("REMS site number", site.rems_number or "not on record"),
            ("DEA number", site.dea_number or "not on record"), ("Certified on the last day", "yes" if house.is_certified(scope.last) else "no"),
            ("Authorized representative", representative.name if representative is not None else "not on record"), ("Time zone of every time in this binder", site.time_zone),
            ("Sessions in this binder", str(len(scope.keys))), ("Which sessions", scope.kinds),
        )
    )  # fmt: skip
    paper.heading("Made from")
    paper.text(f"The record as it stood at entry {state.seq} of the site's audit chain ({clock.full(state.at)}), whose hash is:", QUIET, after=0)
    paper.text(state.hash or "no entry yet", MONO)
    paper.text(
        "From the same state the same binder comes out, byte for byte. The manifest in its archive names the SHA-256 of every file; the whole can be checked offline, with Vigil's verify_binder or with sha256sum.",
        QUIET,
    )
    paper.heading("How to read it")
    for line in GUIDE:
        paper.text(line, QUIET)


GUIDE = (
    "Times are those of the site's wall. Each session lists what stands; what was corrected or taken back stands beneath, with the reason (MON-7).",
    '"n/o" is "not obtained". Red words say what fell short. A section that is empty says so, or is left out where it can\'t apply.',
    "Signatures were verified for this binder: the signed content was rendered again and compared with the digest that was signed (OUT-2).",
    "Rule ids such as MON-2 are those of the site's rulebook. The same data stands as CSV beside this document.",
)
