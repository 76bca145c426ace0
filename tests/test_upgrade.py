"""Old code against the new schema: each migration since the last release only adds, or says why it needs a stop."""

import pytest
from django.db import migrations, models
from pytest_django import Settings

from scripts.upgrading import faults, leaves, since_release, stumbling

pytestmark = pytest.mark.engine_free
A_CHECK = models.CheckConstraint(condition=models.Q(a=1), name="a")


@pytest.mark.parametrize(
    ("operation", "is_fine"),
    [
        (migrations.CreateModel("thing", [("id", models.AutoField(primary_key=True))]), True),
        (migrations.AddField("thing", "word", models.CharField(max_length=9, null=True)), True),
        (migrations.AddField("thing", "word", models.CharField(max_length=9, default="")), False),
        (migrations.AddField("thing", "word", models.CharField(max_length=9, db_default="")), True),
        (migrations.AddField("thing", "others", models.ManyToManyField("clinic.Site")), True),
        (migrations.AddIndex("thing", models.Index(fields=["word"], name="by_word")), True),
        (migrations.AddConstraint("thing", A_CHECK), False),
        (migrations.RemoveConstraint("thing", "a"), True),
        (migrations.RemoveField("thing", "word"), False),
        (migrations.RenameField("thing", "word", "name"), False),
        (migrations.AlterField("thing", "word", models.CharField(max_length=3)), False),
        (migrations.DeleteModel("thing"), False),
        (migrations.RenameModel("thing", "other"), False),
        (migrations.AlterModelTable("thing", "x"), False),
        (migrations.RunSQL("DROP TABLE x"), False),
        (migrations.RunPython(migrations.RunPython.noop, migrations.RunPython.noop), True),
        (migrations.SeparateDatabaseAndState(database_operations=[migrations.RemoveField("thing", "word")]), False),
    ],
)
def test_what_old_code_would_stumble_over(operation: object, is_fine: bool) -> None:
    assert (list(faults(operation)) == []) == is_fine


@pytest.fixture
def real_migrations(settings: Settings) -> None:
    """The suite makes its tables straight from the models."""
    settings.MIGRATION_MODULES = {}


@pytest.mark.usefixtures("real_migrations")
def test_the_last_releases_code_may_go_on() -> None:
    assert stumbling(leaves()) == []


@pytest.mark.usefixtures("real_migrations")
def test_migrations_after_a_release_are_the_ones_that_count() -> None:
    later = [name for name, _ in since_release({"clinic": "0014_vouching_signature"})]
    assert later[:2] == ["clinic 0015_auditor_grants", "clinic 0016_backup_runs"]
    assert list(since_release({})) == []
    found = stumbling({"clinic": "0001_initial"})
    assert any("0008_other_settings_of_a_site" in line or "0010_intake_step_days" in line for line in found), found
