"""The house keeps its own rules (style.md): each test reads the code itself and names every place that strays."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models
from django.template.loader import get_template
from django.urls import URLPattern, URLResolver, get_resolver

from clinic.guards.plan import site_field
from config.celery import app as celery_app

ROOT = Path(__file__).resolve().parents[1]
ROOMS = settings.ROOMS
CODE = ["config", *ROOMS]
LABELS = {config.label for config in apps.get_app_configs() if config.name in ROOMS}
MODELS = [model for model in apps.get_models() if model._meta.app_label in LABELS]


def python(*folders: str) -> list[Path]:
    """Our Python files; migrations are written by Django."""
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py") if "migrations" not in path.parts)


def templates() -> list[Path]:
    return sorted((ROOT / "templates").rglob("*.html"))


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def nodes(path: Path) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(path.read_text()))


def places(paths: list[Path], pattern: str) -> list[str]:
    """file:line of everything that the pattern finds."""
    found = []
    for path in paths:
        text = path.read_text()
        found += [f"{name(path)}:{text.count(chr(10), 0, match.start()) + 1}: {match[0][:60]}" for match in re.finditer(pattern, text)]
    return found


# --- shape -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("paths", "most"), [(python(*CODE, "tests", "scripts"), 300), (templates(), 120)], ids=["python", "templates"])
def test_files_are_short(paths: list[Path], most: int) -> None:
    lengths = {name(path): path.read_text().count("\n") for path in paths}
    assert {path: length for path, length in lengths.items() if length >= most} == {}


def test_functions_are_short() -> None:
    long = [
        f"{name(path)}: {node.name} has {length} lines"
        for path in python(*CODE, "tests", "scripts")
        for node in nodes(path)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (length := (node.end_lineno or 0) - node.lineno + 1) > 40
    ]
    assert long == []


def test_the_first_line_of_a_file_says_its_one_idea() -> None:
    assert [
        name(path) for path in python(*CODE, "tests", "scripts") if path.read_text().strip() and not ast.get_docstring(ast.parse(path.read_text()))
    ] == []


def test_there_is_no_drawer_for_everything() -> None:
    assert [name(path) for path in python(*CODE) if path.stem in ("utils", "helpers", "misc", "common", "signals")] == []


# --- the clock, signals, save ----------------------------------------------------------------------------------------
CLOCKS = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("timezone", "now"),
    ("timezone", "localdate"),
    ("time", "time"),
}


def test_only_the_clock_asks_the_clock() -> None:
    asked = [
        f"{name(path)}:{node.lineno}"
        for path in python(*CODE)
        if name(path) != "clinic/clock.py"
        for node in nodes(path)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and (node.value.id, node.attr) in CLOCKS
    ]
    imported = places(
        [path for path in python(*CODE) if name(path) != "clinic/clock.py"], r"from django\.utils\.timezone import .*\b(now|localdate)\b"
    )
    assert asked + imported + places(templates(), r"{%\s*now\b") == []


def test_no_field_asks_the_clock_by_itself() -> None:
    """`date_joined` is the one that the sign-in library's own commands leave to the model."""
    fields = [
        f"{model._meta.label}.{field.name}"
        for model in MODELS
        for field in model._meta.fields
        if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
    ]
    assert fields == ["clinic.User.date_joined"]


SIGNALS = r"django\.dispatch|django\.db\.models\.signals|\bpost_save\b|(?<!def )\bpre_save\b|\bm2m_changed\b"  # a field defines a hook of that name


def test_there_are_no_signals_but_those_of_migrate() -> None:
    strays = {place.split(":")[0] for place in places(python(*CODE), SIGNALS)}
    assert strays == {"clinic/apps.py", "config/apps.py"}


def test_nothing_decides_in_save() -> None:
    assert [
        f"{name(path)}:{node.lineno}" for path in python(*CODE) for node in nodes(path) if isinstance(node, ast.FunctionDef) and node.name in ("save", "delete", "full_clean")
    ] == []  # fmt: skip


# --- tables ----------------------------------------------------------------------------------------------------------
OF_NO_SITE = {
    "clinic.Organisation": "stands above sites",
    "clinic.Site": "is the site",
    "clinic.User": "one person, many memberships",
    **dict.fromkeys(("clinic.BackupRun", "clinic.ClockOffset", "clinic.Heartbeat", "clinic.TaskTally"), "the installation's"),
    "clinic.AuditHead": "its key names the chain",
    **dict.fromkeys(("clinic.AnchorRound", "clinic.AnchorDelivery"), "of every chain"),
}


def test_every_row_that_belongs_to_a_site_says_so() -> None:
    assert {model._meta.label for model in MODELS if site_field(model) is None} == set(OF_NO_SITE)
    nullable = {model._meta.label for model in MODELS if (field := site_field(model)) is not None and field.null}
    assert nullable == {"clinic.AuditEntry"}, "acts without a site are in the organisation's chain; everything else has its site"


UNTIED = {
    "clinic.Invitation.created": "start_clinic invites the first administrator, and no person stands behind it",
    "clinic.SitePolicy.recorded": "a site's first policy is made with it, by nobody in particular",
    "treatment_sessions.Breach.recorded": "a breach that the watchman finds is recorded by no person",
    "treatment_sessions.Settled.settled": "a patient may give up a visit of a closed day by their own link",
    "reminders.DeliveryReport.reported": "the provider's word has no person behind it",
    "observed": "observed_by is filled only where it differs from who recorded (MON-7)",
    "recorded": "recorded_by is tied to recorded_via: a person, a screen or a patient's link",
}


def untied_pairs(model: type[models.Model]) -> Iterator[str]:
    """Stems of `…_at`/`…_by` where one may be empty and no constraint names both."""
    fields = {field.name: field for field in model._meta.concrete_fields}
    named = [set(c.condition.referenced_base_fields) for c in model._meta.constraints if isinstance(c, models.CheckConstraint)]  # type: ignore[attr-defined]
    for stem in sorted(field.removesuffix("_by") for field in fields if field.endswith("_by")):
        pair = {f"{stem}_at", f"{stem}_by"}
        if pair <= set(fields) and any(fields[half].null for half in pair) and not any(pair <= names for names in named):
            yield stem


def test_who_and_when_are_tied_by_a_constraint() -> None:
    untied = {(model, stem) for model in MODELS for stem in untied_pairs(model)}
    unexplained = {
        f"{model._meta.label}.{stem}"
        for model, stem in untied
        if f"{model._meta.label}.{stem}" not in UNTIED and not (hasattr(model, "recorded_via") and stem in UNTIED)
    }
    assert unexplained == set()


def test_rows_are_protected_from_what_they_hang_on() -> None:
    loose = [
        f"{model._meta.label}.{field.name}"
        for model in MODELS
        for field in model._meta.concrete_fields
        if field.remote_field and field.remote_field.on_delete is not models.PROTECT  # type: ignore[union-attr]
    ]
    assert loose == []


# --- work in the background ------------------------------------------------------------------------------------------
def test_every_entry_of_beat_is_a_real_task_that_expires() -> None:
    celery_app.loader.import_default_modules()
    schedule = settings.CELERY_BEAT_SCHEDULE
    assert schedule
    assert {entry["task"] for entry in schedule.values()} <= set(celery_app.tasks)
    assert all(0 < entry["options"]["expires"] <= 2 * entry["schedule"] for entry in schedule.values())


# --- pages -----------------------------------------------------------------------------------------------------------
BY_CONVENTION = {"400.html", "403.html", "404.html", "500.html", "403_csrf.html"}


def test_every_template_is_used() -> None:
    sources = "\n".join(path.read_text() for path in [*python(*CODE), *templates()])
    unused = []
    for path in templates():
        word = str(path.relative_to(ROOT / "templates"))
        if word not in BY_CONVENTION and not is_named(word, sources) and not is_the_sign_in_librarys(word):
            unused.append(word)
    assert unused == []


def is_named(word: str, sources: str) -> bool:
    """By its whole name, or by an f-string that can become it (a page for each language)."""
    made = {re.sub(r"\\\{.*?\\\}", r"\\w+", re.escape(text)) for text in re.findall(r'f"([\w/{}.]+\.html)"', sources)}
    return word in sources or any(re.fullmatch(pattern, word) for pattern in made)


def is_the_sign_in_librarys(word: str) -> bool:
    """A page of ours in the place of one that allauth brings."""
    return word.split("/")[0] in ("account", "allauth", "mfa") and any((Path(root) / word).exists() for root in library_templates())


def library_templates() -> list[Path]:
    return [Path(config.path) / "templates" for config in apps.get_app_configs() if config.name.startswith("allauth")]


def test_every_template_compiles() -> None:
    for path in templates():
        get_template(str(path.relative_to(ROOT / "templates")))


INCLUDED = re.compile(r'{%\s*include\s+"([^"]+)"([^%]*)%}')


def posts(word: str, sources: dict[str, str], seen: frozenset[str] = frozenset()) -> bool:
    """Whether a template, or one that it includes, holds a form that posts."""
    if word in seen or word not in sources:
        return False
    return "{% csrf_token %}" in sources[word] or any(posts(found[0], sources, seen | {word}) for found in INCLUDED.findall(sources[word]))


def test_a_form_in_an_isolated_include_gets_its_token() -> None:
    """`only` cuts the token off: without JavaScript, which sends it in a header, the post would be refused."""
    sources = {str(path.relative_to(ROOT / "templates")): path.read_text() for path in templates()}
    without = [
        f"{word} -> {included}"
        for word, text in sources.items()
        for included, arguments in INCLUDED.findall(text)
        if arguments.strip().endswith("only") and "csrf_token" not in arguments and posts(included, sources)
    ]
    assert without == []


# Mail programs drop every style that is not inline.
MAIL = "templates/reminders/mail.html"
INLINE = r"""(?i)\son[a-z]+\s*=\s*["']|\sstyle\s*=|<style\b|javascript:|\shx-on[:-]|<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>"""


def test_nothing_runs_or_is_styled_inline() -> None:
    assert places([path for path in templates() if name(path) != MAIL], INLINE) == []
    assert places(python(*CODE), r"""\sstyle=["']|\son(click|change|submit|input|load)=|<script(?! src)|<style\b""") == []


def test_nothing_is_fetched_from_elsewhere() -> None:
    ours = [*templates(), *sorted((ROOT / "static/vigil").rglob("*.css")), *sorted((ROOT / "static/vigil").rglob("*.js"))]
    assert places(ours, r"""(?:src|href|action|url\(|import|fetch\()\s*=?\s*["']?(?:https?:)?//(?!www\.w3\.org)[^"'\s)]+""") == []


def test_every_posted_form_carries_its_token() -> None:
    forms = r"""(?is)<form\b(?=[^>]*method="post")(?:(?!</form>).)*"""
    bare = [
        place
        for path in templates()
        for text in [path.read_text()]
        for place in re.findall(forms, text)
        if not re.search(r"csrf_token|{%\s*crispy", place)
    ]
    assert bare == []


# --- names -----------------------------------------------------------------------------------------------------------
SEVERAL_NAMES_FOR_ONE_VIEW = {"fact_withdraw"}


def our_patterns(patterns: list[URLPattern | URLResolver] | None = None) -> Iterator[URLPattern]:
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            yield from our_patterns(pattern.url_patterns)
        elif pattern.lookup_str.split(".")[0] in CODE:
            yield pattern


def test_a_url_and_its_view_share_a_name() -> None:
    differing = {f"{pattern.name} → {pattern.callback.__name__}" for pattern in our_patterns() if pattern.name != pattern.callback.__name__}
    assert {pair for pair in differing if pair.split(" → ")[1] not in SEVERAL_NAMES_FOR_ONE_VIEW} == set()


def test_every_url_has_a_name_of_its_own() -> None:
    names = [pattern.name for pattern in our_patterns()]
    assert None not in names
    assert {word for word in names if names.count(word) > 1} == set()
