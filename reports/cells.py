"""What the exported tables say of visits and measures: headers, and the typed cells of a row."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from clinic.models import Site, User
from reports.rules import VALUED, Kind, Measure, Result, Row, SessionFacts, Tally
from reports.rules.place import place_of
from reports.sheets import Cell
from sessions.models import TreatmentSession

OF_MEASURE = (
    "rule",
    "measure",
    "session",
    "session uid",
    "day of treatment",
    "MRN",
    "chair",
    "state",
    "result",
    "part",
    "of",
    "value",
    "unit",
    "detail",
)
OF_VISITS = (
    "session", "session uid", "day of treatment", "MRN", "chair", "state", "setting", "indication", "number", "week", "phase", "planned dose (mg)", "prescriber", "monitor",
    "arrived", "first device", "last device", "ended", "checks", "form due on", "form sent on",
)  # fmt: skip
OF_NUMBERS = (
    "rule", "measure", "group", "question", "number", "counted", "per cent", "target (per cent)", "target met", "median", "mean", "longest", "unit",
    "counted as kept or found", "of", "left out", "spread",
)  # fmt: skip


def word_of(kind: Kind, row: Row) -> str:
    if kind in VALUED:
        return ""
    is_whole = row.answer.hits == row.answer.of
    if kind is Kind.KEPT:
        return "kept" if is_whole else "fell short"
    return "yes" if row.answer.hits else "no"


def rows_of(site: Site, result: Result) -> Iterator[tuple[Cell, ...]]:
    """Every visit behind a measure, by day."""
    measure, behind = result.measure, {row.pk: row for row in result.rows}
    visits = TreatmentSession.objects.filter(site=site, pk__in=behind).select_related("patient", "chair").order_by("treatment_on", "pk")
    return (cells(measure, visit, behind[visit.pk]) for visit in visits)


def cells(measure: Measure, visit: TreatmentSession, row: Row) -> tuple[Cell, ...]:
    is_valued = measure.kind in VALUED
    return (
        measure.rule, measure.code, visit.pk, str(visit.uid), visit.treatment_on, visit.patient.mrn, visit.chair.name, visit.get_status_display(),
        word_of(measure.kind, row), None if is_valued else row.answer.hits, None if is_valued else row.answer.of,
        round(row.largest, 2) if measure.kind is Kind.AMOUNT else None, measure.unit, row.detail or values_of(measure, row),
    )  # fmt: skip


def values_of(measure: Measure, row: Row) -> str:
    """Where the value's cell holds one alone: all of them."""
    return ", ".join(f"{value:g}" for value in row.answer.values) if measure.kind is Kind.SPREAD or len(row.answer.values) > 1 else ""


def visit_rows(site: Site, found: list[SessionFacts]) -> Iterator[tuple[Cell, ...]]:
    """Every visit itself, by day; times on the site's wall."""
    facts_of = {facts.pk: facts for facts in found}
    visits = TreatmentSession.objects.filter(site=site, pk__in=facts_of).select_related("patient", "chair").order_by("treatment_on", "pk")
    people = {facts.monitor for facts in found} | {facts.course.prescriber for facts in found}
    names = dict(User.objects.filter(pk__in=[pk for pk in people if pk]).order_by("pk").values_list("pk", "printed_name"))
    return (visit_cells(site, visit, facts_of[visit.pk], names) for visit in visits)


def visit_cells(site: Site, visit: TreatmentSession, facts: SessionFacts, names: dict[int, str]) -> tuple[Cell, ...]:
    def wall(at: datetime | None) -> datetime | None:
        return at.astimezone(site.zone).replace(tzinfo=None, microsecond=0) if at is not None else None

    form, course, place = facts.form, facts.course, place_of(facts)
    return (
        visit.pk, str(visit.uid), visit.treatment_on, visit.patient.mrn, visit.chair.name, visit.get_status_display(), visit.get_setting_display(),
        course.indication.upper(), place.next_number if facts.is_dosed else None, place.week, place.phase.words, visit.planned_dose_mg, names.get(course.prescriber or 0, ""), names.get(facts.monitor or 0, ""),
        wall(facts.arrived_at), wall(facts.first_device_at), wall(facts.last_device_at), wall(facts.ended_at), len(facts.readings),
        form.due_on if form is not None else None, form.proven_sent_on if form is not None else None,
    )  # fmt: skip


def number_cells(result: Tally) -> tuple[Cell, ...]:
    """One measure's numbers with its declaration; nobody's data."""
    measure = result.measure
    is_kept, is_amount = measure.kind is Kind.KEPT, measure.kind is Kind.AMOUNT
    return (
        measure.rule, measure.code, measure.group.value, measure.question, None if is_amount else result.kept, result.counted, rounded(result.percent),
        100 * measure.target if is_kept else None, ("yes" if result.is_met else "no") if is_kept and result.counted else None,
        rounded(result.median), rounded(result.mean), rounded(result.longest), measure.unit,
        measure.numerator, measure.denominator, measure.exclusions, spread_of(result),
    )  # fmt: skip


def spread_of(result: Tally) -> str:
    return "; ".join(f"{share.band.words}: {share.number}" for share in result.bands)


def about(result: Tally) -> list[tuple[Cell, ...]]:
    """What was measured, for the second sheet."""
    measure = result.measure
    return [
        ("rule", measure.rule), ("question", measure.question), ("counted as kept or found", measure.numerator), ("of", measure.denominator),
        ("left out", measure.exclusions), ("number", result.kept), ("counted", result.counted), ("per cent", rounded(result.percent)),
        ("median", rounded(result.median)), ("mean", rounded(result.mean)), ("unit", measure.unit), ("spread", spread_of(result)),
    ]  # fmt: skip


def as_data(result: Tally) -> dict[str, Any]:
    """One measure's numbers with its declaration, for another program; nobody's data."""
    measure, interval = result.measure, result.interval
    return {
        "code": measure.code, "rule": measure.rule, "group": measure.group.value, "kind": measure.kind.value, "question": measure.question,
        "numerator": measure.numerator, "denominator": measure.denominator, "exclusions": measure.exclusions,
        "target_percent": 100 * measure.target if measure.kind is Kind.KEPT else None,
        "number": None if measure.kind is Kind.AMOUNT else result.kept, "counted": result.counted, "percent": rounded(result.percent),
        "interval_95_percent": [rounded(interval.low), rounded(interval.high)] if interval is not None else None,
        "is_met": result.is_met if measure.kind is Kind.KEPT and result.counted else None,
        "median": rounded(result.median), "mean": rounded(result.mean), "longest": rounded(result.longest), "unit": measure.unit,
        "bands": [{"words": share.band.words, "number": share.number, "percent": rounded(share.percent)} for share in result.bands] or None,
        "beside": measure.beside.words if measure.beside is not None else None,
    }  # fmt: skip


def rounded(number: float | None) -> float | None:
    return None if number is None else round(number, 2)
