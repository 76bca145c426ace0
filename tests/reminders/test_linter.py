"""What no message may say, in which letters, how long: tables, and the wordings that Vigil brings at their longest."""

from datetime import UTC, datetime, timedelta

import pytest

from clinic.rules.telling import telling_word
from reminders.queries.wordings import shipped
from reminders.rules.kinds import WORDED, Kind
from reminders.rules.linter import plain_letters, septets, shortened, text_findings, word_findings
from reminders.rules.templates import dialled, part_findings, placeholders_of
from reminders.wording import shortly, spoken

PHONE = "+1 (518) 555-0100"
LINK = "https://visits.riverside-wellness.example/v/" + "x" * 40 + "/"
NAME = "The Exampleton and Upper Sampleville Valley Wellness Center"
YEAR = [datetime(2026, 1, 1, 22, 30, tzinfo=UTC) + timedelta(days=day) for day in range(365)]


def longest(language: str, part: str) -> dict[str, str]:
    """The longest day and time that a message can tell."""
    said = [(shortly if part == "text" else spoken)(at, language) for at in YEAR]
    day, time = (max((pair[half] for pair in said), key=len) for half in (0, 1))
    return {"place": NAME, "phone": PHONE, "day": day, "time": time, "link": LINK, "visits": f"- {day}, {time}"}


@pytest.mark.parametrize("part", ["subject", "body", "text"])
@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("kind", WORDED)
def test_what_is_shipped_says_nothing_and_fits(kind: Kind, language: str, part: str) -> None:
    template, fields = getattr(shipped(kind, language), part), longest(language, part)
    assert part_findings(kind, part, template, field=part, fields=fields) == []
    assert word_findings(template.format(**fields), link=LINK, place=NAME) == []


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        ("Your SPRAVATO visit", "MSG-4"), ("Esketamina mañana", "MSG-4"), ("k.e.t.a.m.i.n.e today", "MSG-4"), ("Spra vato", "MSG-4"),
        ("ｋｅｔａｍｉｎｅ", "MSG-4"), ("for your Depression", "MSG-4"), ("por su depresión", "MSG-4"), ("estado de ánimo", "MSG-4"),
        ("the REMS asks", "MSG-4"), ("nasal spray", "MSG-4"), ("Don't eat for two hours", "MSG-4"), ("No conduzca hasta mañana", "MSG-4"),
        ("bring a driver", "MSG-4"), ("Tome sus pastillas", "MSG-4"), ("your dose", "MSG-4"), ("blood pressure", "MSG-4"), ("Venga en ayunas", "MSG-4"),
        ("Reply CANCEL to cancel", "MSG-2"), ("responda «cancelar»", "MSG-2"), ("Text us to quit", "MSG-2"), ("CANCEL = no visit", "MSG-2"),
        ("Envíe BAJA", "MSG-2"), ("Reply STOP to cancel your visit", "MSG-2"), ("STOP para mover la cita", "MSG-2"),
        ("see https://elsewhere.example", "MSG-4"), ("riverside.com", "MSG-4"),
    ],
)  # fmt: skip
def test_what_is_found(words: str, rule: str) -> None:
    assert rule in [finding.rule for finding in word_findings(words)]


@pytest.mark.parametrize(
    "words",
    [
        "Your visit was cancelled. STOP ends",
        "Su visita fue cancelada. STOP termina",
        "Reply STOP to end texts",
        "Fundamental changes",
        "Weekend hours",
        "Please confirm",
    ],
)
def test_what_may_be_said(words: str) -> None:
    assert word_findings(words) == []


def test_the_patients_link_and_the_sites_name_are_no_words_of_the_message() -> None:
    assert (
        word_findings("Drive Street Wellness: https://a.example/v/-ketamine-/", link="https://a.example/v/-ketamine-/", place="Drive Street Wellness")
        == []
    )
    assert word_findings("Ketamine Center: hello", place="Ketamine Center") != []


def test_the_first_telling_word_is_named() -> None:
    assert telling_word("Neutral Wellness") == ""
    assert telling_word("Clínica de Psiquiatría") == "psiquiatria"


def test_letters_that_every_phone_has() -> None:
    assert plain_letters("“Café Río” – José’s, mañana…") == '"Café Rio" - José\'s, mañana...'
    assert septets("a€{b}") == 8
    assert [finding.rule for finding in text_findings("See you 🙂")] == ["MSG-1"]
    assert text_findings("x" * 160) == []
    assert "160 letters" in text_findings("x" * 159 + "€")[0].text


@pytest.mark.parametrize(
    ("name", "room", "cut"),
    [
        ("Riverside Wellness", 30, "Riverside Wellness"),
        ("Riverside Wellness Center", 20, "Riverside Wellness"),
        ("Supercalifragilistic Wellness", 22, "Supercalifragilistic"),
        ("Anextraordinarilylongname", 3, "Anextraordinaril"),
        ("[[[[[[[[[[[[[[[[[[", 16, "[[[[[[[["),
    ],
)
def test_a_name_gives_way_between_words(name: str, room: int, cut: str) -> None:
    assert shortened(name, room) == cut


@pytest.mark.parametrize(
    ("part", "template", "words"),
    [
        ("subject", "Your visit on {day}", "The subject has none"),
        ("body", "{place} {phone} {link} {name}", "no placeholder {name}"),
        ("body", "{place.__class__} {phone} {link}", "Braces"),
        ("body", "{place!r} {phone} {link}", "Braces"),
        ("body", "{place} {phone} {link", "Braces"),
        ("body", "{place} {link}", "Say the site's phone"),
        ("text", "{place} {phone} {visits} STOP", "no placeholder {visits}"),
        ("text", "{place} {phone}", "STOP"),
        ("text", "{place} {phone} {link} STOP " + "x" * 60, "160 letters"),
        ("text", "{place} {phone} STOP €", ""),
    ],
)
def test_what_a_wording_must_hold(part: str, template: str, words: str) -> None:
    found = part_findings(Kind.DAY_BEFORE, part, template, field="here", fields=longest("en", part))
    assert [finding.field for finding in found] == (["here"] if words else [])
    assert all(words in finding.text for finding in found)


def test_a_number_is_said_as_it_is_dialled() -> None:
    assert dialled("+1 (518) 555-0100") == "+15185550100"
    assert dialled("555 0100 ext 7") == "555 0100 ext 7"


def test_only_the_course_lists_visits() -> None:
    assert "visits" in placeholders_of(Kind.SUMMARY, "body")
    assert "visits" not in placeholders_of(Kind.SUMMARY, "text")
