"""What leaves the site: the visits behind a measure as CSV and XLSX with typed cells, all measures as JSON (no patient in it)."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from clinic.models import Site
from reports.rules import Kind, Measure, Result
from reports.rules.measure import Row
from sessions.models import TreatmentSession

Cell = str | int | float | date | None
RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")
HEADER = ("rule", "measure", "session", "session uid", "day of treatment", "MRN", "chair", "state", "result", "part", "of", "value", "unit", "detail")


def harmless(cell: str) -> str:
    """A text that no spreadsheet runs as a formula when it opens a CSV."""
    return f"'{cell}" if cell.startswith(RISKY) else cell


def word_of(kind: Kind, row: Row) -> str:
    if kind is Kind.AMOUNT:
        return ""
    is_whole = row.answer.hits == row.answer.of
    if kind is Kind.KEPT:
        return "kept" if is_whole else "fell short"
    return "yes" if row.answer.hits else "no"


def rows_of(site: Site, result: Result) -> list[tuple[Cell, ...]]:
    """Typed cells of every visit behind a measure, by day."""
    measure, behind = result.measure, {row.pk: row for row in result.rows}
    visits = TreatmentSession.objects.filter(site=site, pk__in=behind).select_related("patient", "chair").order_by("treatment_on", "pk")
    return [cells(measure, visit, behind[visit.pk]) for visit in visits]


def cells(measure: Measure, visit: TreatmentSession, row: Row) -> tuple[Cell, ...]:
    is_amount = measure.kind is Kind.AMOUNT
    return (
        measure.rule, measure.code, visit.pk, str(visit.uid), visit.treatment_on, visit.patient.mrn, visit.chair.name, visit.get_status_display(),
        word_of(measure.kind, row), None if is_amount else row.answer.hits, None if is_amount else row.answer.of,
        round(row.largest, 2) if is_amount else None, measure.unit, row.detail,
    )  # fmt: skip


def as_csv(rows: Iterable[Sequence[Cell]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADER)
    for row in rows:
        writer.writerow([harmless(cell) if isinstance(cell, str) else cell for cell in row])
    return out.getvalue().encode()


def as_xlsx(rows: Iterable[Sequence[Cell]], about: Iterable[tuple[str, Cell]]) -> bytes:
    """One sheet of the visits, one of what was measured. A text stays a text, whatever it begins with."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    book = Workbook(write_only=True)

    def typed(sheet: Any, value: Cell) -> Any:
        if not isinstance(value, str):
            return value
        made = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub(" ", value))
        made.data_type = "s"
        return made

    sheets: tuple[tuple[str, Iterable[Sequence[Cell]]], ...] = (("Visits", [HEADER, *rows]), ("About", list(about)))
    for title, lines in sheets:
        sheet = book.create_sheet(title)
        for line in lines:
            sheet.append([typed(sheet, value) for value in line])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def about(site: Site, result: Result, first: date, last: date) -> list[tuple[str, Cell]]:
    """What was measured, for the second sheet."""
    measure = result.measure
    return [
        ("site", site.name), ("from", first), ("to", last), ("rule", measure.rule), ("question", measure.question), ("counted as kept or found", measure.numerator),
        ("of", measure.denominator), ("left out", measure.exclusions), ("number", result.kept), ("counted", result.counted),
        ("per cent", rounded(result.percent)), ("median", rounded(result.median)), ("mean", rounded(result.mean)), ("unit", measure.unit),
    ]  # fmt: skip


def as_data(result: Result) -> dict[str, Any]:
    """One measure's numbers with its declaration; nobody's data."""
    measure, interval = result.measure, result.interval
    return {
        "code": measure.code, "rule": measure.rule, "group": measure.group.value, "kind": measure.kind.value, "question": measure.question,
        "numerator": measure.numerator, "denominator": measure.denominator, "exclusions": measure.exclusions,
        "target_percent": 100 * measure.target if measure.kind is Kind.KEPT else None,
        "number": None if measure.kind is Kind.AMOUNT else result.kept, "counted": result.counted, "percent": rounded(result.percent),
        "interval_95_percent": [rounded(interval.low), rounded(interval.high)] if interval is not None else None,
        "is_met": result.is_met if measure.kind is Kind.KEPT and result.counted else None,
        "median": rounded(result.median), "mean": rounded(result.mean), "longest": rounded(result.longest), "unit": measure.unit,
        "beside": measure.beside.words if measure.beside is not None else None,
    }  # fmt: skip


def rounded(number: float | None) -> float | None:
    return None if number is None else round(number, 2)
