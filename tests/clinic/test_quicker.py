"""Django's own filter and tag, quicker (clinic.templatetags.quicker): the same text for every format that a page names."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.template import Context, Engine, Template
from django.template.defaultfilters import date as django_date
from django.urls import NoReverseMatch, reverse
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from clinic.templatetags import quicker

FORMATS = sorted({found for page in Path(settings.BASE_DIR, "templates").rglob("*.*") for found in re.findall(r'\|date:"([^"]*)"', page.read_text())})


def outcome(write: Callable[[object, str | None], object], value: object, wanted: str | None) -> object:
    try:
        return write(value, wanted)
    except TypeError as refused:
        return str(refused)


def test_pages_name_formats_and_most_are_written_straight() -> None:
    straight = [wanted for wanted in FORMATS if quicker.writers(wanted)[0]]
    assert {"H:i", "j M Y", "D j M, H:i", "l, j F"} <= set(straight)
    assert len(straight) >= len(FORMATS) - 8


@given(moment=st.datetimes(timezones=st.just(UTC)), language=st.sampled_from(["en", "es"]))
def test_a_moment_and_its_day_read_as_djangos(moment: datetime, language: str) -> None:
    with translation.override(language):
        for wanted in FORMATS:
            for value in (moment, moment.date(), moment.time()):
                assert outcome(quicker.date, value, wanted) == outcome(django_date, value, wanted)


@pytest.mark.parametrize("value", [None, "", "yesterday", 5, date(2026, 11, 23)])
def test_what_is_no_moment_is_djangos_matter(value: object) -> None:
    for wanted in [*FORMATS, None, "SHORT_DATE_FORMAT"]:
        assert outcome(quicker.date, value, wanted) == outcome(django_date, value, wanted)


def test_a_moment_is_told_in_the_zone_that_is_active() -> None:
    with timezone.override("America/New_York"):
        page = Template('{{ at|date:"H:i" }}').render(Context({"at": datetime(2026, 11, 23, 12, 5, tzinfo=UTC)}))
    assert page == "07:05"


def test_an_address_is_djangos_and_a_wrong_one_is_refused() -> None:
    told = Context({"slug": "riverside", "pk": 7, "name": "flowsheet"})
    page = Template('{% url name slug pk %} {% url "board" site=slug %} {% url "board" slug as kept %}{{ kept }}').render(told)
    board = reverse("board", args=["riverside"])
    assert page == f"{reverse('flowsheet', args=['riverside', 7])} {board} {board}"
    with pytest.raises(NoReverseMatch):
        Template('{% url "flowsheet" slug "x" %}').render(told)


def test_the_pages_engine_has_them() -> None:
    engine = Engine.get_default()
    assert engine.template_libraries is not None
    assert [library.filters.get("date") for library in engine.template_builtins][-1] is quicker.date
