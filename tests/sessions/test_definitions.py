"""The definitions that are shipped, and those that an installation adds (PMF-2, PMF-3, PMF-4, docs/forms.md)."""

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from django.core.checks import run_checks

from sessions import definitions
from sessions.rules.definition import BadDefinition, Kind

SMALL = """
code = "PMF-2027-01"
title = "The next one"
effective_on = 2027-01-01
[[sections]]
title = "Patient"
fields = [{ id = "first", label = "First name", kind = "text", propose = "patient.first_name" }]
"""


@pytest.fixture
def own_folder(tmp_path: Path, settings) -> Iterator[Path]:
    settings.VIGIL_DATA_DIR = tmp_path
    folder = tmp_path / "form_definitions"
    folder.mkdir()
    definitions.load.cache_clear()
    yield folder
    definitions.load.cache_clear()


@pytest.mark.parametrize(
    ("day", "code"),
    [(date(2026, 6, 10), "PMF-2025-01"), (date(2025, 1, 1), "PMF-2025-01"), (date(2024, 12, 31), "PMF-2021-11"), (date(2019, 3, 5), "PMF-2021-11")],
)
def test_the_version_of_the_sessions_day(day, code):
    assert definitions.in_force_on(day).code == code


def test_pmf_2_asks_all_that_the_rulebook_names():
    fields = {spec.id for spec in definitions.of_code("PMF-2021-11").fields}
    assert fields >= {
        "patient_first_name", "patient_middle_initial", "patient_last_name", "patient_birth_date", "patient_sex",
        "benzodiazepines", "hypnotics", "psychostimulants", "maois", "provider_name", "provider_phone", "provider_email", "setting_name", "setting_address",
        "treatment_date", "dose", "lots", "monitored_minutes", "ready_minutes", "acceptable_before", "acceptable_end", "pressure_before", "pressure_at_40", "pressure_end",
        "sedation", "sedation_onset", "sedation_resolved", "sedation_minutes", "dissociation", "dissociation_onset", "dissociation_resolved", "dissociation_minutes",
        "serious", "serious_description", "serious_when", "serious_date", "serious_outcome", "serious_resolved",
    }  # fmt: skip


def test_pmf_3_adds_to_it():
    old, new = ({spec.id for spec in definitions.of_code(code).fields} for code in ("PMF-2021-11", "PMF-2025-01"))
    assert old < new
    assert new - old >= {"first_treatment", "enrolled", "opioids", "medicines_other", "respiratory", "oximetry"}


def test_what_is_unconfirmed_says_so():
    for definition in definitions.every():
        assert definition.to_check
    assert all(spec.is_unchecked for spec in definitions.of_code("PMF-2025-01").fields if spec.id.startswith(("spo2", "respiratory", "serious_")))


def test_onset_bands_are_those_of_the_form():
    field = definitions.of_code("PMF-2021-11").field("sedation_onset")
    assert field.kind is Kind.BAND
    assert [(choice.least, choice.most) for choice in field.choices] == [(1, 29), (30, 59), (60, 89), (90, 120)]


def test_an_installation_adds_the_next(own_folder: Path):
    (own_folder / "next.toml").write_text(SMALL)
    assert definitions.in_force_on(date(2027, 1, 1)).code == "PMF-2027-01"
    assert definitions.in_force_on(date(2026, 12, 31)).code == "PMF-2025-01"
    assert len(definitions.of_code("PMF-2027-01").sha256) == 64


def test_an_unknown_version(own_folder: Path):
    with pytest.raises(LookupError, match="PMF-1999"):
        definitions.of_code("PMF-1999")


@pytest.mark.parametrize(("change", "says"), [(("PMF-2027-01", "PMF-2025-01"), "same code"), (("2027-01-01", "2025-01-01"), "same effective_on")])
def test_two_of_a_kind_are_refused(own_folder: Path, change, says):
    (own_folder / "next.toml").write_text(SMALL.replace(*change))
    with pytest.raises(BadDefinition, match=says):
        definitions.every()


@pytest.mark.parametrize(
    "text",
    ["code = ", "code = 'x'", "sections = 'none'\ntitle='x'\ncode='x'\neffective_on=2026-01-01", SMALL.replace("patient.first_name", "nobody")],
)
def test_a_bad_file_is_named_by_manage_check(own_folder: Path, text):
    (own_folder / "bad.toml").write_text(text)
    assert any("bad.toml" in message.msg for message in run_checks() if message.id == "sessions.E001")


def test_good_files_pass_the_check():
    assert not [message for message in run_checks() if message.id == "sessions.E001"]


def test_docs_show_a_definition_that_works(own_folder: Path):
    """The example in docs/forms.md is read as it stands."""
    text = Path("docs/forms.md").read_text()
    (own_folder / "example.toml").write_text(text.split("```toml\n")[1].split("```")[0])
    assert definitions.every()[-1].effective_on > date(2026, 1, 1)
    shutil.rmtree(own_folder)
