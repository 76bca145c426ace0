"""What pages show of a response: a chart for each scale, and the same as a table, day by day."""

from dataclasses import dataclass
from datetime import date

from patients.rules.course import week_of
from patients.rules.scores import Scale, band_of
from patients.scales import scale_of
from sessions.queries.benefit import Response, ScaleChange
from sessions.response_chart import ResponseChart, response_chart
from sessions.rules.benefit import Change, Point


@dataclass(frozen=True)
class Shown:
    """One scale as the page draws it."""

    scale: Scale
    points: tuple[Point, ...]
    change: Change
    chart: ResponseChart
    band: str

    @property
    def rise(self) -> int:
        return -(self.change.fall_percent or 0)


@dataclass(frozen=True)
class Row:
    """One day with a score or a dose; `week` is the course's, empty before it."""

    on: date
    week: int | str
    totals: list[int | str]
    dose: int | str


def response_context(response: Response, today: date) -> dict[str, object]:
    """For templates/sessions/_response.html."""
    began_on = response.position.began_on if response.position is not None else None
    charts = [shown(one, response, began_on, today) for one in response.changes]
    return {"response": response, "charts": charts, "rows": rows_of(response, began_on), "scores": [scored(row) for row in response.scores]}


def shown(one: ScaleChange, response: Response, began_on: date | None, today: date) -> Shown:
    chart = response_chart(one.scale.name, one.points, one.change, response.doses, highest=one.scale.highest, began_on=began_on, today=today)
    return Shown(one.scale, one.points, one.change, chart, one.band(one.change.latest) if one.change.latest is not None else "")


def rows_of(response: Response, began_on: date | None) -> list[Row]:
    """Newest first."""
    doses = dict(response.doses)
    totals = [{point.on: point.total for point in one.points} for one in response.changes]
    days = sorted({*doses, *(day for of_scale in totals for day in of_scale)}, reverse=True)
    return [
        Row(
            day, week_of(began_on, day) if began_on is not None and day >= began_on else "", [of_scale.get(day, "") for of_scale in totals],
            doses.get(day, ""),
        )
        for day in days
    ]  # fmt: skip


def scored(row) -> dict[str, object]:  # type: ignore[no-untyped-def]
    """One score of the list, with its answers by topic."""
    scale = scale_of(row.instrument)
    items = [{"topic": item.topic, "answer": row.answers.get(item.id, "–"), "highest": item.highest} for item in scale.asked]
    missing = sum(item.id not in row.answers for item in scale.items)
    return {"row": row, "scale": scale, "items": items, "missing": missing, "band": band_words(scale, row.total)}


def band_words(scale: Scale, total: int | None) -> str:
    return band_of(scale, total) if total is not None else ""
