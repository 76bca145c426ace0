"""Which tests take seconds each: junk on every form, every role at every door, big numbers, processes of their own.

`make quick` leaves them to `make test`."""

SLOW = (
    "junk",
    "ten_thousand",
    "tests/machine/",
    "test_access_matrix.py",
    "test_watch_doors.py",
    "test_only_administrators_post",
    "test_wrong_role",
    "test_history_costs.py",
    "test_races.py",
    "test_any_forgery",
    "test_guards_cost_little",
    "test_start_clinic.py::test_it_works_with_production_settings",
    "test_production_passes_the_deployment_check",
)


def is_slow(nodeid: str) -> bool:
    return any(word in nodeid for word in SLOW)
