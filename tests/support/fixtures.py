"""Fixtures of engines and real servers: test_database, broker, inbox, make_stack, stack, demo_stack."""

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from tests.support.broker import Broker
from tests.support.database import OWN, Databases, fold_wal, is_postgres, make_template, this_process_uses, url_of
from tests.support.once import SHARED, of_this_run, once
from tests.support.slow import is_longer, is_slow, is_unmeasured, turn
from tests.support.smtp import Inbox, running_inbox
from tests.support.stack import LiveStack

# Playwright's loop runs in this thread; the tests' ORM calls beside it are meant.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")

StackMaker = Callable[..., LiveStack]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Before `-m` chooses: mark what takes seconds, what is not measured and what meets no engine; the longest first."""
    if "sqlite" in settings.DATABASES["default"]["ENGINE"]:
        others = [item for item in items if item.get_closest_marker("postgresql")]
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if item not in others]
    for item in items:
        if is_slow(item.nodeid):
            item.add_marker(pytest.mark.slow)
        if is_longer(item.nodeid):
            item.add_marker(pytest.mark.longer)
        if is_unmeasured(item.nodeid):
            item.add_marker(pytest.mark.unmeasured)
        elif not meets_engine(item):
            item.add_marker(pytest.mark.engine_free)
    items.sort(key=lambda item: turn(item.nodeid))


def pytest_collection_finish() -> None:
    """What is imported by now stays to the end: the collector need not walk it again and again (a sixth of the suite's time)."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def meets_engine(item: pytest.Item) -> bool:
    """Whether a test reads or writes a database: pytest-django refuses the others any."""
    asked = {"db", "transactional_db", "django_db_setup"}
    return item.get_closest_marker("django_db") is not None or bool(asked & set(getattr(item, "fixturenames", ())))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory: pytest.TempPathFactory, templates: Path, request: pytest.FixtureRequest) -> None:
    """SQLite's test database is a file, so that threads and other processes meet its real locks; on PostgreSQL each process has its own copy."""
    database = settings.DATABASES["default"]
    if "sqlite" in database["ENGINE"]:
        wanted = {"NAME": str(tmp_path_factory.mktemp("database") / "test.sqlite3")}
    else:
        wanted = {"NAME": f"test_vigil{OWN}"}
        if not request.config.getoption("nomigrations"):
            wanted["TEMPLATE"] = make_template(templates)
    database["TEST"] = {**database.get("TEST", {}), **wanted}


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where migrated databases to copy lie. PostgreSQL's live in one server, which one run has."""
    return Path(SHARED) if SHARED and not is_postgres() else of_this_run(tmp_path_factory)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    """A running broker of this test's own."""
    made = Broker(tmp_path / "broker")
    made.start()
    yield made
    made.stop()


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    """A running SMTP server of this test's own."""
    with running_inbox() as made:
        yield made


@pytest.fixture(scope="session")
def databases(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory, templates: Path) -> Databases:
    return Databases(tmp_path_factory.mktemp("stacks"), templates)


@pytest.fixture(scope="session")
def demonstration(databases: Databases, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of a database that `seed_demo` has filled; made once in a run, copied for each stack that wants it."""
    shared = of_this_run(tmp_path_factory)
    name = "vigil_demonstration" if is_postgres() else str(shared / "demonstration.sqlite3")
    with django_db_blocker.unblock():
        once(shared, "demonstration", lambda: seed(databases.fresh(name=name), tmp_path_factory.mktemp("demonstration")))
    return name


def seed(name: str, folder: Path) -> None:
    with running_inbox() as inbox:
        LiveStack(folder, database_url=url_of(name), broker=Broker(folder / "broker"), inbox=inbox).manage("seed_demo")
    if not is_postgres():
        fold_wal(url_of(name))


def stacks(databases: Databases, blocker: Any, factory: pytest.TempPathFactory) -> Iterator[StackMaker]:
    """A maker of live stacks; all of them end, and their databases go, with the fixture."""
    with blocker.unblock(), ExitStack() as exits:

        def make(*names: str, copy_of: str = "", **environment: str) -> LiveStack:
            folder = factory.mktemp("stack")
            name = databases.fresh(copy_of)
            exits.callback(databases.drop, name)
            exits.enter_context(this_process_uses(name))
            broker = Broker(folder / "broker")
            broker.start()
            exits.callback(broker.stop)
            inbox = exits.enter_context(running_inbox())
            made = LiveStack(folder, database_url=url_of(name), broker=broker, inbox=inbox)
            made.environment.update(environment)
            exits.callback(made.end)
            made.start(*names)
            return made

        yield make


@pytest.fixture
def make_stack(databases: Databases, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StackMaker]:
    """`make_stack("web", "worker", NAME="value")`: a stack of this test's own, all three services without a name."""
    yield from stacks(databases, django_db_blocker, tmp_path_factory)


@pytest.fixture(scope="module")
def stack(databases: Databases, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveStack]:
    """One empty installation for the tests of a file: web, worker, beat, broker, SMTP."""
    for make in stacks(databases, django_db_blocker, tmp_path_factory):
        yield make()


@pytest.fixture(scope="module")
def demo_stack(databases: Databases, demonstration: str, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveStack]:
    """One installation with the demonstration clinic for the tests of a file."""
    for make in stacks(databases, django_db_blocker, tmp_path_factory):
        yield make(copy_of=demonstration)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's Chromium: nothing is downloaded."""
    return {**browser_type_launch_args, "executable_path": chromium(), "args": ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]}


def chromium() -> str:
    return os.environ.get("VIGIL_CHROMIUM", "/usr/bin/chromium")
