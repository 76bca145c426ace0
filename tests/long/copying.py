"""The whole database into one of the other engine, run by hand (it migrates one from nothing): pytest tests/long/copying.py"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from clinic.backups.places import Place
from tests.clinic.test_copy_database import arrives_whole, source
from tests.support.database import is_postgres
from tests.support.postgres import running_postgres

__all__ = ["source"]


@pytest.fixture
def target(tmp_path: Path) -> Iterator[Place]:
    if is_postgres():
        yield Place.of_url(f"sqlite:///{tmp_path}/copy.sqlite3")
        return
    with running_postgres() as url:
        yield Place.of_url(url)


@pytest.mark.timeout(1200)
def test_every_row_arrives_in_the_other_engine(source: str, target: Place, capsys: pytest.CaptureFixture[str]) -> None:
    arrives_whole(source, target, capsys)
