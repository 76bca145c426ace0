"""Tables written row by row into an open file, as CSV or as a workbook, with typed cells and no formula that runs."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, BinaryIO, Protocol

Cell = str | int | float | date | datetime | None
# What a spreadsheet may take for a formula when it opens a CSV; in wide letters too.
RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
CSV, XLSX = "csv", "xlsx"
CONTENT_TYPES = {CSV: "text/csv; charset=utf-8", XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
WORDS = {CSV: "CSV", XLSX: "Excel"}


class Sheet(Protocol):
    """`close` writes what is still held back; `about` are lines for a second sheet, where the format has one."""

    def write(self, row: Sequence[Cell]) -> None: ...
    def close(self, about: Iterable[Sequence[Cell]]) -> None: ...


def harmless(cell: Cell) -> Cell:
    """A text that no spreadsheet runs as a formula when it opens a CSV, whatever blanks stand before it; numbers and days as they are."""
    return f"'{cell}" if isinstance(cell, str) and (cell.startswith(RISKY) or cell.lstrip().startswith(RISKY)) else cell


class CsvSheet:
    """Texts and days in quotes, numbers bare: a semicolon within a text begins no new cell in any country's spreadsheet."""

    def __init__(self, into: BinaryIO, header: Sequence[str]) -> None:
        self.text = io.TextIOWrapper(into, encoding="utf-8", newline="", write_through=True)
        self.writer = csv.writer(self.text, quoting=csv.QUOTE_NONNUMERIC)
        self.write(header)

    def write(self, row: Sequence[Cell]) -> None:
        self.writer.writerow([harmless(cell) for cell in row])

    def close(self, about: Iterable[Sequence[Cell]]) -> None:
        self.text.detach()


class XlsxSheet:
    """A text stays a text, whatever it begins with."""

    def __init__(self, into: BinaryIO, header: Sequence[str], title: str = "Visits") -> None:
        from openpyxl import Workbook

        self.into, self.book = into, Workbook(write_only=True)
        self.sheet = self.book.create_sheet(title)
        self.write(header)

    def write(self, row: Sequence[Cell]) -> None:
        self.sheet.append([typed(self.sheet, cell) for cell in row])

    def close(self, about: Iterable[Sequence[Cell]]) -> None:
        self.sheet = self.book.create_sheet("About")
        for line in about:
            self.write(line)
        self.book.save(self.into)


def typed(sheet: Any, value: Cell) -> Any:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    if not isinstance(value, str):
        return value
    made = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub(" ", value)[:32767])
    made.data_type = "s"
    return made


def open_sheet(form: str, into: BinaryIO, header: Sequence[str]) -> Sheet:
    return CsvSheet(into, header) if form == CSV else XlsxSheet(into, header)
