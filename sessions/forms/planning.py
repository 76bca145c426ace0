"""What is wished for a course, and the chosen visits as the page's address carries them: "2026-06-15T09:00@3@56", "@m" when moved by hand."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django import forms

from clinic.forms.base import ClientKey, Day, Line, WallTime
from clinic.forms.furniture import WEEKDAYS
from clinic.models import Chair, Site
from clinic.rules.opening import earliest
from patients.rules.course import MDSI, Phase
from sessions.forms.booking import dose_choices
from sessions.rules.booking import FURTHEST
from sessions.rules.planning import Chosen, Usual, Wishes

MOST_LINES = 80
OFFERED_PHASES = {True: (Phase.INDUCTION, Phase.BEYOND), False: (Phase.INDUCTION, Phase.WEEKLY, Phase.MAINTENANCE)}
OPEN_ENDED = (Phase.MAINTENANCE, Phase.BEYOND)


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A chosen visit, and whether somebody moved it by hand."""

    chosen: Chosen
    is_moved: bool


class WishesForm(forms.Form):
    """Start, days and times, chair, phases. It is sent by GET: an address holds days and numbers, no name."""

    start = Day(label="From")
    day_1 = forms.TypedChoiceField(label="First day", choices=WEEKDAYS, coerce=int)
    time_1 = WallTime(label="comes at")
    day_2 = forms.TypedChoiceField(label="Second day", choices=[("", "–"), *WEEKDAYS], coerce=int, required=False, empty_value=None)
    time_2 = WallTime(label="comes at", required=False)
    chair = forms.ModelChoiceField(label="Chair", queryset=Chair.objects.none(), required=False, empty_label="Any chair")
    dose = forms.TypedChoiceField(label="Dose after the first", choices=(), coerce=int)
    phases = forms.MultipleChoiceField(label="Plan", choices=(), widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}))
    every = forms.TypedChoiceField(label="Maintenance", choices=[(1, "every week"), (2, "every 2 weeks")], coerce=int, required=False, empty_value=1)  # type: ignore[arg-type]
    until = Day(label="Until", required=False)

    def __init__(self, *args: Any, site: Site, indication: str, doses: Iterable[int], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["chair"].queryset = Chair.objects.filter(site=site, is_active=True)  # type: ignore[attr-defined]
        self.fields["dose"].choices = dose_choices(doses)  # type: ignore[attr-defined]
        offered = OFFERED_PHASES[indication == MDSI]
        self.fields["phases"].choices = [(str(phase), phase.words) for phase in offered]  # type: ignore[attr-defined]
        self.fields["time_1"].widget.attrs["step"] = self.fields["time_2"].widget.attrs["step"] = 900

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        phases = [Phase(word) for word in cleaned.get("phases", [])]
        if Phase.INDUCTION in phases and cleaned.get("day_2") is None and "day_2" not in self.errors:
            self.add_error("day_2", "Twice a week needs a second day.")
        if cleaned.get("day_2") is not None and cleaned.get("day_2") == cleaned.get("day_1"):
            self.add_error("day_2", "Choose two different days.")
        if cleaned.get("day_2") is not None and cleaned.get("time_2") is None and "time_2" not in self.errors:
            self.add_error("time_2", "When does the patient come?")
        self.clean_ends(cleaned, phases)
        return cleaned

    def clean_ends(self, cleaned: dict[str, Any], phases: list[Phase]) -> None:
        start, until = cleaned.get("start"), cleaned.get("until")
        if start is not None and not self.today <= start <= self.today + FURTHEST:
            self.add_error("start", "Choose a day from today on, at most a year ahead.")
        if until is not None and start is not None and not start <= until <= self.today + FURTHEST:
            self.add_error("until", "The end lies after the start, at most a year ahead.")
        if until is None and "until" not in self.errors and any(phase in OPEN_ENDED for phase in phases):
            self.add_error("until", "Until when?")

    def wishes(self) -> Wishes:
        data = self.cleaned_data
        usual = [Usual(data["day_1"], data["time_1"].replace(second=0, microsecond=0))]
        if data["day_2"] is not None:
            usual.append(Usual(data["day_2"], data["time_2"].replace(second=0, microsecond=0)))
        return Wishes(
            start=data["start"], usual=tuple(usual), chair_pk=data["chair"].pk if data["chair"] else None, dose_mg=data["dose"],
            phases=tuple(Phase(word) for word in data["phases"]), every_weeks=data["every"], until=data["until"],
        )  # fmt: skip


class BookPlanForm(forms.Form):
    """The page's key, and a prescriber's reason for what only a prescriber may decide."""

    client_key = ClientKey()
    reason = Line(label="The prescriber’s reason", max_length=300, required=False)


def lines_of(texts: Iterable[str], site: Site) -> list[PlanLine]:
    """The chosen visits of an address or a post; what can't be read is left out."""
    found = [line for line in (line_of(text, site) for text in list(texts)[:MOST_LINES]) if line is not None]
    return sorted(dict.fromkeys(found), key=lambda line: (line.chosen.starts_at, line.chosen.chair_pk))


def line_of(text: str, site: Site) -> PlanLine | None:
    parts = text.split("@")
    try:
        local, chair_pk, dose_mg = datetime.fromisoformat(parts[0]), int(parts[1]), int(parts[2])
    except (ValueError, IndexError):
        return None
    is_near = local.tzinfo is None and abs(local.date() - date(2060, 1, 1)) < timedelta(days=366 * 40)
    if not is_near or not 0 < chair_pk < 2**31 or not 0 < dose_mg < 1000:
        return None
    starts_at = earliest(local.date(), local.time().replace(second=0, microsecond=0), site.zone)
    return PlanLine(Chosen(starts_at=starts_at, chair_pk=chair_pk, dose_mg=dose_mg), parts[3:4] == ["m"])


def text_of(chosen: Chosen, site: Site, *, is_moved: bool) -> str:
    local = chosen.starts_at.astimezone(site.zone)
    return f"{local:%Y-%m-%dT%H:%M}@{chosen.chair_pk}@{chosen.dose_mg}{'@m' if is_moved else ''}"
