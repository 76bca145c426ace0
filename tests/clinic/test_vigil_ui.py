"""The small parts of every page: icons exist, pills speak, clocks say the same on the server and in the browser."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.template import Context, Template
from django.urls import reverse

from clinic.context_processors import NAVIGATION
from clinic.findings import Finding, Level
from clinic.templatetags.clock_words import GRACE, HOURS, MINUTES, SINCE, SOON, WORDS, clock_text, minutes_between
from clinic.templatetags.tones import FORM_STATES, LEVELS, PHASES
from clinic.templatetags.vigil_ui import icon_drawings
from sessions.states import FormStatus, Status

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
TEMPLATES = sorted((Path(settings.BASE_DIR) / "templates").rglob("*.html"))


def shown(source: str, **context: object) -> str:
    return Template("{% load vigil_ui %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("kind", "seconds", "state", "text"),
    [
        ("due", 720, "is-ahead", "in 12 min"),
        ("due", 245, "is-soon", "in 4 min 05 s"),
        ("due", 0, "is-now", "due now"),
        ("due", -300, "is-now", "due now"),
        ("due", -301, "is-late", "late 5 min"),
        ("due", 3720, "is-ahead", "in 1 h 02 min"),
        ("gate", 4680, "is-ahead", "in 78 min"),
        ("gate", -1, "is-over", "open"),
        ("rest", 192, "is-soon", "3:12"),
        ("rest", -5, "is-over", "over"),
        ("ends", 600, "is-ahead", "10 min left"),
        ("minutes", 3725, "", "62 min"),
        ("minutes", 18000, "", "300 min"),
        ("ago", 59, "", "0 min ago"),
        ("ago", 10799, "", "179 min ago"),
        ("ago", 10800, "", "3 h ago"),
        ("ago", 172799, "", "47 h ago"),
        ("ago", 172800, "", "2 days ago"),
        ("due", -10800, "is-late", "late 3 h"),
        ("due", -345600, "is-late", "late 4 days"),
        ("words", 4320, "", "1 h 12 min"),
        ("words", 240, "", "4 min"),
    ],
)
def test_clock_words(kind, seconds, state, text):
    assert clock_text(kind, seconds) == (state, text)


def test_the_browser_has_the_same_words():
    script = (Path(settings.BASE_DIR) / "static" / "vigil" / "clocks.js").read_text()
    for kind, words in WORDS.items():
        listed = ", ".join(f'"{word}"' for word in words)
        assert f"{kind}: [{listed}]" in script
    assert f"GRACE = {GRACE}, SOON = {SOON}, MINUTES = {MINUTES}, HOURS = {HOURS};" in script


def test_minutes_between_are_whole_and_never_negative():
    assert minutes_between(NOW, NOW + timedelta(seconds=119)) == 1
    assert minutes_between(NOW, NOW - timedelta(hours=1)) == 0


def test_a_countdown_carries_its_moment_and_its_words():
    html = shown("{% clock_until due now %}", due=NOW + timedelta(minutes=12), now=NOW)
    assert 'data-clock-until="2026-11-23T14:12:00+00:00"' in html
    assert ">in 12 min</time>" in html


@pytest.mark.parametrize("kind", SINCE)
def test_time_gone_by_never_runs_late(kind):
    assert "is-late" not in shown("{% clock_since start now kind=kind %}", start=NOW - timedelta(hours=3), now=NOW, kind=kind)


def test_no_moment_is_a_dash():
    assert "–" in shown("{% clock_until due now %}", due=None, now=NOW)


def test_without_a_moment_now_the_request_is_asked(rf):
    from django.template import RequestContext

    request = rf.get("/")
    request.now = NOW
    context = RequestContext(request, {"due": NOW + timedelta(minutes=12)})
    assert "in 12 min" in Template("{% load vigil_ui %}{% clock_until due %}").render(context)


@pytest.mark.parametrize("status", Status)
def test_every_phase_has_its_word_and_icon(status):
    assert PHASES[status].icon in icon_drawings()
    assert PHASES[status].word in shown("{% phase_pill status %}", status=status)


@pytest.mark.parametrize("status", FormStatus)
def test_every_form_state_has_its_word(status):
    assert FORM_STATES[status].word in shown("{% form_pill status %}", status=status)


@pytest.mark.parametrize("level", Level)
def test_findings_show_word_text_and_rule(level):
    finding = Finding("PRE-2", level, "Pressure <above> 140/90.")
    html = shown('{% include "components/_findings.html" %}', findings=[finding], title="", good="")
    assert LEVELS[level.word].word in html
    assert "Pressure &lt;above&gt; 140/90." in html
    assert "PRE-2" in html


def test_red_is_kept_for_act_now():
    assert [code for code, tone in {**PHASES, **FORM_STATES, **LEVELS}.items() if tone.tone == "act"] == ["overdue", "critical"]


def test_an_unknown_code_is_shown_as_it_is_and_escaped():
    assert "&lt;b&gt;" in shown("{% phase_pill code %}", code="<b>")


def test_an_icon_is_silent_or_speaks():
    assert 'aria-hidden="true"' in shown('{% icon "bell" %}')
    assert 'role="img" aria-label="Alert &quot;1&quot;"' in shown("{% icon 'bell' label=label %}", label='Alert "1"')


def test_a_step_has_the_place_that_a_refused_form_returns_to():
    html = shown('{% step name="dose" label="Dose" state=state %}<p>inside</p>{% endstep %}', state="open")
    assert 'id="step-dose"' in html
    assert "<p>inside</p>" in html
    assert "inside" not in shown('{% step name="dose" label="Dose" state="later" %}<p>inside</p>{% endstep %}')


def test_a_card_escapes_its_title():
    assert "&lt;i&gt;" in shown("{% card title=title %}x{% endcard %}", title="<i>")


def test_a_drawing_is_kept_once_and_shown_in_many_rows():
    row = '{% for one in "ab" %}{% drawn "bell" %}{% endfor %}'
    page = shown('{% drawings "bell eye" %}' + row)
    assert page.count(icon_drawings()["bell"]) == 1
    assert page.count('<use href="#v-bell"/>') == 2
    assert shown("{% drawings names %}{% drawn name %}", names=["bell"], name="bell").count("v-bell") == 2


def test_an_address_is_the_one_that_django_writes():
    assert shown('{% address "messages" slug %}', slug="riverside") == reverse("messages", args=["riverside"])
    for name in ("flowsheet", "observation_correct", "check_withdraw"):
        assert shown("{% address name slug 41 %}", name=name, slug="riverside") == reverse(name, args=["riverside", 41])


def test_every_icon_named_in_a_template_is_drawn():
    drawn = icon_drawings()
    named = {(page.name, name) for page in TEMPLATES for name in re.findall(r"{%\s*(?:icon|drawn) [\"']([\w-]+)[\"']", page.read_text())}
    named |= {("navigation", icon) for _, _, icon, _ in NAVIGATION}
    assert sorted((page, name) for page, name in named if name not in drawn) == []


def test_comments_of_one_line_stay_on_one_line():
    """Django prints a `{# … #}` that spans lines; `{% comment %}` is for those."""
    broken = [page.name for page in TEMPLATES if any("{#" in line and "#}" not in line for line in page.read_text().splitlines())]
    assert broken == []
