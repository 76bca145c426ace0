"""The lists that can be exported, read in stretches of days so that neither memory nor a cancel button waits for the whole range."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, BinaryIO

from clinic.models import Site
from clinic.queries.opening import today_at
from clinic.roles import Permission
from reports import cells
from reports.kinds import Built, Kind, Progress
from reports.models import Export
from reports.queries import facts_of, visits_between
from reports.rules import MEASURE_BY_CODE, MEASURES, Result, Row, SessionFacts, Tally, evaluate
from reports.rules.exporting import SMALL
from reports.rules.judged import tallies
from reports.rules.narrowing import Narrowing, narrowed, narrowing_of
from reports.rules.numbers import merged
from reports.sheets import CONTENT_TYPES, Cell, open_sheet
from reports.tables import TABLES, Range, chunks

STRETCH = timedelta(days=14)
VISITS, NUMBERS = "visits", "numbers"
NAMES = {VISITS: "All visits", NUMBERS: "All measures, as numbers", **{code: table.name for code, table in TABLES.items()}}


@dataclass(frozen=True, slots=True)
class Asked:
    """What an export's filters say."""

    site: Site
    of: str
    form: str
    first: date
    last: date
    today: date
    narrowing: Narrowing

    @property
    def range(self) -> Range:
        return Range(self.site, self.first, self.last, self.today)

    @property
    def file_name(self) -> str:
        return f"{self.site.slug}-{self.of}-{self.first}-{self.last}.{self.form}"


def asked_of(export: Export) -> Asked:
    given = export.filters
    first, last = (date.fromisoformat(given[name]) for name in ("first", "last"))
    return Asked(export.site, given["of"], given["as"], first, last, today_at(export.site, export.asked_at), narrowing_of(given))


def words(filters: Mapping[str, Any]) -> str:
    of = str(filters["of"])
    name = NAMES.get(of) or (MEASURE_BY_CODE[of].question if of in MEASURE_BY_CODE else of)
    return f"{name} · {date.fromisoformat(filters['first']):%-d %b %Y} to {date.fromisoformat(filters['last']):%-d %b %Y}"


def is_small(export: Export) -> bool:
    asked = asked_of(export)
    if asked.of in TABLES:
        return bool(TABLES[asked.of].rows(asked.range).order_by().count() <= SMALL)
    return asked.last - asked.first <= timedelta(days=366) and visits_between(asked.site, asked.first, asked.last).count() <= SMALL


def stretches(asked: Asked, progress: Progress) -> Iterator[list[SessionFacts]]:
    """The facts of the range by stretches of days; the progress is told after each."""
    total, done, first = visits_between(asked.site, asked.first, asked.last).count(), 0, asked.first
    progress(0, total)
    while first <= asked.last:
        last = min(first + STRETCH - timedelta(days=1), asked.last)
        found = facts_of(asked.site, first, last)
        if found:
            yield narrowed(found, asked.narrowing)
        done += len(found)
        progress(done, total)
        first = last + timedelta(days=1)


def build(export: Export, into: BinaryIO, progress: Progress) -> Built:
    asked = asked_of(export)
    lines: list[tuple[Cell, ...]] = [("site", asked.site.name), ("from", asked.first), ("to", asked.last), ("as of", asked.today)]
    special = {NUMBERS: write_numbers, VISITS: write_visits}
    write = special.get(asked.of) or (write_table if asked.of in TABLES else write_measure)
    names_patients = TABLES[asked.of].names_patients if asked.of in TABLES else asked.of != NUMBERS
    return Built(asked.file_name, CONTENT_TYPES[asked.form], write(asked, into, progress, lines), names_patients=names_patients)


def write_table(asked: Asked, into: BinaryIO, progress: Progress, about: list[tuple[Cell, ...]]) -> int:
    table, count = TABLES[asked.of], 0
    total = table.rows(asked.range).order_by().count()
    sheet = open_sheet(asked.form, into, table.header)
    progress(0, total)
    for some in chunks(table, asked.range):
        for row in some:
            sheet.write(row)
        count += len(some)
        progress(count, total)
    sheet.close(about)
    return count


def write_visits(asked: Asked, into: BinaryIO, progress: Progress, about: list[tuple[Cell, ...]]) -> int:
    sheet, count = open_sheet(asked.form, into, cells.OF_VISITS), 0
    for found in stretches(asked, progress):
        for row in cells.visit_rows(asked.site, found):
            sheet.write(row)
            count += 1
    sheet.close(about)
    return count


def write_measure(asked: Asked, into: BinaryIO, progress: Progress, about: list[tuple[Cell, ...]]) -> int:
    measure, sheet = MEASURE_BY_CODE[asked.of], open_sheet(asked.form, into, cells.OF_MEASURE)
    behind: list[Row] = []
    for found in stretches(asked, progress):
        result = evaluate(measure, found, today=asked.today)
        for row in cells.rows_of(asked.site, result):
            sheet.write(row)
        behind += result.rows
    sheet.close([*about, *cells.about(Result(measure, behind))])
    return len(behind)


def write_numbers(asked: Asked, into: BinaryIO, progress: Progress, about: list[tuple[Cell, ...]]) -> int:
    """The numbers need no rows: the visits of ten years in fifty measures would fill the memory."""
    whole = [Tally(measure) for measure in MEASURES]
    for found in stretches(asked, progress):
        whole = [merged(pair) for pair in zip(whole, tallies(found, asked.today), strict=True)]
    sheet = open_sheet(asked.form, into, cells.OF_NUMBERS)
    for one in whole:
        sheet.write(cells.number_cells(one))
    sheet.close(about)
    return len(MEASURES)


KIND = Kind("list", Permission.EXPORT, words, build, is_small)
