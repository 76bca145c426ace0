"""How a check is laid out for thumbs: numbers, segments, ticks; plain values for templates/sessions/_check_form.html."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from sessions.forms.check import NOT_OBTAINED, REASONS, SEDATION
from sessions.models.monitoring import Breathing, Dissociation, Nausea
from sessions.rules.alerts import URGENT_SIGNS
from sessions.rules.vitals import BY_FIELD

# Field, what stands under it, after how many digits the next field has its turn (forms.js).
NUMBERS = (("systolic", "mmHg", 3), ("diastolic", "mmHg", 3), ("pulse", "/min", 3), ("spo2", "%", 3), ("breaths", "/min", 2))
SHORT = {"systolic": "Systolic", "diastolic": "Diastolic", "pulse": "Pulse", "spo2": "SpO₂", "breaths": "Breaths"}
# Field, its question, its choices as (value, word), and the one that stands for "nothing to see" in the one-tap answer.
SEGMENTS: tuple[tuple[str, str, Sequence[tuple[Any, Any]], str], ...] = (
    ("sedation", "Sedation (MOAA/S)", SEDATION, "5"),
    ("dissociation", "Dissociation", Dissociation.choices, "none"),
    ("breathing", "Breathing", Breathing.choices, "normal"),
    ("nausea", "Nausea", Nausea.choices, "none"),
)
OPTIONAL = ("breaths",)


def told(data: Any, name: str) -> str:
    """A posted or initial value as text; empty where there is none."""
    value = data.get(name)
    return "" if value is None else str(value)


def chosen(data: Any, name: str) -> set[str]:
    """The values of a field of ticks."""
    values = data.getlist(name) if isinstance(data, QueryDict) else data.get(name) or []
    return {str(value) for value in values}


def first_error(errors: Mapping[str, Any], name: str) -> str:
    return str(errors[name][0]) if errors.get(name) else ""


def drawn_check(form: Any) -> SafeString:
    """The fields of a check that was refused, or blank ones."""
    return blank_check() if form is None else render_to_string("sessions/_check_form.html", {"check": check_layout(form.data, form.errors)})


@cache
def blank_check() -> SafeString:
    """The check that nobody has begun: the same for every patient, so it is drawn once a worker."""
    drawn = render_to_string("sessions/_check_form.html", {"check": check_layout({}, {})})
    return mark_safe(re.sub(r"\s*\n\s*", "\n", drawn))  # noqa: S308  the same markup, without its indentation


def check_layout(data: Any, errors: Mapping[str, Any], *, time_hint: str = "Empty means now.") -> dict[str, object]:
    """Everything that the form draws, from what was posted (or the check to correct) and what was wrong with it."""
    ticked, signs = chosen(data, "not_obtained"), chosen(data, "urgent_signs")
    reason = told(data, "not_obtained_reason")
    return {
        "numbers": [number_row(data, errors, *row) for row in NUMBERS],
        "segments": [segment_row(data, errors, *row) for row in SEGMENTS],
        "signs": [{"value": value, "label": label, "is_on": value in signs} for value, label in URGENT_SIGNS],
        "has_signs": bool(signs),
        "missing": [{"value": value, "label": label, "is_on": value in ticked} for value, (label, _) in NOT_OBTAINED.items()],
        "missing_reason": reason,
        "reasons": [label for _, label in REASONS],
        "has_missing": bool(ticked) or bool(reason),
        "cadss": told(data, "cadss"),
        "cadss_error": first_error(errors, "cadss"),
        "note": told(data, "note"),
        "observed_at": told(data, "observed_at"),
        "time_hint": time_hint,
        "time_error": first_error(errors, "observed_at"),
        "has_more": any(told(data, name) for name in ("note", "cadss", "observed_at"))
        or any(errors.get(name) for name in ("note", "cadss", "observed_at")),
        "reason": told(data, "reason"),
        "reason_error": first_error(errors, "reason"),
        "other_errors": [str(error) for error in errors.get("__all__", [])] + [str(error) for error in errors.get("client_key", [])],
    }


def number_row(data: Any, errors: Mapping[str, Any], name: str, unit: str, digits: int) -> dict[str, object]:
    reading = BY_FIELD[name]
    return {
        "name": name, "label": SHORT[name], "unit": unit, "digits": digits, "value": told(data, name), "error": first_error(errors, name),
        "likely": f"{reading.likely_least}-{reading.likely_most}", "is_optional": name in OPTIONAL,
    }  # fmt: skip


def segment_row(data: Any, errors: Mapping[str, Any], name: str, label: str, choices: Sequence[tuple[Any, Any]], usual: str) -> dict[str, object]:
    value = told(data, name)
    numbered = name == "sedation"
    options = [
        {"value": str(code), "label": str(word), "big": str(code) if numbered else "", "is_on": str(code) == value, "is_usual": str(code) == usual}
        for code, word in choices
    ]
    return {"name": name, "label": label, "options": options, "error": first_error(errors, name)}
