"""Which tests run twice: with patients' identifiers in clear, and sealed by a key (docs/adr/0033). A room that shows, finds or carries them has some here."""

from base64 import b64encode

import pytest
from pytest_django import Settings

RING = [("suite", b"S" * 32)]
# Of a file all, or those that are named.
TWICE: dict[str, tuple[str, ...]] = {
    "tests/test_canaries.py": (),
    "tests/patients/test_patient_pages.py": (),
    "tests/patients/test_patient_import.py": ("test_one_bad_row_keeps_all_out", "test_a_good_file_is_written_at_once", "test_an_mrn_taken_meanwhile_writes_nothing"),
    "tests/patients/test_intake.py": (),
    "tests/patients/test_intake_pages.py": ("test_each_page_does_its_act_and_goes_to_the_chart", "test_the_list_by_step_own_and_sought"),
    "tests/patients/test_moves.py": (),
    "tests/desk/test_patient_list.py": ("test_search_forgives", "test_junk_finds_nobody_and_breaks_nothing", "test_queries_stay_the_same"),
    "tests/desk/test_network.py": (),
    "tests/desk/test_patient_chart.py": ("test_everything_that_can_stand_on_it_is_shown",),
    "tests/sessions/test_booking.py": ("test_a_closed_chart",),
    "tests/sessions/test_signed_content.py": (),
    "tests/sessions/test_handover.py": (),
    "tests/reminders/test_visit_prepare.py": (),
    "tests/reports/test_binder.py": (
        "test_a_binder_shows_the_session_and_comes_out_the_same", "test_a_patients_binder_holds_that_patient_alone", "test_the_verifier_names_the_first_difference",
    ),
    "tests/reports/test_tables.py": ("test_every_list_is_a_table_of_this_site_alone",),
    "tests/reports/test_exports.py": ("test_a_small_one_is_made_at_once_and_its_leaving_is_written_down",),
    "tests/reports/test_downtime.py": (),
    "tests/clinic/test_copy_database.py": ("test_every_row_arrives_and_the_counters_go_on",),
    "tests/clinic/test_backup.py": ("test_a_backup_is_sealed_restored_beside_proven_and_brought_back",),
}  # fmt: skip


def runs_twice(file: str, test: str) -> bool:
    return file in TWICE and (not TWICE[file] or test in TWICE[file])


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    file = metafunc.definition.nodeid.partition("::")[0]
    if runs_twice(file, metafunc.function.__name__):
        metafunc.fixturenames.insert(0, "identifiers_are")
        metafunc.parametrize("identifiers_are", ["in clear", "sealed"], indirect=True)


@pytest.fixture
def identifiers_are(request: pytest.FixtureRequest, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> str:
    """First of a test's fixtures, and for the processes that it starts too."""
    ring = RING if request.param == "sealed" else []
    settings.VIGIL_FIELD_KEYS = ring
    monkeypatch.setenv("VIGIL_FIELD_KEYS", ",".join(f"{key_id}:{b64encode(key).decode()}" for key_id, key in ring))
    return str(request.param)
